"""Foster households, visits to them and their yearly reviews."""
from dataclasses import dataclass
import datetime

from .months import AS_AT, DAY, JULY, MONTH_ENDS, MONTH_STARTS, add_months, middle_share
from .recency import Recency

OPEN = [231, 232, 230, 233, 235, 234, 236, 238, 237, 239, 240, 241, 239]
VISITED = [75, 64, 73, 72, 72, 56, 76, 79, 75, 79, 79, 78, 64]  # F 4
REVIEWED = [92, 87, 86, 85, 81, 85, 95, 98, 96, 95, 92, 91, 84]  # F 3


@dataclass
class Household:
    number: int
    approved: datetime.date
    ended: datetime.date | None = None

    @property
    def key(self):
        return f"FH{self.number}"

    def open_on(self, day):
        return self.approved <= day and (self.ended is None or self.ended > day)


class Fostering:
    def __init__(self, chance):
        self.chance = chance
        self.households = []
        self.visits = []  # (household, day)
        self.reviews = []  # (household, due, held, cancelled)
        self.approve()
        self.visit()
        self.review()

    def approve(self):
        for _ in range(OPEN[0]):
            self.add(MONTH_STARTS[0] - DAY * self.chance.randrange(30, 5200))
        for month in range(1, 13):
            there = [h for h in self.households if h.ended is None]
            leaving = self.chance.choice([1, 2, 3])
            coming = OPEN[month] - len(there) + leaving
            for household in self.chance.sample(there, leaving + max(0, -coming)):
                household.ended = self.chance.day_in(month)
            for _ in range(max(0, coming)):
                self.add(self.chance.day_in(month))
        # Approved a year before the last day of July, and the day after.
        lasting = [h for h in self.households if h.ended is None
                   and h.approved < MONTH_STARTS[0] - 700 * DAY]
        for household, day in zip(lasting[:4], [datetime.date(2018, 7, 31),
                                                datetime.date(2018, 7, 31)]):
            household.approved = day

    def add(self, approved):
        self.households.append(Household(500 + 3 * len(self.households), approved))

    def visit(self):
        members = [[h.key for h in self.households if h.open_on(end)] for end in MONTH_ENDS]
        wanted = [middle_share(p, len(m)) for p, m in zip(VISITED, members)]
        approved = {h.key: h.approved for h in self.households}

        def day_in(key, month):
            end = MONTH_ENDS[month]
            latest = 19 if month < 12 and VISITED[month + 1] < VISITED[month] else 8
            return max(approved[key], self.chance.day(MONTH_STARTS[month], end - latest * DAY))

        plan = Recency(self.chance, lambda _, day, end: (end - day).days <= 42, 42, day_in)
        plan.keep(members, wanted)
        self.visits = [(key, day) for key in sorted(plan.dates) for day in plan.dates[key]]
        overdue = [k for k in members[JULY] if not plan.covered(k, MONTH_ENDS[JULY])]
        for key in self.chance.pick(overdue, len(overdue) // 3):
            self.visits.append((key, self.chance.day(MONTH_ENDS[JULY] + DAY, AS_AT)))

    def review(self):
        members = [[h.key for h in self.households if h.open_on(end)
                    and add_months(h.approved, 12) <= end] for end in MONTH_ENDS]
        wanted = [middle_share(p, len(m)) for p, m in zip(REVIEWED, members)]

        def day_in(key, month):
            return self.chance.day_in(month)

        plan = Recency(self.chance, lambda _, day, end: end <= add_months(day, 12), 366, day_in)
        plan.keep(members, wanted)
        for key in sorted(plan.dates):
            for held in plan.dates[key]:
                self.reviews.append((key, held + DAY * self.chance.randrange(-20, 12), held, False))
        overdue = [k for k in members[JULY] if not plan.covered(k, MONTH_ENDS[JULY])]
        for at, key in enumerate(self.chance.pick(overdue, 16)):
            due = self.chance.day(MONTH_STARTS[JULY], MONTH_ENDS[JULY])
            self.reviews.append((key, due, due if at % 2 else None, at % 2 == 1))
