"""What young people do, and where they live, around their 17th to 21st birthdays.

CaseFile has a form for it since May 2019; what is in the list for the year before came from the annual
return. So there are no birthdays of April 2019, and few of May.
"""
from dataclasses import dataclass
import datetime

from .months import AS_AT, DAY, JUNE, JULY, MONTH_ENDS, MONTH_STARTS, shows

FORM = datetime.date(2019, 5, 13)
# Percent of the year to date in June and July: in education, employment or training; suitably housed.
ACTIVE, SUITABLE = (59, 64), (85, 94)


@dataclass
class Birthday:
    child: int
    age: int
    day: datetime.date
    activity: str
    suitable: bool
    in_touch: str = "Yes"


def find_counts(june, july, percents):
    """Who meets it of June's and of July's, such that both totals are shown so."""
    for first in range(june + 1):
        if not shows(percents[0], first, june):
            continue
        for second in range(july + 1):
            if shows(percents[1], first + second, june + july):
                return first, second
    return None


def find_sizes(most_june, most_july):
    """As many of those who have a birthday as give the published percentages."""
    for july in range(most_july, 0, -1):
        for june in range(most_june, 0, -1):
            counts = find_counts(june, july, ACTIVE), find_counts(june, july, SUITABLE)
            if all(counts):
                return june, july, *counts
    raise ValueError("no numbers of birthdays give the published percentages")


class Leaving:
    def __init__(self, chance, cohorts):
        self.chance = chance
        self.birthdays = []
        people = {s.child.number: s.child for name in ("care leaver", "looked after")
                  for s in cohorts.spells[name]}
        self.people = [people[n] for n in sorted(people)]
        for month in range(9):  # to March: the year before
            own = self.whose_birthday(MONTH_STARTS[month], MONTH_ENDS[month], 17, 21)
            for at, (child, age, day) in enumerate(own):
                self.add(child, age, day, at % 5 < 3, at % 9 > 0)
        june = self.whose_birthday(FORM, MONTH_ENDS[JUNE], 17, 21)
        july = self.whose_birthday(MONTH_STARTS[JULY], MONTH_ENDS[JULY], 17, 21)
        self.not_living = [july.pop() for _ in range(3)]
        most_june, most_july, active, suitable = find_sizes(len(june), len(july))
        self.add_month(june[:most_june], active[0], suitable[0])
        self.add_month(july[:most_july], active[1], suitable[1])
        self.add_others()

    def whose_birthday(self, first, last, youngest, oldest):
        own = []
        for child in self.people:
            leap = (child.born.month, child.born.day) == (2, 29)
            day = child.born.replace(year=first.year, day=28 if leap else child.born.day)
            age = first.year - child.born.year
            if first <= day <= last and youngest <= age <= oldest:
                own.append((child.number, age, day))
        self.chance.shuffle(own)
        return own

    def add_month(self, own, active, suitable):
        for at, (child, age, day) in enumerate(own):
            self.add(child, age, day, at < active, at >= len(own) - suitable)

    def add(self, child, age, day, active, suitable, in_touch="Yes"):
        activity = self.chance.choice(["F1", "F2", "F2", "F4", "F5", "P2", "P5"] if active
                                      else ["G4", "G5", "G6"])
        self.birthdays.append(Birthday(child, age, day, activity, suitable, in_touch))

    def add_others(self):
        """On no count: younger and older people's birthdays, those who died or went home before theirs, and
        August's."""
        for (child, age, day), in_touch in zip(self.not_living,
                                               ["Died", "Returned home", "Returned home"]):
            self.add(child, age, day, False, False, in_touch)
        for youngest, oldest in ((16, 16), (22, 24)):
            own = self.whose_birthday(MONTH_STARTS[JULY], MONTH_ENDS[JULY], youngest, oldest)
            for child, age, day in own[:7]:
                self.add(child, age, day, False, False)
        for child, age, day in self.whose_birthday(MONTH_ENDS[JULY] + DAY, AS_AT, 17, 21)[:9]:
            self.add(child, age, day, True, True)
