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


# Bank holidays of England, typed from the government's list.
HOLIDAYS = {datetime.date(*day) for day in [
    (2018, 1, 1), (2018, 3, 30), (2018, 4, 2), (2018, 5, 7), (2018, 5, 28), (2018, 8, 27),
    (2018, 12, 25), (2018, 12, 26), (2019, 1, 1), (2019, 4, 19), (2019, 4, 22), (2019, 5, 6),
    (2019, 5, 27), (2019, 8, 26), (2019, 12, 25), (2019, 12, 26)]}


def working_days_after(day, count):
    """The day so many working days later."""
    while count > 0:
        day += DAY
        if day.weekday() < 5 and day not in HOLIDAYS:
            count -= 1
    return day


def shows(percent, part, whole):
    """Whether so many of the whole are shown as this percentage, rounded half up."""
    return whole > 0 and (200 * part + whole) // (2 * whole) == percent


def middle_share(percent, whole):
    """A count that is shown as this percentage of the whole, rounded half up: the middle of those, so
    that one case more or less stays."""
    fitting = [p for p in range(whole + 1) if shows(percent, p, whole)]
    if not fitting:
        raise ValueError(f"no count of {whole} is shown as {percent}%")
    return fitting[len(fitting) // 2]


def near_share(percent, whole):
    """The same where it need not be exact: the nearest count."""
    return (2 * percent * whole + 100) // 200


def fitting_whole(percent, about):
    """The number nearest to another of which some count is shown as this percentage."""
    for off in range(about):
        for whole in (about + off, about - off):
            if any(shows(percent, p, whole) for p in range(whole + 1)):
                return whole
    raise ValueError(f"nothing near {about} shows {percent}%")
