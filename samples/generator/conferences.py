"""Initial and review conferences, the strategy discussions before them, and how often a child has been
on a plan before; how assessments end.
"""
from dataclasses import dataclass
import datetime

from .months import (DAY, JULY, MONTH_ENDS, MONTH_STARTS, fitting_whole, middle_share,
                     working_days_after)

# By month: initial conferences within 15 working days of the strategy discussion (CP 5, %), new plans
# that are not the first (a quarter fewer in July than in May), assessments without further action
# (AMT 4, %).
IN_TIME = [64, 70, 58, 72, 66, 61, 75, 80, 69, 73, 78, 59, 87]
AGAIN = [7, 8, 8, 7, 8, 7, 9, 8, 9, 8, 8, 7, 6]
NO_ACTION = [46, 45, 47, 44, 46, 45, 43, 45, 46, 44, 45, 45, 44]


@dataclass
class Conference:
    child: int
    kind: str
    held: datetime.date
    discussed: datetime.date | None
    transfer: bool = False
    outcome: str = ""


class Conferences:
    def __init__(self, chance, cohorts, reviews):
        self.chance = chance
        self.conferences = []
        self.previous = {}  # plans before, by the number of the plan's spell
        self.outcomes = {}  # by the number of the assessment's spell
        for month in range(13):
            self.confer(cohorts, month)
            self.count_again(cohorts, month)
            self.conclude(cohorts, month)
        for review in reviews:
            if review.kind == "CP review" and review.held and not review.cancelled:
                self.conferences.append(Conference(review.child, "RCPC", review.held, None, False,
                                                   "Plan continues"))

    def confer(self, cohorts, month):
        new = [s for s in cohorts.spells["protection"]
               if MONTH_STARTS[month] <= s.start <= MONTH_ENDS[month]]
        total = fitting_whole(IN_TIME[month], len(new) + 6)
        if total < len(new):
            total = next(n for n in range(len(new), 200) if fitting_whole(IN_TIME[month], n) == n)
        no_plan = self.chance.pick({s.child.number for s in
                                    cohorts.open_on("in need", MONTH_ENDS[month])}, total - len(new))
        held = [(s.child.number, s.start, "Plan made") for s in new] + \
            [(child, self.chance.day_in(month), "No plan") for child in no_plan]
        self.chance.shuffle(held)
        in_time = middle_share(IN_TIME[month], total)
        for at, (child, day, outcome) in enumerate(held):
            discussed = self.discussed(day, at, at < in_time)
            self.conferences.append(Conference(child, "ICPC", day, discussed, False, outcome))
            if month == JULY and in_time <= at < in_time + 2:  # held again, in time: late once is late
                again = MONTH_ENDS[month] if day < MONTH_ENDS[month] else MONTH_STARTS[month]
                self.conferences.append(Conference(child, "ICPC", again, again - 4 * DAY, False,
                                                   outcome))
        for _ in range(2):  # moved in with a plan
            child = self.chance.choice(cohorts.spells["protection"]).child.number
            self.conferences.append(Conference(child, "ICPC", self.chance.day_in(month), None, True,
                                               "Plan made"))

    def discussed(self, held, at, in_time):
        """On the fifteenth working day before for some, on the sixteenth for others."""
        first = held  # the first day from which the conference is in time
        while working_days_after(first - DAY, 15) >= held:
            first -= DAY
        if in_time:
            return first if at % 4 == 1 else self.chance.day(first, held)
        if at % 9 == 5:
            return None
        return first - DAY if at % 4 == 1 else first - DAY * self.chance.randrange(1, 40)

    def count_again(self, cohorts, month):
        new = [s for s in cohorts.spells["protection"]
               if MONTH_STARTS[month] <= s.start <= MONTH_ENDS[month]]
        for spell in self.chance.sample(new, AGAIN[month]):
            self.previous[spell.number] = self.chance.choice([1, 1, 1, 2])

    def conclude(self, cohorts, month):
        done = [s for s in cohorts.spells["assessment"]
                if s.end and MONTH_STARTS[month] <= s.end <= MONTH_ENDS[month]]
        self.chance.shuffle(done)
        blank = len(done) // 40
        none = middle_share(NO_ACTION[month], len(done) - blank)
        for at, spell in enumerate(done[blank:]):
            self.outcomes[spell.number] = "No further action" if at < none else \
                self.chance.choice(["CIN plan", "CIN plan", "Strategy discussion", "Step down to EH"])
