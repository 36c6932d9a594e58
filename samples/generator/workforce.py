"""Teams, workers, posts, and who holds which case from when to when.

Caseloads are cases over full-time equivalents, so for June and July the hours of each service are
chosen such that its average is the published one; in between people join, leave and change hours.
"""
from dataclasses import dataclass, field
import datetime

from .months import DAY, JULY, JUNE, MONTH_ENDS, MONTH_STARTS, middle_share

# Service: published caseload in June and July, job of its workers, teams.
SERVICES = {
    "assessment": ((186, 185), "Social Worker", ["Assessment North", "Assessment South",
                                                 "Assessment East"]),
    "care planning": ((149, 146), "Social Worker", ["Care Planning 1", "Care Planning 2",
                                                    "Care Planning 3", "Care Planning 4"]),
    "children in care": ((146, 143), "Social Worker", ["Children in Care 1", "Children in Care 2",
                                                       "Children in Care 3"]),
    "cwd": ((164, 202), "Social Worker", ["Children with Disabilities"]),
    "leaving care": ((244, 237), "Personal Adviser", ["Leaving Care A", "Leaving Care B"]),
    "adolescent": ((218, 250), "Social Worker", ["Adolescent Support"]),
}
OTHER_TEAMS = ["Edge of Care"]
# Lists name teams by their code; a team's name is in the list of teams, and changes.
TEAM_CODES = {team: f"T{210 + 4 * n}" for n, team in enumerate(
    [t for _, _, teams in SERVICES.values() for t in teams] + OTHER_TEAMS)}
NEWLY_QUALIFIED = (84, 92)  # their cases in June and July, over ten of them: 8.4 and 9.2
ALL_SOCIAL_WORKERS = (162, 160)
HOURS = [10, 10, 10, 6, 10, 8, 10, 10, 5, 10]  # in tenths of a full-time post

FIRST = ["Alder", "Amber", "Ash", "Aspen", "Basalt", "Beech", "Birch", "Breeze", "Briar", "Cedar",
         "Clover", "Cobalt", "Coral", "Dapple", "Dew", "Elder", "Ember", "Fern", "Flint", "Frost",
         "Gale", "Garnet", "Hail", "Hazel", "Heather", "Indigo", "Ivy", "Jade", "Juniper", "Larch",
         "Lichen", "Linden", "Maple", "Marble", "Mist", "Moss", "Oak", "Opal", "Pearl", "Pine",
         "Quartz", "Rain", "Reed", "Rowan", "Saffron", "Sage", "Sienna", "Slate", "Thistle",
         "Umber", "Willow", "Wren"]
LAST = ["Basalt", "Brook", "Cairn", "Chalk", "Cloud", "Copper", "Crest", "Delta", "Drift", "Dune",
        "Fell", "Field", "Ford", "Glade", "Glen", "Gravel", "Grove", "Heath", "Hollow", "Island",
        "Lake", "Ledge", "Loam", "Marsh", "Meadow", "Mere", "Moor", "Ochre", "Pebble", "Pool",
        "Quarry", "Ridge", "River", "Sand", "Shale", "Shore", "Silver", "Spring", "Stone", "Storm",
        "Stream", "Tarn", "Thicket", "Tide", "Vale", "Verdigris", "Weir", "Wold"]


@dataclass
class WorkerSpell:
    start: datetime.date
    end: datetime.date | None
    tenths: int


@dataclass
class Worker:
    number: int
    name: str
    job: str
    team: str
    spells: list
    newly_qualified: bool = False
    agency: bool = False
    listed: bool = True
    load: int = 0

    def tenths_on(self, day):
        for spell in self.spells:
            if spell.start <= day and (spell.end is None or spell.end > day):
                return spell.tenths
        return 0

    @property
    def key(self):
        return f"W{self.number}"


@dataclass
class Allocation:
    child: int
    worker: Worker
    start: datetime.date
    end: datetime.date | None
    role: str = "Allocated worker"
    tags: set = field(default_factory=set)


def hours_for(cases, tenths_of_average):
    """Tenths of full-time posts such that cases over them is shown as the average."""
    best = None
    for hours in range(1, 3000):
        shown = (2 * 100 * cases + hours) // (2 * hours)  # tenths of cases a post, half up
        if shown == tenths_of_average:
            miss = abs(100 * cases - tenths_of_average * hours)
            if best is None or miss < best[0]:
                best = (miss, hours)
    if best is None:
        raise ValueError(f"no hours make {cases} cases an average of {tenths_of_average / 10}")
    return best[1]


class Workforce:
    def __init__(self, chance, cohorts):
        self.chance = chance
        self.workers = []
        self.allocations = []
        self.service_of = {}  # of each child's main spell
        self.sort_children(cohorts)
        self.spells = [(s, name) for name in cohorts.spells for s in cohorts.spells[name]]
        self.explicit = {}  # who holds a case in particular, and from when (None: all along)
        self.handed_over = set()
        self.place_explicit(cohorts)
        for service in SERVICES:
            self.staff(service)
        self.staff_other()
        self.posts = self.make_posts()

    def new_worker(self, job, team, tenths, start=None, end=None, **more):
        number = 1000 + 3 * len(self.workers)
        name = f"{FIRST[len(self.workers) % len(FIRST)]} " \
               f"{LAST[(len(self.workers) * 7 + len(self.workers) // len(FIRST)) % len(LAST)]}"
        start = start or self.chance.day(datetime.date(2014, 1, 6), datetime.date(2018, 5, 31))
        worker = Worker(number, name, job, team, [WorkerSpell(start, end, tenths)],
                        agency=self.chance.random() < 0.2, **more)
        self.workers.append(worker)
        return worker

    # ---- which service a child's case is in ----

    def sort_children(self, cohorts):
        for spell in cohorts.spells["assessment"]:
            self.service_of[spell.number] = "assessment"
        for spell in cohorts.spells["protection"] + cohorts.spells["in need"]:
            self.service_of[spell.number] = "care planning"
        for spell in cohorts.spells["looked after"]:
            self.service_of[spell.number] = "children in care"
        for spell in cohorts.spells["care leaver"]:
            self.service_of[spell.number] = "leaving care"
        self.move(cohorts.spells["in need"], "cwd", (113, 131), lasting=True)
        self.move(cohorts.spells["looked after"], "adolescent", (87, 100))
        self.move(cohorts.spells["in need"], "other", (66, 66))

    def move(self, spells, service, sizes, lasting=False):
        """Gives a service so many of the open spells on the last days of June and July."""
        free = [s for s in spells if self.service_of[s.number] in ("care planning",
                                                                "children in care")]
        both = [s for s in free if s.open_on(MONTH_ENDS[JUNE]) and s.open_on(MONTH_ENDS[JULY])
                and s.start < MONTH_STARTS[0 if lasting else JUNE]]
        new = [s for s in free if MONTH_STARTS[JULY] <= s.start and s.open_on(MONTH_ENDS[JULY])]
        for spell in self.chance.sample(both, sizes[0]) + self.chance.sample(new,
                                                                             sizes[1] - sizes[0]):
            self.service_of[spell.number] = service
        gone = [s for s in free if s.end and s.end < MONTH_STARTS[JUNE]
                and self.service_of[s.number] != service]
        for spell in self.chance.sample(gone, min(len(gone), sizes[0] // 2)):
            self.service_of[spell.number] = service

    # ---- cases held by somebody in particular ----

    def lasting(self, service):
        return [s for s, _ in self.spells if self.service_of[s.number] == service
                and s.start < MONTH_STARTS[JUNE] - 200 * DAY and s.open_on(MONTH_ENDS[JULY])
                and (s.end is None or "no end" in s.tags)]

    def place_explicit(self, cohorts):
        """Newly qualified workers, managers and support workers who hold cases, somebody who is in no
        list of workers: cases that belong in some averages and not in others."""
        pool = self.lasting("care planning")
        self.chance.shuffle(pool)
        teams = SERVICES["care planning"][2]
        newly = [self.new_worker("Social Worker", teams[n % 4], 10, datetime.date(2018, 6, 4),
                                 newly_qualified=True) for n in range(10)]
        june, july = NEWLY_QUALIFIED
        for at in range(july):
            spell = pool.pop()
            handover = None if at < june else datetime.date(2019, 7, 8) + DAY * (at - june)
            self.explicit[spell.number] = (newly[at % 10], handover)
        for service, job, count, cases in [("assessment", "Team Manager", 2, 3),
                                           ("care planning", "Family Support Worker", 2, 6),
                                           ("leaving care", "Team Manager", 1, 4)]:
            own = pool if service == "care planning" else self.lasting_or_any(service)
            for n in range(count):
                worker = self.new_worker(job, SERVICES[service][2][n], 10)
                for _ in range(cases):
                    self.explicit[own.pop().number] = (worker, None)
        absent = self.new_worker("Personal Adviser", "Leaving Care B", 10, listed=False)
        own = self.lasting("leaving care")
        for spell in own[-5:]:
            if spell.number not in self.explicit:
                self.explicit[spell.number] = (absent, None)

    def lasting_or_any(self, service):
        own = self.lasting(service)
        if len(own) < 12:
            own = [s for s, _ in self.spells if self.service_of[s.number] == service
                   and s.open_on(MONTH_ENDS[JUNE]) and s.open_on(MONTH_ENDS[JULY])]
        return own[::-1]

    # ---- a service's own workers ----

    def cases_on(self, spells, month):
        return [s for s in spells if s.open_on(MONTH_ENDS[month])]

    def staff(self, service):
        averages, job, teams = SERVICES[service]
        spells = [s for s, _ in self.spells if self.service_of[s.number] == service]
        free = [s for s in spells if not self.held_explicitly(s, JULY)]
        june = [s for s in self.cases_on(spells, JUNE) if not self.held_explicitly(s, JUNE)]
        july = self.cases_on(free, JULY)
        june_hours, july_hours = self.split_hours(service, averages, len(june), len(july))
        self.hire(service, job, teams, june_hours, july_hours)
        self.hold(spells, [w for w in self.workers if w.team in teams and w.job == job
                           and not w.newly_qualified and w.listed])

    def held_explicitly(self, spell, month):
        """Whether somebody in particular holds the case on the month's last day."""
        if spell.number not in self.explicit:
            return False
        handover = self.explicit[spell.number][1]
        return handover is None or handover <= MONTH_ENDS[month]

    def split_hours(self, service, averages, june, july):
        """The hours of the service's own workers, given what others of it hold and work."""
        extra = {"assessment": (0, 0), "leaving care": (10, 4)}.get(service, (0, 0))
        newly = (0, 0)
        if service == "care planning":
            newly = (100, NEWLY_QUALIFIED)
        hours = []
        for at, cases in enumerate((june, july)):
            total = cases + extra[1] + (newly[1][at] if newly[0] else 0)
            hours.append(hours_for(total, averages[at]) - extra[0] - newly[0])
        return hours

    def hire(self, service, job, teams, june, july):
        """Workers whose hours add up in June; in July some leave, join or change hours."""
        left = min(june, july)
        at = 0
        while left > 0:
            tenths = min(HOURS[at % len(HOURS)], left)
            self.new_worker(job, teams[at % len(teams)], tenths)
            left -= tenths
            at += 1
        change = july - june
        while change != 0:
            tenths = min(10, abs(change))
            if change > 0:
                self.new_worker(job, teams[at % len(teams)], tenths, datetime.date(2019, 7, 1)
                                + DAY * (at % 9))
                change -= tenths
            else:
                self.new_worker(job, teams[at % len(teams)], tenths,
                                end=datetime.date(2019, 7, 5) + DAY * (at % 20))
                change += tenths
            at += 1
        # One changes hours for the other way round of another: two spells each, sums unchanged.
        own = [w for w in self.workers if w.team in teams and w.job == job
               and len(w.spells) == 1 and w.spells[0].end is None
               and w.spells[0].start < datetime.date(2018, 6, 1) and not w.newly_qualified
               and w.listed]
        full = [w for w in own if w.spells[0].tenths == 10]
        part = [w for w in own if w.spells[0].tenths == 6]
        for worker, other in list(zip(full, part))[:2]:
            day = datetime.date(2019, 7, 15)
            for each, tenths in ((worker, 6), (other, 10)):
                each.spells[0].end = day
                each.spells.append(WorkerSpell(day, None, tenths))

    def hold(self, spells, workers):
        """Each case goes to whoever has least for their hours; leavers hand theirs over."""
        loads = {w.number: 0 for w in workers}
        holders = {}
        for month in range(13):
            first, last = MONTH_STARTS[month], MONTH_ENDS[month]
            begin = datetime.date(2000, 1, 1) if month == 0 else first
            for spell in spells:
                if spell.end and begin <= spell.end <= last and spell.number in holders:
                    loads[holders.pop(spell.number).worker.number] -= 1
            for worker in workers:
                gone = worker.spells[-1].end
                if gone and first <= gone <= last:
                    for spell in [s for s in spells if s.number in holders
                                  and holders[s.number].worker is worker]:
                        holders.pop(spell.number).end = gone
                        loads[worker.number] -= 1
                        self.give(spell, workers, loads, holders, last, gone)
            for worker in workers:
                if first <= worker.spells[0].start <= last:
                    self.take_over(worker, workers, loads, holders, last)
            for spell in spells:
                if spell.number in holders or spell.start > last or not spell.open_on(last):
                    if spell.start >= begin and spell.start <= last and spell.end \
                            and spell.end <= last and spell.number not in holders:
                        self.give(spell, workers, loads, holders, last, spell.start)
                        loads[holders.pop(spell.number).worker.number] -= 1
                    continue
                self.give(spell, workers, loads, holders, last, spell.start)
        for spell in spells:  # cases that come after the last month
            if spell.start > MONTH_ENDS[JULY]:
                self.give(spell, workers, loads, holders, MONTH_ENDS[JULY], spell.start)

    def take_over(self, newcomer, workers, loads, holders, last):
        """Whoever joins takes cases from those who have most, until the load is much the same."""
        there = [w for w in workers if w.tenths_on(last) > 0]
        fair = sum(loads[w.number] for w in there) / sum(w.tenths_on(last) for w in there)
        while loads[newcomer.number] < int(fair * newcomer.tenths_on(last)):
            giver = max((w for w in there if w is not newcomer),
                        key=lambda w: (loads[w.number] / w.tenths_on(last), -w.number))
            key = max(k for k, a in holders.items() if a.worker is giver
                      and a.start < newcomer.spells[0].start
                      and (a.end is None or a.end > newcomer.spells[0].start))
            before = holders[key]
            after = Allocation(before.child, newcomer, newcomer.spells[0].start, before.end)
            before.end = newcomer.spells[0].start
            self.allocations.append(after)
            holders[key] = after
            loads[giver.number] -= 1
            loads[newcomer.number] += 1

    def give(self, spell, workers, loads, holders, day, start):
        chosen, handover = self.explicit.get(spell.number, (None, None))
        if chosen and (handover is None or start >= handover):
            allocation = Allocation(spell.child.number, chosen, max(start, chosen.spells[0].start),
                                    spell.end)
            self.allocations.append(allocation)
            holders[spell.number] = allocation
            loads.setdefault(chosen.number, 0)
            loads[chosen.number] += 1
            return
        there = [w for w in workers if w.tenths_on(day) > 0 and w.spells[-1].end is None
                 or w.tenths_on(day) > 0 and w.spells[-1].end > day]
        worker = min(there, key=lambda w: (loads[w.number] / w.tenths_on(day), w.number))
        loads[worker.number] += 1
        allocation = Allocation(spell.child.number, worker, start, spell.end)
        self.allocations.append(allocation)
        holders[spell.number] = allocation
        if handover:
            allocation.end = handover
        if handover and spell.number not in self.handed_over:
            self.handed_over.add(spell.number)
            self.allocations.append(Allocation(spell.child.number, chosen, handover, spell.end))

    # ---- everybody else ----

    def social_work(self, month):
        """Cases and hours of social workers with a case on the month's last day."""
        day = MONTH_ENDS[month]
        held = {(a.child, a.worker.number) for a in self.allocations
                if a.role == "Allocated worker" and a.worker.job == "Social Worker"
                and a.start <= day and (a.end is None or a.end > day)}
        workers = {w.number: w for w in self.workers}
        hours = sum(workers[n].tenths_on(day) for n in {n for _, n in held})
        return len(held), hours

    def staff_other(self):
        """A team of another kind makes the average of all social workers what it is."""
        spells = [s for s, _ in self.spells if self.service_of[s.number] == "other"]
        hours = []
        for at, month in enumerate((JUNE, JULY)):
            cases, tenths = self.social_work(month)
            own = len(self.cases_on(spells, month))
            hours.append(hours_for(cases + own, ALL_SOCIAL_WORKERS[at]) - tenths)
        if min(hours) < 5:
            raise ValueError(f"the other teams would need {hours} tenths")
        self.hire("other", "Social Worker", OTHER_TEAMS, *hours)
        self.hold(spells, [w for w in self.workers if w.team in OTHER_TEAMS])
        self.second_workers()

    def second_workers(self):
        """Cases held in another role: they are nobody's caseload."""
        spells = self.lasting("children in care")
        helpers = [w for w in self.workers if w.team == "Edge of Care"]
        for at, spell in enumerate(spells[:40]):
            self.allocations.append(Allocation(spell.child.number, helpers[at % len(helpers)],
                                               max(spell.start, datetime.date(2018, 9, 3)), None,
                                               role="Secondary worker"))

    def make_posts(self):
        """The establishment: posts in states, 44% of the hours vacant at the end of June and July."""
        posts = []  # number, team, tenths, [(start, end, vacant)]
        teams = [t for _, _, names in SERVICES.values() for t in names] + OTHER_TEAMS
        tenths = [HOURS[n % len(HOURS)] for n in range(286)]
        total = sum(tenths)
        wanted = middle_share(44, total)
        order = self.chance.sample(range(len(tenths)), len(tenths))
        vacant, filled = set(), 0
        for at in order:
            if filled + tenths[at] <= wanted:
                vacant.add(at)
                filled += tenths[at]
        opened = datetime.date(2017, 4, 1)
        for at, size in enumerate(tenths):
            states = [(opened, None, at in vacant)]
            posts.append([f"P{2000 + at}", teams[at % len(teams)], size, states])
        # Over the year posts fall vacant and are filled; the state of June and July stands.
        for at in self.chance.sample(range(len(posts)), 90):
            now = posts[at][3][0][2]
            changed = self.chance.day(MONTH_STARTS[0], MONTH_ENDS[10])
            posts[at][3] = [(opened, changed, not now), (changed, None, now)]
        # In July one post of a full hour is filled and another of the same falls vacant, on the last
        # day of the month.
        full_vacant = next(at for at in sorted(vacant) if tenths[at] == 10
                           and len(posts[at][3]) == 1)
        full_filled = next(at for at in range(len(posts)) if at not in vacant
                           and tenths[at] == 10 and len(posts[at][3]) == 1)
        end = MONTH_ENDS[JULY]
        posts[full_vacant][3] = [(opened, end, True), (end, None, False)]
        posts[full_filled][3] = [(opened, end, False), (end, None, True)]
        return posts
