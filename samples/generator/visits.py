"""Visits to children in need, on plans and in care: who was seen when.

Of the children that an indicator counts so many were seen within its window; others were visited and
not seen, or seen a day too early.
"""
from dataclasses import dataclass
import datetime

from .months import AS_AT, DAY, JULY, MONTH_ENDS, MONTH_STARTS, middle_share
from .recency import Recency

# Kind of visit: days it counts, and the percentage seen within them by month (CIN 4, CP 13, LAC 10).
SEEN = {
    "CIN": (28, [58, 62, 61, 63, 77, 68, 79, 74, 72, 76, 80, 65, 77]),
    "CP": (28, [88, 90, 91, 90, 92, 89, 91, 93, 92, 91, 92, 92, 89]),
    "LAC": (42, [90, 91, 91, 92, 91, 90, 92, 93, 92, 93, 94, 93, 92]),
}


@dataclass
class Visit:
    child: int
    day: datetime.date
    kind: str
    seen: bool = True


class Visits:
    def __init__(self, chance, cohorts):
        self.chance = chance
        self.visits = []
        spells = {
            "CIN": cohorts.spells["in need"],
            "CP": cohorts.spells["protection"] + cohorts.extra_protection,
            "LAC": cohorts.spells["looked after"],
        }
        for kind, own in spells.items():
            self.visit(kind, own)
        for spell in cohorts.extra_in_need:  # in need too, but counted elsewhere
            self.visits.append(Visit(spell.child.number, spell.start + 5 * DAY, "CIN"))

    def visit(self, kind, spells):
        days, percents = SEEN[kind]
        start_of = {s.child.number: s.start for s in spells}
        members = [[s.child.number for s in spells if s.open_on(end)] for end in MONTH_ENDS]
        wanted = [middle_share(p, len(m)) for p, m in zip(percents, members)]

        def day_in(child, month):
            """In the last weeks, so that it counts; not so late that it counts for the month after,
            where that is to have fewer."""
            end = MONTH_ENDS[month]
            latest = 3 if month < 12 and days > 31 and percents[month + 1] < percents[month] else 0
            first = max(end - days * DAY, MONTH_STARTS[month], start_of[child])
            return self.chance.day(min(first, end - latest * DAY), end - latest * DAY) \
                if first <= end - latest * DAY else end

        plan = Recency(self.chance, lambda _, day, end: (end - day).days <= days, days, day_in)
        plan.keep(members, wanted)
        for child in sorted(plan.dates):
            for day in plan.dates[child]:
                self.visits.append(Visit(child, max(day, start_of[child]), kind))
        self.miss(kind, days, members, plan)

    def miss(self, kind, days, members, plan):
        """Visits that do not count: nobody was in, or it was a day before the window, or it is August
        by now."""
        for month in range(13):
            end = MONTH_ENDS[month]
            unseen = [c for c in members[month] if not plan.covered(c, end)]
            for child in self.chance.pick(unseen, len(unseen) // 3):
                self.visits.append(Visit(child, end - DAY * self.chance.randrange(days), kind, False))
            if month == JULY and days < 31:
                for child in self.chance.pick(unseen, 5):
                    self.visits.append(Visit(child, end - (days + 1) * DAY, kind))
            if month == JULY:
                for child in self.chance.pick(unseen, len(unseen) // 4):
                    self.visits.append(Visit(child, self.chance.day(end + DAY, AS_AT), kind))
