"""So many children have something recent: a visit, a plan, a check, a review that was late.

A date covers the ends of months for as long as a window says: a visit for four weeks, a check for a
year. A month inherits what still covers its last day, and only the rest is dated anew. Where a share is
to fall by more than would run out by itself, those of the first month are dated so that they run out
then.
"""
from .months import DAY, MONTH_ENDS


class Recency:
    def __init__(self, chance, covers, longest, day_in):
        """covers(key, day, end) says whether a date still counts on a month's last day; longest is how
        many days it may be back; day_in(key, month) is a day for something new, or None when there can
        be none."""
        self.chance = chance
        self.covers = covers
        self.longest = longest
        self.day_in = day_in
        self.dates = {}  # by key, in the order of their making

    def covered(self, key, end):
        return any(day <= end and self.covers(key, day, end) for day in self.dates.get(key, ()))

    def add(self, key, day):
        self.dates.setdefault(key, []).append(day)

    def keep(self, members, wanted, first=0):
        """members[month] are counted on its last day, of them wanted[month] are covered."""
        weights = self.weigh_endings(members, wanted, first)
        for month in range(first, 13):
            end = MONTH_ENDS[month]
            open_ones = [k for k in members[month] if not self.covered(k, end)]
            missing = wanted[month] - (len(members[month]) - len(open_ones))
            if missing < 0:
                raise ValueError(f"month {month}: {-missing} more are covered than wanted")
            self.chance.shuffle(open_ones)
            for key in open_ones:
                if missing == 0:
                    break
                day = self.begin(key, end, first, weights) if month == first \
                    else self.day_in(key, month)
                if day is not None:
                    self.add(key, day)
                    missing -= 1
            if missing:
                raise ValueError(f"month {month}: {missing} too few")

    def weigh_endings(self, members, wanted, first):
        """How likely what covers the first month runs out in each later one: more where the share
        falls."""
        shares = [wanted[m] / max(1, len(members[m])) for m in range(13)]
        return {m: 1 + 200 * max(0, shares[m - 1] - shares[m]) for m in range(first + 1, 13)}

    def begin(self, key, end, first, weights):
        """A day before the end of the first month that covers it, and runs out in a likely month."""
        heaviest = max(weights.values())
        for _ in range(400):
            day = end - DAY * self.chance.randrange(self.longest + 1)
            if not self.covers(key, day, end):
                continue
            out = next((m for m in range(first + 1, 13)
                        if not self.covers(key, day, MONTH_ENDS[m])), 12)
            if self.chance.random() * heaviest <= weights[out]:
                return day
        return end
