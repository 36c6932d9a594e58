"""The thirteen months of the sample, and small helpers for days and shares.

Everything the generator does is decided by one seeded source of chance, so that two runs write the
same bytes.
"""
import calendar
import datetime
import random

DAY = datetime.timedelta(days=1)
AS_AT = datetime.date(2019, 8, 13)


def month_end(year, month):
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


# Month 0 is July 2018, month 11 June 2019, month 12 July 2019.
MONTH_ENDS = [month_end(2018 + (6 + m) // 12, (6 + m) % 12 + 1) for m in range(13)]
MONTH_STARTS = [end.replace(day=1) for end in MONTH_ENDS]
JUNE, JULY = 11, 12


def add_months(day, months):
    """The same day of a later month, or its last where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    last = month_end(index // 12, index % 12 + 1)
    return last.replace(day=min(day.day, last.day))


class Chance(random.Random):
    """Seeded chance with the few draws that the generator needs."""

    def day(self, first, last):
        return first + DAY * self.randrange((last - first).days + 1)

    def day_in(self, month):
        return self.day(MONTH_STARTS[month], MONTH_ENDS[month])

    def pick(self, items, count):
        """So many of the items, in an order that depends on the seed alone."""
        return self.sample(sorted(items), count)


def share(percent, whole):
    """A count that is shown as this percentage of the whole, rounded half up."""
    for part in range(whole * percent // 100, whole + 1):
        shown = (200 * part + whole) // (2 * whole)
        if shown == percent:
            return part
    raise ValueError(f"no count of {whole} is shown as {percent}%")


def middle_share(percent, whole):
    """The same, from the middle of what rounds to it, so that one case more or less stays."""
    fitting = [p for p in range(whole + 1) if (200 * p + whole) // (2 * whole) == percent]
    return fitting[len(fitting) // 2]
