"""Missing episodes, what was done about them, and what the forms say.

Each month has so many children who went missing three times or more, nearly all of them looked
after, and others once or twice. June 2019 is the published one: 104 children, 30 of them from home,
and 312 episodes, of which one was recorded after 9 July and makes a forty-first child a repeated one.
"""
from dataclasses import dataclass, field
import datetime

from .months import AS_AT, DAY, JULY, JUNE, MONTH_ENDS, MONTH_STARTS, add_months, middle_share

# By month: repeated and looked after, repeated from home, others looked after, others from home,
# episodes of the repeated, of which others went twice.
SHAPES = [
    (29, 2, 36, 24, 160, 18), (31, 2, 38, 25, 171, 17), (30, 3, 37, 27, 169, 20),
    (33, 2, 36, 26, 182, 19), (32, 3, 38, 25, 178, 22), (28, 2, 33, 22, 151, 16),
    (30, 2, 35, 24, 163, 18), (31, 3, 36, 25, 176, 18), (34, 2, 37, 27, 190, 21),
    (33, 3, 38, 26, 188, 20), (36, 3, 37, 27, 204, 21),
    (37, 4, 37, 26, 228, 21), (41, 4, 35, 28, 237, 19),
]
INTERVIEWED = [52, 55, 51, 57, 58, 54, 60, 59, 62, 63, 61, 66, 67]  # MC 6
ACCEPTED = [50, 52, 55, 53, 57, 56, 58, 60, 57, 61, 62, 64, 60]  # MC 11
# Of the repeated, looked after and from home: risk assessed, discussed.
ASSESSED = [(15, 1), (17, 1), (16, 1), (19, 1), (18, 2), (16, 1), (18, 1), (19, 2), (20, 1),
            (21, 2), (23, 2), (25, 3), (40, 4)]
DISCUSSED = [(7, 0), (8, 1), (8, 1), (9, 0), (9, 1), (7, 1), (8, 0), (9, 1), (10, 1), (10, 1),
             (11, 1), (12, 1), (12, 3)]
SAME_AS_MAY = 21  # of June's forty
# The reasons that April's return interviews gave: contact with family or friends, offending, substance
# misuse, sexual exploitation, abuse in the placement.
APRIL = {"MR4": 34, "MR2": 5, "MR3": 3, "MR7": 2, "MR5": 1}


@dataclass
class Episode:
    child: object
    start: datetime.datetime
    found: datetime.datetime | None
    placement: bool
    kind: str = "missing"
    offered: str = ""
    accepted: str = ""
    interviewed: datetime.date | None = None
    reason: str = ""
    late: bool = False  # recorded after 9 July
    tags: set = field(default_factory=set)

    @property
    def month(self):
        return (self.start.year - 2018) * 12 + self.start.month - 7

    @property
    def found_month(self):
        return (self.found.year - 2018) * 12 + self.found.month - 7 if self.found else None


class Missing:
    def __init__(self, chance, cohorts):
        self.chance = chance
        self.cohorts = cohorts
        self.episodes = []
        self.repeated = []  # by month: looked after, from home
        self.assessments = []  # (child, day)
        self.discussions = []
        self.leavers = []  # out of care by the end of July
        for month in range(13):
            self.go_missing(month)
        self.plant_edges()
        for month in range(13):
            self.interview(month)
        self.give_reasons()
        self.assess()
        self.discuss()
        self.assess_exploitation()
        self.be_away()

    # ---- episodes ----

    def there_all_month(self, cohort, month):
        """Children of a cohort from well before a month until well after it."""
        return {s.child.number: s.child for s in self.cohorts.spells[cohort]
                if s.start < MONTH_STARTS[month] - 2 * DAY
                and (s.end is None or s.end > MONTH_ENDS[month] + 2 * DAY)}

    def go_missing(self, month):
        repeated_care, repeated_home, other_care, other_home, episodes, twice = SHAPES[month]
        care = self.there_all_month("looked after", month)
        home = self.there_all_month("in need", month)
        again = set()
        if month > 0:
            again = {c.number for c in self.repeated[month - 1][0]} & care.keys()
            again = set(self.chance.pick(again, min(SAME_AS_MAY, len(again), repeated_care)))
        fresh_pool = care.keys() - again
        if month > 0:
            fresh_pool -= {c.number for group in self.repeated[month - 1] for c in group}
        teenagers = {n for n in fresh_pool if care[n].born.year <= 2007}
        chosen = sorted(again) + self.chance.pick(teenagers, repeated_care - len(again))
        if month > 0:
            home = {n: c for n, c in home.items()
                    if n not in {c.number for c in self.repeated[month - 1][1]}}
        from_home = self.chance.pick({n for n in home if home[n].born.year <= 2008},
                                     repeated_home + other_home)
        rest = self.chance.pick(teenagers - set(chosen), other_care)
        self.repeated.append(([care[n] for n in chosen],
                              [home[n] for n in from_home[:repeated_home]]))
        counts = self.split(episodes, repeated_care + repeated_home, month)
        for child, count in zip(self.repeated[month][0] + self.repeated[month][1], counts):
            for _ in range(count):
                self.add(child, month, child.number in care)
        others = [care[n] for n in rest] + [home[n] for n in from_home[repeated_home:]]
        twices = set(self.chance.sample(range(len(others)), twice))
        for at, child in enumerate(others):
            for _ in range(2 if at in twices else 1):
                self.add(child, month, child.number in care)
        if month == JUNE:
            self.record_late(self.repeated[month][1][-1])

    def split(self, episodes, children, month):
        """Three or more for each; in June the last has exactly three, one of them late."""
        counts = [3] * children
        last = children - 1 if month == JUNE else children
        for _ in range(episodes - 3 * children):
            counts[self.chance.randrange(last)] += 1
        return counts

    def add(self, child, month, placement):
        day = self.chance.day_in(month)
        start = datetime.datetime.combine(day, datetime.time(self.chance.randrange(24),
                                                             self.chance.randrange(60)))
        hours = self.chance.choice([2, 4, 7, 9, 11, 14, 20, 23, 24, 26, 40, 70])
        minutes = 0 if hours == 24 and day.day % 2 else self.chance.randrange(60)
        found = start + datetime.timedelta(hours=hours, minutes=minutes)
        if found.date() > AS_AT:
            found = None
        self.episodes.append(Episode(child, start, found, placement))

    def record_late(self, child):
        episode = [e for e in self.episodes if e.child is child and e.month == JUNE][-1]
        episode.late = True
        episode.start = datetime.datetime(2019, 6, 27, 22, 10)
        episode.found = datetime.datetime(2019, 6, 28, 6, 35)

    def plant_edges(self):
        """The last minute of a month and the first of the next; a start without a time; episodes
        that are still going on, or that ended in a later month."""
        for month in range(13):
            own = [e for e in self.episodes if e.month == month and not e.late]
            last = datetime.datetime.combine(MONTH_ENDS[month], datetime.time(23, 59))
            first = datetime.datetime.combine(MONTH_STARTS[month], datetime.time(0, 1))
            for episode in own[3:6]:
                episode.start, episode.found = last, last + datetime.timedelta(hours=9)
            for episode in own[9:11]:
                episode.start, episode.found = first, first + datetime.timedelta(hours=5)
            own[15].found = None
        # Somebody who left care during the month: from placement, but not looked after on its end.
        left = [s for s in self.cohorts.spells["looked after"]
                if s.end and MONTH_STARTS[JULY] + 9 * DAY < s.end < MONTH_ENDS[JULY]]
        for spell in left[:3]:
            day = datetime.datetime.combine(MONTH_STARTS[JULY] + DAY, datetime.time(20, 0))
            self.leavers.append(spell.child)
            own = [e for e in self.episodes if e.month == JULY and e.placement
                   and e.child not in self.repeated[JULY][0]]
            episode = own[len(self.leavers)]
            episode.child, episode.start = spell.child, day
            episode.found = day + datetime.timedelta(hours=6)

    # ---- return interviews ----

    def interview(self, month):
        """So many of the episodes found in the month led to an interview, so many offers in care
        were accepted. An interview may have been held where nobody recorded that it was accepted."""
        found = [e for e in self.episodes if e.found_month == month]
        in_care = {c.number for c in
                   (s.child for s in self.cohorts.open_on("looked after", MONTH_ENDS[month]))}
        cared = [e for e in found if e.placement and e.child.number in in_care]
        accepted = set(self.chance.sample(range(len(cared)),
                                          middle_share(ACCEPTED[month], len(cared))))
        for at, episode in enumerate(cared):
            episode.offered = "Y"
            if at in accepted:
                episode.accepted = "Y"
            elif self.chance.random() < 0.6:
                episode.accepted = "Declined"
            elif self.chance.random() < 0.5:
                episode.offered, episode.accepted = "N", "N/A"
            else:
                episode.accepted = ""
        for episode in found:
            if not episode.offered:
                episode.offered = "Y"
                episode.accepted = self.chance.choice(["Y", "Y", "Declined"])
        wanted = middle_share(INTERVIEWED[month], len(found))
        likely = [e for e in found if e.accepted == "Y"]
        unlikely = [e for e in found if e.accepted == "" or e.offered == "N"]
        refused = [e for e in found if e.accepted == "Declined"]
        for group in (likely, unlikely, refused):
            self.chance.shuffle(group)
        for episode in (likely + unlikely + refused)[:wanted]:
            day = episode.found.date() + DAY * self.chance.choice([1, 1, 2, 2, 3, 4, 6, 9])
            episode.interviewed = min(day, AS_AT)
            episode.reason = self.chance.choice(["MR4"] * 8 + ["MR2", "MR3", "MR8", "MR8", "MR9"])
            if episode.accepted == "Declined":
                episode.accepted = ""  # came round in the end; nobody changed the box

    def give_reasons(self):
        """April's interviews: what was published of them. The others say nothing of it."""
        april = [e for e in self.episodes if e.interviewed and e.interviewed.month == 4
                 and e.interviewed.year == 2019]
        self.chance.shuffle(april)
        for episode in april:
            episode.reason = ""
        reasons = [code for code, count in APRIL.items() for _ in range(count)]
        for episode, reason in zip(april, reasons):
            episode.reason = reason

    def assess_exploitation(self):
        """Most of those who go missing again and again are assessed for exploitation, some of the
        others too; a later assessment may find less."""
        self.exploitation = []  # (child, kind, day, level)
        known = set()
        for month in range(13):
            children = {e.child.number for e in self.episodes if e.month == month}
            often = {c.number for group in self.repeated[month] for c in group}
            for child in sorted(children - known):
                if self.chance.random() < (0.7 if child in often else 0.3):
                    known.add(child)
                    day = self.chance.day_in(month)
                    for kind in ("CSE", "Criminal")[:self.chance.choice([1, 2, 2])]:
                        level = self.chance.choice(["Low", "Low", "Medium", "High"])
                        self.exploitation.append((child, kind, day, level))
                        if level == "High" and self.chance.random() < 0.4:
                            later = min(AS_AT, day + 90 * DAY)
                            self.exploitation.append((child, kind, later, "Low"))

    # ---- forms ----

    def assess(self):
        """Missing risk assessments: each counts for three calendar months."""
        latest = {}
        for month in range(13):
            end = MONTH_ENDS[month]
            for group, wanted in zip(self.repeated[month], ASSESSED[month]):
                current = [c for c in group if c.number in latest
                           and add_months(latest[c.number], 3) >= end]
                if len(current) > wanted:
                    raise ValueError(f"month {month}: {len(current)} assessed, {wanted} wanted")
                due = [c for c in group if c not in current]
                for child in self.chance.sample(due, wanted - len(current)):
                    day = self.chance.day_in(month)
                    latest[child.number] = day
                    self.assessments.append((child, day))
        self.plant_assessments(latest)

    def plant_assessments(self, latest):
        """On 31 July a date of 1 May is within three months and 30 April is not: 30 April and three
        months are 30 July. On 30 June a date of 30 March is, and 29 March is not."""
        by_day = {JULY: (datetime.date(2019, 5, 1), datetime.date(2019, 4, 30)),
                  JUNE: (datetime.date(2019, 3, 30), datetime.date(2019, 3, 29))}
        for month, (good, bad) in by_day.items():
            before = {c.number for m in range(max(0, month - 4), month)
                      for group in self.repeated[m] for c in group}
            after = {c.number for m in range(month + 1, 13)
                     for group in self.repeated[m] for c in group}
            alone = [c for c in self.repeated[month][0] if c.number not in before | after]
            met = [c for c in alone if c.number in latest
                   and MONTH_STARTS[month] <= latest[c.number] <= MONTH_ENDS[month]]
            unmet = [c for c in alone if c.number not in latest]
            for child in met[:4]:
                self.assessments.remove((child, latest[child.number]))
                self.assessments.append((child, good))
            for child in unmet[:3]:
                self.assessments.append((child, bad))

    def discuss(self):
        for month in range(13):
            for group, wanted in zip(self.repeated[month], DISCUSSED[month]):
                for child in self.chance.sample(group, wanted):
                    self.discussions.append((child, self.chance.day_in(month)))
        # One on the first and one on the last day of July; one in June of a child of July's.
        own = [i for i, (_, day) in enumerate(self.discussions) if day >= MONTH_STARTS[JULY]]
        self.discussions[own[0]] = (self.discussions[own[0]][0], MONTH_STARTS[JULY])
        self.discussions[own[1]] = (self.discussions[own[1]][0], MONTH_ENDS[JULY])

    def be_away(self):
        """Away with somebody's knowledge: no missing episode, whatever else counts them."""
        for month in range(13):
            for child in self.repeated[month][0][:6] + self.repeated[month][1][:1]:
                self.add(child, month, True)
                self.episodes[-1].kind = "away"
