"""Who is looked after, on a plan, in need, being assessed or a care leaver, and when.

Each child of a cohort has one spell in it. The number of spells open on each month's last day is
fixed; who comes and goes is chance. Children who are in two cohorts at once are planted on top, so
that whoever counts them twice gets another number.
"""
from dataclasses import dataclass, field
import datetime

from .months import (AS_AT, DAY, JULY, JUNE, MONTH_ENDS, MONTH_STARTS, fitting_whole, middle_share,
                     working_days_after)

# Open on the last day of July 2018 to July 2019.
SIZES = {
    "looked after": [801, 806, 804, 810, 815, 812, 819, 823, 826, 830, 835, 841, 838],
    "protection": [352, 361, 366, 370, 375, 372, 379, 384, 390, 392, 391, 340, 291],
    "in need": [760, 752, 745, 731, 680, 701, 715, 722, 718, 709, 705, 697, 689],
    "assessment": [905, 921, 940, 958, 977, 969, 1002, 1020, 1046, 1063, 1071, 1082, 1201],
    "care leaver": [560, 566, 571, 577, 584, 590, 596, 601, 607, 611, 616, 621, 650],
    "early help": [352, 361, 372, 380, 391, 388, 396, 401, 467, 552, 648, 744, 835],
}
# Whose number is published as percentages of those who came in the month: so many that some count of
# them is shown so (LAC 18, the last month is not known yet).
ARRIVALS = {"looked after": [16, 26, 13, 25, 37, 62, 34, 43, 31, 69, 67, 58, None]}
# Of assessments authorised in the month, the percentage within 45 working days (AMT 2).
IN_TIME = [82, 84, 83, 85, 86, 84, 86, 88, 89, 80, 72, 65, 69]

# How long a spell lasts at least before it may end, in days, and how old the first ones are.
OLDEST = {"looked after": 3000, "protection": 500, "in need": 900, "assessment": 140,
          "care leaver": 1400, "early help": 260}
TURNOVER = {"looked after": 0.033, "protection": 0.09, "in need": 0.08, "assessment": 0.45,
            "care leaver": 0.025, "early help": 0.15}
FEWEST_ARRIVALS = {"protection": 27}
AGES = {"looked after": (1, 17), "protection": (0, 16), "in need": (0, 17), "assessment": (0, 17),
        "care leaver": (18, 24), "early help": (0, 17)}
# A quarter of the looked-after children are young people of 16 and 17.
TEENAGERS = (datetime.date(2001, 9, 1), datetime.date(2003, 5, 31))
CODES = ["WBRI", "WBRI", "WOTH", "MWBC", "AIND", "BCRB", "BAFR", "OOTH", "NOBT"]


@dataclass
class Child:
    number: int
    born: datetime.date
    gender: str
    ethnicity: str
    disabled: str


@dataclass
class Spell:
    child: Child
    start: datetime.date
    end: datetime.date | None = None
    number: int = 0  # in the order of their making
    tags: set = field(default_factory=set)

    def open_on(self, day):
        return self.start <= day and (self.end is None or self.end > day)


class Cohorts:
    def __init__(self, chance):
        self.chance = chance
        self.children = []
        self.spells = {}
        for name in SIZES:
            self.spells[name] = self.live(name)
        self.plant_overlaps()
        self.early_help = self.spells.pop("early help")
        self.later_assessments = [
            Spell(self.new_child("assessment"), self.chance.day(MONTH_ENDS[JULY] + DAY, AS_AT))
            for _ in range(24)]
        self.spells["assessment"] += self.later_assessments
        every = [s for spells in self.spells.values() for s in spells]
        for number, spell in enumerate(every):
            spell.number = number

    def new_child(self, name):
        youngest, oldest = AGES[name]
        born = self.chance.day(datetime.date(2019 - oldest, 1, 1),
                               datetime.date(2018 - youngest, 5, 28))
        if name == "looked after" and self.chance.random() < 0.25:
            born = self.chance.day(*TEENAGERS)
        child = Child(number=310000 + 7 * len(self.children) + self.chance.randrange(7),
                      born=born,
                      gender=self.chance.choice("MF"),
                      ethnicity=self.chance.choice(CODES),
                      disabled="N" if self.chance.random() < 0.93 else "Y")
        self.children.append(child)
        return child

    def live(self, name):
        """Spells that come and go so that the sizes are met."""
        spells = []
        before = MONTH_STARTS[0] - DAY
        for _ in range(SIZES[name][0]):
            child = self.new_child(name)
            start = max(before - DAY * self.chance.randrange(OLDEST[name]), child.born)
            spells.append(Spell(child, start))
        for month in range(13):
            staying = [s for s in spells if s.end is None]
            coming = self.arrivals(name, month, len(staying))
            self.leave(name, month, staying, len(staying) + coming - SIZES[name][month])
            for _ in range(coming):
                spells.append(Spell(self.new_child(name), self.chance.day_in(month)))
        self.plant_edges(name, spells)
        return spells

    @staticmethod
    def arrivals(name, month, staying):
        """How many come in the month, given that about a share of those there leave."""
        coming = SIZES[name][month] - staying + round(staying * TURNOVER[name])
        coming = max(coming, FEWEST_ARRIVALS.get(name, 0), SIZES[name][month] - staying)
        percent = ARRIVALS[name][month] if name in ARRIVALS else None
        return fitting_whole(percent, coming) if percent else coming

    def leave(self, name, month, staying, leaving):
        if name == "assessment":
            self.authorise(month, staying, leaving)
            return
        for at in sorted(self.chance.sample(range(len(staying)), leaving)):
            spell = staying[at]
            earliest = max(spell.start, MONTH_STARTS[month])
            spell.end = self.chance.day(earliest, MONTH_ENDS[month])

    def authorise(self, month, staying, leaving):
        """Assessments end in time or late, so that the share in time is the published one."""
        in_time = middle_share(IN_TIME[month], leaving)
        first, last = MONTH_STARTS[month], MONTH_ENDS[month]
        due = {id(s): working_days_after(s.start, 45) for s in staying}
        young = [s for s in staying if due[id(s)] >= first]
        chosen = self.chance.sample(young, in_time)
        for spell in chosen:
            spell.end = self.chance.day(max(spell.start, first), min(due[id(spell)], last))
        late = [s for s in staying if s.end is None and due[id(s)] < last]
        for spell in self.chance.sample(late, leaving - in_time):
            spell.end = self.chance.day(max(first, due[id(spell)] + DAY), last)

    def plant_edges(self, name, spells):
        """Starts and ends on the last day of a month and the day after, where comparing with < for
        <= moves the count; ends of 2299, which are none; starts after the last month."""
        end = MONTH_ENDS[JULY]
        started = [s for s in spells if s.end is None and s.start > MONTH_STARTS[JULY]]
        for spell in started[:6]:
            spell.start = end
        ended = [s for s in spells if s.end and MONTH_STARTS[JULY] < s.end <= end]
        if name == "assessment":  # those that are late on either day
            ended = [s for s in ended if working_days_after(s.start, 45) < s.end]
        for spell in ended[:6]:
            spell.end = end
        lasting = [s for s in spells if s.end is None and s.start < MONTH_STARTS[JUNE]]
        for spell in lasting[:8]:
            spell.end = end + DAY
        for spell in lasting[8:14]:
            spell.tags.add("no end")
        for spell in lasting[14:20]:
            spell.end = self.chance.day(end + DAY, AS_AT)

    def open_on(self, name, day):
        return [s for s in self.spells[name] if s.open_on(day)]

    def plant_overlaps(self):
        """Children in two places at once. The group that comes first has them: who adds the lists up
        counts them twice."""
        lasting = {name: [s for s in self.spells[name] if s.end is None
                          and s.start < MONTH_STARTS[0] - 30 * DAY and "no end" not in s.tags]
                   for name in SIZES}

        def beside(name, count, skip):
            return [Spell(s.child, s.start + 9 * DAY)
                    for s in self.chance.sample(lasting[name][skip:], count)]

        self.extra_protection = beside("looked after", 12, 0)
        self.extra_in_need = beside("looked after", 15, 0) + beside("protection", 10, 0)
        self.extra_assessments = beside("in need", 20, 0)
        # Series of short breaks (V4) and plans of another authority: neither is this authority's.
        self.short_breaks = [Spell(self.new_child("in need"), self.chance.day_in(0))
                             for _ in range(9)]
        self.other_authority = [Spell(self.new_child("protection"), self.chance.day_in(1))
                                for _ in range(7)]
