"""Contacts, referrals and early help: what comes in, and what becomes of it."""
from dataclasses import dataclass
import datetime

from .months import AS_AT, DAY, JULY, MONTH_ENDS, MONTH_STARTS, add_months, middle_share, near_share

# By month: contacts, of them actioned within 24 hours (FD 1, %).
CONTACTS = [612, 588, 641, 655, 637, 548, 662, 629, 681, 597, 644, 658, 671]
ACTIONED = [91, 92, 92, 93, 93, 92, 94, 94, 95, 95, 96, 95, 96]
# Referrals, of them assessed (FD 7, %), and referred again within a year (FD 8, %).
REFERRALS = [402, 385, 398, 421, 409, 352, 417, 396, 428, 399, 420, 423, 431]
ASSESSED = [71, 72, 70, 73, 74, 72, 75, 74, 73, 75, 77, 76, 85]
AGAIN = [22, 23, 21, 22, 20, 21, 22, 21, 20, 22, 21, 21, 17]
EARLIER = 230  # referrals a month in the year before, when not all were recorded
# Early help cases: of those closed, stepped up (EH 8) and disengaged (EH 9); of those opened, stepped
# down (EH 25), in percent.
STEPPED_UP = [9, 8, 9, 8, 8, 7, 8, 7, 8, 7, 7, 7, 5]
DISENGAGED = [17, 18, 18, 19, 18, 20, 19, 20, 22, 21, 23, 22, 21]
STEPPED_DOWN = [18, 17, 19, 20, 18, 21, 20, 22, 23, 21, 24, 22, 12]
SOURCES = ["Police", "School", "Health", "Parent or carer", "Housing", "Probation", "Anonymous"]


@dataclass
class Referral:
    child: int
    day: datetime.date
    assessed: datetime.date | None = None  # when that began
    again: bool = False


@dataclass
class Contact:
    child: int | None
    received: datetime.datetime
    actioned: datetime.datetime | None


@dataclass
class Case:
    child: int
    start: datetime.date
    end: datetime.date | None
    source: str
    reason: str = ""


class FrontDoor:
    def __init__(self, chance, cohorts):
        self.chance = chance
        self.cohorts = cohorts
        self.referrals = []
        self.asked = {}  # by month, for a referral before a later one: (child, day)
        self.before = []  # the same, before the first month
        self.unlinked = [s for s in cohorts.spells["assessment"] if s.start >= MONTH_STARTS[0]]
        for month in range(12, -1, -1):
            self.refer(month)
        self.refer_before()
        self.contacts = [c for month in range(13) for c in self.be_contacted(month)]
        self.cases = self.help_early()

    # ---- referrals ----

    def refer(self, month):
        """From the last month to the first, so that whoever is referred again was referred before."""
        wanted = REFERRALS[month]
        assessed = self.link(month, middle_share(ASSESSED[month], wanted))
        others = [Referral(child, day) for child, day in self.asked.get(month, [])]
        while len(assessed) + len(others) < wanted - 2:
            others.append(Referral(self.cohorts.new_child("in need").number,
                                   self.chance.day_in(month)))
        twins = [Referral(r.child, r.day) for r in others[-2:]]  # twice on one day
        own = assessed + others[:-2]
        again = middle_share(AGAIN[month], wanted)
        for at, referral in enumerate(self.chance.sample(own, again)):
            referral.again = True
            self.ask_before(month, referral, exactly=at < 2)
        own += others[-2:] + twins
        for referral in [r for r in assessed if not r.again][:3]:  # a day more than a year before
            self.ask(month, referral.child, add_months(referral.day, -12) - DAY)
        self.referrals += own

    def link(self, month, count):
        """Referrals that led to an assessment: it began within 30 days, on the 30th for some."""
        first, last = MONTH_STARTS[month], MONTH_ENDS[month]
        free = [s for s in self.unlinked if first <= s.start <= last + 30 * DAY]
        late = [s for s in free if s.start > last]
        chosen = late[:24] + self.chance.sample([s for s in free if s.start <= last],
                                                count - len(late[:24]))
        taken = {s.number for s in chosen}
        self.unlinked = [s for s in self.unlinked if s.number not in taken]
        linked = []
        for at, spell in enumerate(chosen):
            back = 30 if at % 60 == 7 else self.chance.choice([0, 0, 1, 1, 2, 3, 5, 8, 13])
            day = max(first, min(last, spell.start - back * DAY))
            linked.append(Referral(spell.child.number, day, spell.start))
        return linked

    def ask_before(self, month, referral, exactly):
        """The same child within the twelve months before, in a month that has room for it."""
        if exactly and self.ask(month, referral.child, add_months(referral.day, -12)):
            return
        if referral.assessed and self.chance.random() < 0.1 and \
                self.ask(month, referral.child, referral.assessed - 31 * DAY):
            return  # a day too early to have led to the assessment
        while not self.ask(month, referral.child,
                           referral.day - self.chance.randrange(45, 360) * DAY):
            pass

    def ask(self, month, child, day):
        at = (day.year - 2018) * 12 + day.month - 7
        if at < 0:
            self.before.append((child, day))
            return True
        room = REFERRALS[at] - middle_share(ASSESSED[at], REFERRALS[at])
        if at >= month or len(self.asked.get(at, [])) >= room - 8:
            return False
        self.asked.setdefault(at, []).append((child, day))
        return True

    def refer_before(self):
        """The year before the first month: asked for, and others who were not heard of again."""
        self.referrals += [Referral(child, day) for child, day in self.before]
        for back in range(1, 13):
            first = add_months(MONTH_STARTS[0], -back)
            own = sum(1 for _, day in self.before if add_months(first, 1) > day >= first)
            for _ in range(max(0, EARLIER - own)):
                day = self.chance.day(first, add_months(first, 1) - DAY)
                self.referrals.append(Referral(self.cohorts.new_child("in need").number, day))

    # ---- contacts ----

    def be_contacted(self, month):
        known = [r.child for r in self.referrals if MONTH_STARTS[month] <= r.day <= MONTH_ENDS[month]]
        in_time = middle_share(ACTIONED[month], CONTACTS[month])
        for at in range(CONTACTS[month]):
            day = MONTH_ENDS[month] if at in (3, in_time + 3) else self.chance.day_in(month)
            received = datetime.datetime.combine(day, datetime.time(self.chance.randrange(7, 23),
                                                                    self.chance.randrange(1, 60)))
            child = known[at] if at < len(known) and at % 3 else None
            yield Contact(child, received, self.action(received, at, at < in_time))

    def action(self, received, at, in_time):
        if in_time:
            minutes = 1440 if at % 50 == 3 else self.chance.randrange(5, 1440)
        elif at % 4 == 1:
            return None  # nobody did anything, or nobody wrote it down
        else:
            minutes = 1441 if at % 5 == 3 else self.chance.randrange(1441, 9000)
        moment = received + datetime.timedelta(minutes=minutes)
        return min(moment, datetime.datetime.combine(AS_AT, datetime.time(5, 30)))

    # ---- early help ----

    def help_early(self):
        cases = [Case(s.child.number, s.start, s.end, "") for s in self.cohorts.early_help]
        for month in range(13):
            first, last = MONTH_STARTS[month], MONTH_ENDS[month]
            closed = [c for c in cases if c.end and first <= c.end <= last]
            up, away = near_share(STEPPED_UP[month], len(closed)), \
                near_share(DISENGAGED[month], len(closed))
            self.chance.shuffle(closed)
            for at, case in enumerate(closed):
                case.reason = "Stepped up to CSC" if at < up else \
                    "Family disengaged" if at < up + away else \
                    self.chance.choice(["Needs met", "Needs met", "Moved out of area",
                                        "Support by universal services"])
            opened = [c for c in cases if first <= c.start <= last]
            down = near_share(STEPPED_DOWN[month], len(opened))
            self.chance.shuffle(opened)
            for at, case in enumerate(opened):
                case.source = "Stepped down from CSC" if at < down else self.chance.choice(SOURCES)
        for case in cases:
            case.source = case.source or self.chance.choice(SOURCES)
        # Brothers' and sisters' cases under one child: twice in the list, one child.
        lasting = [c for c in cases if c.end is None and c.start < MONTH_STARTS[0]]
        cases += [Case(c.child, c.start + 3 * DAY, None, c.source) for c in lasting[:9]]
        return cases
