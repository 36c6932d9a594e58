"""Reviews of children in need, child protection plans and children in care: when due, when held."""
from dataclasses import dataclass
import datetime

from .months import (AS_AT, DAY, JULY, JUNE, MONTH_ENDS, MONTH_STARTS, add_months, middle_share,
                     shows)
from .recency import Recency

# The latest review on time, children in need outside and in the disabilities teams (CIN 5, CIN 7).
IN_NEED = [77, 78, 72, 79, 73, 75, 81, 79, 78, 82, 87, 88, 91]
DISABILITIES = [67, 66, 59, 54, 46, 43, 63, 77, 79, 87, 84, 87, 78]
# Every review of the last year on time, children in care (LAC 11).
IN_CARE = [88, 88, 89, 89, 89, 90, 90, 90, 90, 91, 91, 91, 93]
# Plans with a late review, on the last day of each month: 99% of June, 100% of July (CP 12).
LATE_PLANS = [6, 7, 6, 8, 7, 6, 5, 6, 5, 4, 4, 3, 0]


@dataclass
class Review:
    child: int
    kind: str
    due: datetime.date
    held: datetime.date | None
    cancelled: bool = False


class Reviews:
    def __init__(self, chance, cohorts, in_disabilities_team):
        self.chance = chance
        self.reviews = []
        spells = cohorts.spells["in need"]
        own = [s for s in spells if s.number in in_disabilities_team]
        others = [s for s in spells if s.number not in in_disabilities_team]
        self.review_latest(others, IN_NEED, "CIN review")
        self.review_latest(own, DISABILITIES, "CIN review")
        self.review_care(cohorts.spells["looked after"])
        self.review_plans(cohorts.spells["protection"] + cohorts.extra_protection)
        self.cancel()

    # ---- when they were held ----

    def on_time(self, due):
        """On the day for some, up to ten days before for others."""
        return due - DAY * self.chance.choice([0, 0, 1, 2, 3, 5, 8, 10])

    def late(self, due):
        """A day late for some, weeks for others, or not held to this day."""
        held = due + DAY * self.chance.choice([1, 2, 6, 9, 16, 30])
        return held if held <= AS_AT and self.chance.random() < 0.8 else None

    def add(self, child, kind, due, on_time):
        self.reviews.append(Review(child, kind, due, self.on_time(due) if on_time
                                   else self.late(due)))

    # ---- children in need: the latest review alone counts ----

    def review_latest(self, spells, percents, kind):
        latest = LatestReviews(self, spells, kind)
        latest.settle(datetime.date(2000, 1, 1), MONTH_STARTS[0] - DAY, percents[0])
        for first, last, percent in zip(MONTH_STARTS, MONTH_ENDS, percents):
            latest.settle(first, last, percent)
        for spell in spells:  # due after the end of July, some held early
            due = latest.following[spell.number]
            if spell.open_on(MONTH_ENDS[JULY]) and MONTH_ENDS[JULY] < due:
                held = self.on_time(due)
                self.reviews.append(Review(spell.child.number, kind, due,
                                           held if held <= AS_AT else None))

    # ---- children in care: no late one in a year ----

    def review_care(self, spells):
        due_days = {}
        for spell in spells:
            due = add_months(spell.start + 28 * DAY, 3)
            days = [spell.start + 28 * DAY, due]
            while due < AS_AT + 60 * DAY:
                due = add_months(due, 6) - DAY * self.chance.randrange(12)
                days.append(due)
            early = MONTH_STARTS[0] - 400 * DAY
            due_days[spell.child.number] = [d for d in days if d >= early
                                            and (spell.end is None or d < spell.end)]
        members = [[s.child.number for s in spells if s.open_on(end)
                    and any(d <= end <= add_months(d, 12) for d in due_days[s.child.number])]
                   for end in MONTH_ENDS]
        wanted = [len(m) - middle_share(p, len(m)) for p, m in zip(IN_CARE, members)]
        # Late reviews run out slowly: as few of June and as many of July as the two figures allow.
        wanted[JUNE] = min(self.late_ones(IN_CARE[JUNE], len(members[JUNE])))
        wanted[JULY] = max(self.late_ones(IN_CARE[JULY], len(members[JULY])))

        def day_in(child, month):
            return next((d for d in due_days[child]
                         if MONTH_STARTS[month] <= d <= MONTH_ENDS[month]), None)

        late = LateReviews(self.chance, due_days, day_in)
        late.keep(members, wanted)
        for child, days in due_days.items():
            for due in days:
                if due > MONTH_ENDS[JULY]:
                    if due < AS_AT + 45 * DAY:
                        held = self.on_time(due)
                        self.reviews.append(Review(child, "LAC review", due,
                                                   held if held <= AS_AT else None))
                    continue
                self.add(child, "LAC review", due, due not in late.dates.get(child, ()))

    @staticmethod
    def late_ones(percent, whole):
        return [late for late in range(whole) if shows(percent, whole - late, whole)]

    # ---- plans: no late one at all ----

    def review_plans(self, spells):
        days = {}
        for spell in spells:
            due = spell.start + DAY * self.chance.randrange(70, 85)
            days[id(spell)] = []
            while due < AS_AT + 30 * DAY and (spell.end is None or due < spell.end):
                days[id(spell)].append(due)
                due = add_months(due, 6) - DAY * self.chance.randrange(1, 14)
        late = {}
        for month in range(12):
            end = MONTH_ENDS[month]
            have = [s for s in spells if id(s) in late and s.open_on(end)]
            until = MONTH_ENDS[JULY] if month == JUNE else MONTH_ENDS[JUNE]
            able = [s for s in spells if s.open_on(end) and id(s) not in late and s.end
                    and s.end <= until and add_months(s.start, 3) <= end
                    and any(MONTH_STARTS[month] <= d <= end for d in days[id(s)])]
            for spell in self.chance.sample(able, min(len(able),
                                                      max(0, LATE_PLANS[month] - len(have)))):
                late[id(spell)] = next(d for d in days[id(spell)]
                                       if MONTH_STARTS[month] <= d <= end)
        for spell in spells:
            for due in days[id(spell)]:
                if due <= MONTH_ENDS[JULY]:
                    self.add(spell.child.number, "CP review", due, late.get(id(spell)) != due)
                elif self.on_time(due) <= AS_AT:
                    self.reviews.append(Review(spell.child.number, "CP review", due,
                                               min(self.on_time(due), AS_AT)))

    def cancel(self):
        """Reviews that were called off: late or not held, and no matter."""
        late = [r for r in self.reviews if r.held and r.held <= r.due
                and MONTH_STARTS[JUNE] <= r.due <= MONTH_ENDS[JULY]]
        for review in self.chance.sample(late, 24):
            self.reviews.append(Review(review.child, review.kind, review.due - 2 * DAY, None, True))


class LatestReviews:
    """Children whose latest review that has become due is on time, or late: so many of each on the last
    day of every month."""

    def __init__(self, reviews, spells, kind):
        self.reviews = reviews
        self.chance = reviews.chance
        self.spells = spells
        self.kind = kind
        self.latest = {}  # by spell: the day it was due, and whether it was on time
        self.following = {s.number: s.start + DAY * self.chance.randrange(40, 75) for s in spells}
        for spell in spells:  # those of long ago: one review lately
            if spell.start < MONTH_STARTS[0] - 80 * DAY:
                self.following[spell.number] = MONTH_STARTS[0] - DAY * self.chance.randrange(1, 60)

    def settle(self, first, last, percent):
        """Decides which of the reviews that fall due between two days are on time."""
        due = {s.number: self.following[s.number] for s in self.spells
               if max(first, s.start + DAY) <= self.following[s.number] <= last
               and (s.end is None or s.end > self.following[s.number])}
        counted = [s for s in self.spells if s.open_on(last)
                   and (s.number in self.latest or s.number in due)]
        wanted = middle_share(percent, len(counted))
        # Where those due now cannot make up for the others, somebody is reviewed again sooner.
        while len(self.settled(counted, due, True)) > wanted:
            self.bring_forward(self.settled(counted, due, True), due, first, last)
        while len(self.settled(counted, due, False)) > len(counted) - wanted:
            self.bring_forward(self.settled(counted, due, False), due, first, last)
        free = [s for s in counted if s.number in due]
        on_time = {s.number for s in
                   self.chance.sample(free, wanted - len(self.settled(counted, due, True)))}
        for spell in self.spells:
            if spell.number in due:
                self.hold(spell, due[spell.number], spell.number in on_time)

    def settled(self, counted, due, on_time):
        """Those who are not reviewed now, and whose latest review was on time, or late."""
        return [s for s in counted if s.number not in due
                and self.latest[s.number][1] == on_time]

    def bring_forward(self, own, due, first, last):
        able = [s for s in own if self.latest[s.number][0] + 26 * DAY <= last - 2 * DAY]
        spell = self.chance.choice(able)
        earliest = max(first, self.latest[spell.number][0] + 26 * DAY)
        due[spell.number] = self.chance.day(earliest, last)

    def hold(self, spell, due, on_time):
        self.reviews.add(spell.child.number, self.kind, due, on_time)
        self.latest[spell.number] = (due, on_time)
        self.following[spell.number] = due + DAY * self.chance.randrange(76, 92)


class LateReviews(Recency):
    """Late reviews cover the year after they were due; only days on which one was due can be late."""

    def __init__(self, chance, due_days, day_in):
        super().__init__(chance, lambda _, day, end: end <= add_months(day, 12), 366, day_in)
        self.due_days = due_days

    def weigh_endings(self, members, wanted, first):
        """Most of them in July, whose figure is the best."""
        weights = super().weigh_endings(members, wanted, first)
        weights[JULY] *= 5
        return weights

    def begin(self, key, end, first, weights):
        own = [d for d in self.due_days[key] if d <= end <= add_months(d, 12)]
        heaviest = max(weights.values())
        for day in own:
            out = next((m for m in range(first + 1, 13) if MONTH_ENDS[m] > add_months(day, 12)), 12)
            if self.chance.random() * heaviest <= weights[out]:
                return day
        return None
