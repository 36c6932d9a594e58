"""Plans brought up to date, health checks, immunisations and placements of children in need and in
care, and of care leavers.
"""
from dataclasses import dataclass
import datetime

from .months import (AS_AT, DAY, JULY, MONTH_ENDS, MONTH_STARTS, add_months, middle_share,
                     working_days_after)
from .recency import Recency

JANUARY, DECEMBER = 6, 5  # first months of CIN 8, and of LAC 25 and 26
# Percentages by month.
PLANS = {
    "CIN plan": [0, 0, 0, 0, 0, 0, 52, 59, 60, 59, 64, 64, 64],  # CIN 8
    "Care plan": [96, 97, 96, 97, 97, 96, 97, 98, 97, 98, 98, 98, 99],  # LAC 14
    "Pathway plan": [49, 51, 60, 60, 58, 51, 53, 59, 62, 60, 64, 67, 68],  # LAC 15
    "PEP": [22, 18, 15, 17, 15, 36, 33, 34, 51, 61, 78, 85, 87],  # LAC 13
}
LEAVERS = [79, 80, 80, 81, 82, 81, 83, 84, 85, 86, 86, 87, 85]  # CL a
INITIAL = [16, 26, 13, 25, 37, 62, 34, 43, 31, 69, 67, 58, 61]  # LAC 18
HEALTH = [67, 74, 82, 81, 85, 85, 85, 84, 91, 85, 80, 83, 88]  # LAC 16
DENTAL = [0, 0, 0, 0, 0, 53, 52, 51, 50, 57, 62, 62, 62]  # LAC 26
IMMUNISED = [0, 0, 0, 0, 0, 60, 63, 63, 65, 67, 64, 60, 59]  # LAC 25
STABLE = 78  # LAC 30 of July


def age_on(born, day):
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass
class Check:
    child: int
    kind: str
    day: datetime.date
    status: str = "Completed"


@dataclass
class Placement:
    child: int
    start: datetime.date
    end: datetime.date | None
    kind: str
    location: str
    provider: str


class Care:
    def __init__(self, chance, cohorts):
        self.chance = chance
        self.updates = []  # (child, form, day)
        self.checks = []
        self.immunisations = []  # (child, day, up to date)
        self.placements = []
        self.spells = cohorts.spells["looked after"]
        self.by_child = {s.child.number: s for s in self.spells}
        self.update_plans(cohorts)
        self.assess_health()
        self.immunise()
        for spell in self.spells:
            self.place(spell)
        self.keep_in_place()

    # ---- who is counted ----

    def members(self, passes, first=0):
        """Children in care on each month's last day of whom something is true on it."""
        return [[s.child.number for s in self.spells if s.open_on(end) and passes(s, end)]
                if month >= first else [] for month, end in enumerate(MONTH_ENDS)]

    @staticmethod
    def wanted(percents, members):
        return [middle_share(p, len(m)) if m else 0 for p, m in zip(percents, members)]

    def new_day(self, start_of):
        """A day of the month on which it has begun."""
        def day_in(child, month):
            first = max(MONTH_STARTS[month], start_of(child))
            return self.chance.day(first, MONTH_ENDS[month])
        return day_in

    def start(self, child):
        return self.by_child[child].start

    # ---- plans ----

    def update_plans(self, cohorts):
        in_need = cohorts.spells["in need"]
        starts = {s.child.number: s.start for s in in_need}
        members = [[s.child.number for s in in_need if s.open_on(end)] if m >= JANUARY else []
                   for m, end in enumerate(MONTH_ENDS)]
        self.keep("CIN plan", members, PLANS["CIN plan"], 3, starts.get, JANUARY)
        self.keep("Care plan", self.members(lambda s, end: True), PLANS["Care plan"], 6, self.start)
        self.keep("Pathway plan",
                  self.members(lambda s, end: age_on(s.child.born, end) >= 16
                               and s.start + 91 * DAY <= end),
                  PLANS["Pathway plan"], 6, self.start)
        self.keep("PEP", self.members(lambda s, end: 4 <= age_on(s.child.born, end) <= 17),
                  PLANS["PEP"], 6, self.start)
        leavers = cohorts.spells["care leaver"]
        starts = {s.child.number: s.start for s in leavers}
        self.keep("Pathway plan", [[s.child.number for s in leavers if s.open_on(end)]
                                   for end in MONTH_ENDS], LEAVERS, 6, starts.get)

    def keep(self, form, members, percents, months, start_of, first=0):
        plan = Recency(self.chance, lambda _, day, end: end <= add_months(day, months),
                       31 * months, self.new_day(start_of))
        plan.keep(members, self.wanted(percents, members), first)
        for child in sorted(plan.dates):
            for day in plan.dates[child]:
                self.updates.append((child, form, day))
        # Of August: they do not put July right.
        overdue = [c for c in members[JULY] if not plan.covered(c, MONTH_ENDS[JULY])]
        for child in self.chance.pick(overdue, len(overdue) // 10):
            self.updates.append((child, form, self.chance.day(MONTH_ENDS[JULY] + DAY, AS_AT)))

    # ---- health ----

    def assess_health(self):
        self.assess_first()
        a_year = self.members(lambda s, end: add_months(s.start, 12) <= end)

        def covers(child, day, end):
            months = 12 if age_on(self.by_child[child].child.born, end) >= 5 else 6
            return end <= add_months(day, months)

        reviews = Recency(self.chance, covers, 366, self.new_day(self.start))
        for check in self.checks:
            if check.status == "Completed":
                reviews.add(check.child, check.day)
        known = {child: len(days) for child, days in reviews.dates.items()}
        reviews.keep(a_year, self.wanted(HEALTH, a_year))
        for child in sorted(reviews.dates):
            for day in reviews.dates[child][known.get(child, 0):]:
                self.checks.append(Check(child, "Review", day))
        since_december = self.members(lambda s, end: add_months(s.start, 12) <= end, DECEMBER)
        teeth = Recency(self.chance, lambda _, day, end: end <= add_months(day, 12), 366,
                        self.new_day(self.start))
        teeth.keep(since_december, self.wanted(DENTAL, since_december), DECEMBER)
        for child in sorted(teeth.dates):
            self.checks += [Check(child, "Dental", day) for day in teeth.dates[child]]
        # Booked or refused: no check.
        overdue = [c for c in a_year[JULY] if not reviews.covered(c, MONTH_ENDS[JULY])]
        for child in self.chance.pick(overdue, len(overdue) // 2):
            self.checks.append(Check(child, "Review", self.chance.day_in(JULY),
                                     self.chance.choice(["Refused", "Did not attend"])))

    def assess_first(self):
        """Initial assessments within 20 working days of coming into care, or later, or not yet."""
        for month in range(13):
            new = [s for s in self.spells if MONTH_STARTS[month] <= s.start <= MONTH_ENDS[month]]
            new = [s for s in new if s.end is None or s.end > s.start]
            every = [s for s in self.spells if MONTH_STARTS[month] <= s.start <= MONTH_ENDS[month]]
            wanted = middle_share(INITIAL[month], len(every)) if month < 12 else len(every) // 3
            in_time = self.chance.sample(new, wanted)
            for at, spell in enumerate(in_time):
                due = working_days_after(spell.start, 20)
                day = due if at % 3 == 0 else self.chance.day(spell.start + DAY, due)
                self.checks.append(Check(spell.child.number, "Initial", min(day, AS_AT)))
            for at, spell in enumerate(s for s in new if s not in in_time):
                day = working_days_after(spell.start, 21) if at % 3 == 0 else \
                    working_days_after(spell.start, 21) + DAY * self.chance.randrange(70)
                if day <= AS_AT and at % 5:
                    self.checks.append(Check(spell.child.number, "Initial", day))

    def immunise(self):
        """What was recorded last counts: from month to month some fall behind, others catch up."""
        members = self.members(lambda s, end: add_months(s.start, 12) <= end, DECEMBER)
        state = {}
        for month in range(DECEMBER, 13):
            wanted = middle_share(IMMUNISED[month], len(members[month]))
            current = [c for c in members[month] if state.get(c)]
            others = [c for c in members[month] if not state.get(c)]
            change = wanted - len(current) + 6  # as if six more had fallen behind
            behind = self.chance.sample(current, min(6, len(current)) if month > DECEMBER else 0)
            if month == DECEMBER:
                change -= 6
            if change < 0:
                more = [c for c in current if c not in behind]
                behind += self.chance.sample(more, -change)
                change = 0
            for child in behind:
                self.record(child, month, False, state)
            for child in self.chance.sample(others, change):
                self.record(child, month, True, state)
            for child in self.chance.sample([c for c in others if c not in state],
                                            min(8, sum(c not in state for c in others))):
                self.record(child, month, False, state)

    def record(self, child, month, up_to_date, state):
        day = self.chance.day_in(month)
        if child not in state and month == DECEMBER:
            day = max(self.start(child), day - DAY * self.chance.randrange(300))
        state[child] = up_to_date
        self.immunisations.append((child, day, up_to_date))

    # ---- placements ----

    def place(self, spell):
        """Where a child lives, with a move or two for some."""
        teenager = spell.child.born.year <= 2003
        begin = spell.start
        for _ in range(self.chance.choice([0, 0, 0, 1, 1, 2])):
            last = spell.end or AS_AT
            if (last - begin).days < 120:
                break
            moved = begin + DAY * self.chance.randrange(40, (last - begin).days - 20)
            self.placements.append(self.new_place(spell, begin, moved, teenager))
            begin = moved
        self.placements.append(self.new_place(spell, begin, spell.end, teenager))

    def new_place(self, spell, start, end, teenager):
        kind = self.chance.choice(["U4", "U4", "U6", "U1", "K2", "K2", "H5", "H5"] if teenager
                                  else ["U4", "U4", "U4", "U6", "U6", "U1", "U3", "K2"])
        return Placement(spell.child.number, start, end, kind,
                         self.chance.choice(["Inside the borough", "Inside the borough",
                                             "Outside the borough"]),
                         self.chance.choice(["Own provision", "Private", "Private", "Voluntary"]))

    def keep_in_place(self):
        """Of those in care for two and a half years, so many in one place for two."""
        end = MONTH_ENDS[JULY]
        own = [s for s in self.spells if s.open_on(end) and add_months(s.start, 30) <= end]
        stable = {s.child.number for s in self.chance.sample(own, middle_share(STABLE, len(own)))}
        for spell in own:
            child = spell.child.number
            last = max((p for p in self.placements if p.child == child), key=lambda p: p.start)
            if child in stable:
                self.merge(child, add_months(end, -24) - DAY * self.chance.randrange(0, 60))
            elif add_months(last.start, 24) <= end:
                moved = self.chance.day(add_months(end, -24) + DAY, end - 5 * DAY)
                self.placements.append(self.new_place(spell, moved, last.end, False))
                last.end = moved

    def merge(self, child, since):
        """No move since a day: the place of that day is the one of today."""
        own = sorted((p for p in self.placements if p.child == child), key=lambda p: p.start)
        current = [p for p in own if p.start <= since][-1]
        current.end = own[-1].end
        gone = {id(p) for p in own if p.start > since}
        self.placements = [p for p in self.placements if id(p) not in gone]
