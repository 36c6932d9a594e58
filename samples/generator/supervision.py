"""Supervisions: for each month so many children of each kind of case have one within its limit.

A supervision counts for as many days as the limit says, so a month inherits those of the months
before; only the rest is held anew. On the edges some children of July have their last one exactly on
the limit, others a day before it.
"""
from .months import DAY, JULY, MONTH_ENDS, MONTH_STARTS, AS_AT, middle_share

# Limit in days, and the percentage within it by month.
TARGETS = {
    "QA 6": (31, [58, 61, 60, 63, 66, 59, 64, 65, 67, 66, 68, 69, 60]),
    "QA 7": (60, [66, 67, 69, 68, 70, 69, 71, 72, 71, 73, 73, 74, 72]),
    "QA 8": (90, [82, 83, 85, 84, 86, 86, 87, 88, 87, 89, 89, 90, 94]),
}
EDGES = {"QA 6": (7, 5), "QA 7": (22, 16), "QA 8": (26, 12)}  # on the limit, a day past it


class Supervision:
    def __init__(self, chance, members):
        """members(code, month) are the children that an indicator counts on the month's last day."""
        self.chance = chance
        self.held = []  # (child, day)
        for code in TARGETS:
            self.supervise(code, members)

    def supervise(self, code, members):
        limit, percentages = TARGETS[code]
        latest = {}
        fixed = self.choose_edges(code, members, limit)
        for month in range(13):
            end = MONTH_ENDS[month]
            children = members(code, month)
            for child, day in fixed.items():
                if MONTH_STARTS[month] <= day <= end:
                    self.hold(child, day, latest)
            current = [c for c in children if c in latest and (end - latest[c]).days <= limit]
            wanted = middle_share(percentages[month], len(children))
            if len(current) > wanted:
                raise ValueError(f"{code} month {month}: {len(current)} current, {wanted} wanted")
            due = [c for c in children if c not in latest or (end - latest[c]).days > limit]
            free = [c for c in due if not self.is_fixed(c, fixed, month, limit)]
            for child in self.chance.pick(free, wanted - len(current)):
                self.hold(child, self.day_within(month, limit), latest)
        self.go_on(members, code, fixed)

    def day_within(self, month, limit):
        """A day of the month that does not reach into one month more than it has to."""
        last = MONTH_ENDS[month]
        return self.chance.day(MONTH_STARTS[month], last - 4 * DAY) if limit < 60 else \
            self.chance.day(MONTH_STARTS[month] + DAY, last)

    def hold(self, child, day, latest):
        latest[child] = max(day, latest.get(child, day))
        self.held.append((child, day))

    def choose_edges(self, code, members, limit):
        """Children who are there from before the edge to July, and their last supervision."""
        on_limit, past = EDGES[code]
        edge = MONTH_ENDS[JULY] - limit * DAY
        months = [m for m in range(13) if MONTH_ENDS[m] >= edge - 40 * DAY]
        lasting = set(members(code, JULY))
        for month in months:
            lasting &= set(members(code, month))
        chosen = self.chance.pick(lasting, on_limit + past)
        return {child: edge if at < on_limit else edge - DAY for at, child in enumerate(chosen)}

    @staticmethod
    def is_fixed(child, fixed, month, limit):
        """Nothing may be held between the edge and July, nor so late before it that it counts."""
        return child in fixed and MONTH_ENDS[month] >= fixed[child] - limit * DAY

    def go_on(self, members, code, fixed):
        """August has begun: what was held then does not put July right."""
        overdue = members(code, JULY)
        for child in self.chance.pick(set(overdue), len(overdue) // 9):
            self.held.append((child, self.chance.day(MONTH_ENDS[JULY] + DAY, AS_AT)))
