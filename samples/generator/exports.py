"""The authority's exports as its case system, CaseFile, writes them, with what is wrong in them.

Headers are the system's own; titles stand above them; dates are true dates here, text there; ids are
numbers in one list and text in another. Each deliberate mistake is such that taking it otherwise than
expected would move a figure, where that is possible.
"""
import datetime

from .months import DAY, JULY, MONTH_ENDS, MONTH_STARTS
from .tables import Failed, Row, Serial, Table, write_csv, write_xls, write_xlsx
from .workforce import OTHER_TEAMS, SERVICES, TEAM_CODES

AUTHORITY = "Elmsworth Borough Council"
STAMP = "2019-08-13"
NO_END = datetime.date(2299, 12, 31)
NOTES = ["Police informed, ref. given", "Carer: \u201cback by ten\u201d",
         "Mother's address checked; not there", "Returned by caf\u00e9 staff \u2615",
         "EDT call,\nsecond call 01:10", "=see case note", ""]


def title(report):
    return [[f"{AUTHORITY} - CaseFile"], [report], []]


def footer(columns):
    return [Row([None] * columns), Row([None] * columns),
            Row(["Report run 13/08/2019 06:02 by CaseFile Reports"] + [None] * (columns - 1),
                [("ignored", "text row", "")])]


class Exports:
    def __init__(self, chance, cohorts, missing, supervision, workforce, parts):
        self.chance = chance
        self.cohorts = cohorts
        self.missing = missing
        self.supervision = supervision
        self.workforce = workforce
        self.parts = parts
        self.tables = []

    def write(self, folder, folder_of_july):
        """Writes all files; returns what is expected of each row that is wrong."""
        folder.mkdir(parents=True, exist_ok=True)
        folder_of_july.mkdir(parents=True, exist_ok=True)
        episodes = self.missing_episodes()
        write_xls(folder / episodes.file, [episodes])
        write_xls(folder_of_july / "missing_episodes_2019-07-09.xls", [self.episodes_on_9_july()])
        supervisions = self.supervisions()
        write_xlsx(folder / supervisions.file,
                   [self.front_sheet(), supervisions, self.old_supervisions()],
                   hidden=["Archive"])
        allocations = self.allocations()
        write_xlsx(folder / allocations.file, [allocations])
        forms = self.forms()
        write_xlsx(folder / forms.file, [forms], inline=True)
        care = self.periods_of_care()
        status = self.legal_statuses()
        write_xlsx(folder / care.file, [care, status])
        workers = self.workers()
        write_csv(folder / workers.file, workers, mark=True, line_end="\r\n")
        others = [self.teams(), self.posts(), self.children(), self.plans(), self.assessments(),
                  self.care_leavers()]
        for table in others:
            write_csv(folder / table.file, table)
        every = [episodes, supervisions, allocations, forms, care, status, workers] + others
        return [line for table in every for line in table.expectations()]

    # ---- missing episodes ----

    HEADER = ["Episode No.", "CaseFile ID", "Episode type", "Missing From Date/Time ",
              "Returned Date/Time", "Missing from", "Notified by", "RHI offered?", "RHI accepted?",
              "RHI completed (date)", "Reason given at RHI", "Area", "Notes"]
    KINDS = {"missing": ["Missing", "Missing", "Reported missing", "MIS"],
             "away": ["Away - whereabouts known", "AWAY"]}
    PLACES = {True: ["Placement", "Care placement"], False: ["Home", "Home address"]}

    def when(self, moment, number):
        """Mostly a true date and time; every seventh as text, some of these without the time."""
        if moment is None:
            return None
        if number % 7 == 3:
            return moment.strftime("%d/%m/%Y %H:%M")
        return moment

    def episode_row(self, number, episode):
        return [f"ME{40000 + number}" if number % 5 else f"me{40000 + number}".upper(),
                episode.child.number if number % 3 else str(episode.child.number),
                self.KINDS[episode.kind][number % len(self.KINDS[episode.kind])],
                self.when(episode.start, number), self.when(episode.found, number + 1),
                self.PLACES[episode.placement][number % 2],
                ["Police", "Carer", "Parent", "School"][number % 4],
                episode.offered or None, episode.accepted or None, episode.interviewed,
                episode.reason or None, ["Elmsworth Town", "North", "Riverside"][number % 3],
                NOTES[number % len(NOTES)] or None]

    def missing_episodes(self):
        ordered = sorted(self.missing.episodes, key=lambda e: (e.start, e.child.number))
        rows = [Row(self.episode_row(n, e)) for n, e in enumerate(ordered)]
        still_missing = set()  # whose return nobody wrote down: they cannot go missing again
        for episode, row in zip(ordered, rows):
            if episode.kind == "missing" and episode.found is None:
                if episode.child.number in still_missing:
                    row.expected.append(("note", "open twice", ""))
                still_missing.add(episode.child.number)
        self.number_of = {id(e): n for n, e in enumerate(ordered)}
        rows = self.spoil_episodes(ordered, rows)
        columns = len(self.HEADER)
        total = Row(["Total episodes", len(ordered)] + [None] * (columns - 2),
                    [("ignored", "total row", "")])
        return Table(f"missing_episodes_{STAMP}.xls", "Missing Episodes",
                     title("Missing episodes from 01/07/2018"), self.HEADER, rows,
                     [total] + footer(columns))

    def twice_in_july(self, ordered):
        """Children with two episodes in July: a third would make them repeated."""
        counts = {}
        for episode in ordered:
            if episode.kind == "missing" and episode.month == JULY:
                counts.setdefault(episode.child.number, []).append(episode)
        return [own for _, own in sorted(counts.items()) if len(own) == 2]

    def spoil_episodes(self, ordered, rows):
        twice = self.twice_in_july(ordered)
        spoiled = {}  # after which row: what is added

        def after(episode, row):
            spoiled.setdefault(self.number_of[id(episode)], []).append(row)

        def copy(episode, **changes):
            cells = list(rows[self.number_of[id(episode)]].cells)
            for column, cell in changes.items():
                cells[self.COLUMNS[column]] = cell
            return cells

        for own in twice[:3]:  # printed twice: not a third episode
            after(own[1], Row(copy(own[1]), [("merge", "exact duplicate", "")]))
        interviewed = [e for own in twice[3:] for e in own if e.interviewed]
        for episode in interviewed[:2]:  # an older state of the same episode
            after(episode, Row(copy(episode, interviewed=None, reason=None),
                               [("merge", "key conflict", "")]))
        wrong = [own[1] for own in twice[3:9]]
        after(wrong[0], Row(copy(wrong[0], number="ME91001", start="31/06/2019 21:15"),
                            [("reject", "not a date", "Missing From Date/Time ")]))
        after(wrong[1], Row(copy(wrong[1], number="ME91002", kind="Absent (unclear)"),
                            [("reject", "unknown value", "Episode type")]))
        after(wrong[2], Row(copy(wrong[2], number="ME91003", found=Failed()),
                            [("reject", "error cell", "Returned Date/Time")]))
        after(wrong[3], Row(copy(wrong[3], number=None),
                            [("reject", "missing value", "Episode No.")]))
        after(wrong[4], Row(copy(wrong[4], number="ME91005",
                                 found=datetime.datetime(2019, 6, 2, 8, 0)),
                            [("reject", "ends before it starts", "Returned Date/Time")]))
        after(ordered[1400], Row(list(self.HEADER), [("ignored", "repeated header", "")]))
        result = []
        for number, row in enumerate(rows):
            result.append(row)
            result.extend(spoiled.get(number, []))
        return result

    COLUMNS = {"number": 0, "child": 1, "kind": 2, "start": 3, "found": 4, "interviewed": 9,
               "reason": 10}

    def episodes_on_9_july(self):
        """The same list as it was known on 9 July: what was recorded later is not in it yet."""
        day = datetime.datetime(2019, 7, 9)
        ordered = sorted(self.missing.episodes, key=lambda e: (e.start, e.child.number))
        rows = []
        for number, episode in enumerate(ordered):
            if episode.late or episode.start >= day:
                continue
            cells = self.episode_row(number, episode)
            if episode.found and episode.found >= day:
                cells[4] = None
            if episode.interviewed and episode.interviewed >= day.date():
                cells[8] = cells[9] = cells[10] = None
            rows.append(Row(cells))
        return Table("missing_episodes_2019-07-09.xls", "Missing Episodes",
                     title("Missing episodes from 01/07/2018"), self.HEADER, rows)

    # ---- supervisions ----

    def front_sheet(self):
        return Table("", "About", [[AUTHORITY], ["Supervisions recorded in CaseFile"],
                                   ["Exported 13/08/2019"]], [None], [])

    SUPERVISION = ["Person ID", "Worker", "Date of supervision ", "Kind", "Comments"]

    def supervision_rows(self):
        held = sorted(self.supervision.held, key=lambda h: (h[1], h[0]))
        workers = [w for w in self.workforce.workers if w.listed]
        rows = []
        for number, (child, day) in enumerate(held):
            when = day
            if number % 11 == 4:
                when = day.strftime("%d/%m/%Y")
            elif number % 13 == 6:
                when = day.isoformat()
            rows.append(Row([child if number % 4 else str(child),
                             workers[(child + number) % len(workers)].key, when,
                             ["Case supervision", "Case Supervision", "Group"][number % 3],
                             NOTES[number % len(NOTES)] or None]))
        return held, rows

    def supervisions(self):
        held, rows = self.supervision_rows()
        last = len(rows) - 1
        # The date format was lost on these: they still count.
        july = [n for n, (_, day) in enumerate(held) if day.month == 7 and day.year == 2019]
        for number in july[100:103]:
            rows[number].cells[2] = Serial(held[number][1])
            rows[number].expected.append(("note", "bare serial", "Date of supervision "))
        for number in july[200:203]:
            rows.append(Row(list(rows[number].cells), [("merge", "exact duplicate", "")]))
        overdue = self.overdue()
        rows.append(Row([overdue[0], "W1000", "31/06/2019", "Case supervision", None],
                        [("reject", "not a date", "Date of supervision ")]))
        rows.append(Row([overdue[1], "W1003", None, "Case supervision", None],
                        [("reject", "missing value", "Date of supervision ")]))
        rows.append(Row([overdue[2], "W1003", 2019, "Case supervision", "year only"],
                        [("reject", "not a date", "Date of supervision ")]))
        return Table(f"supervisions_{STAMP}.xlsx", "Supervisions",
                     [["Case supervisions"], []], self.SUPERVISION, rows,
                     footer(len(self.SUPERVISION)))

    def overdue(self):
        """Children on plans in July without a supervision in time."""
        end = MONTH_ENDS[JULY]
        current = {c for c, day in self.supervision.held if 0 <= (end - day).days <= 31}
        return [s.child.number for s in self.cohorts.open_on("protection", end)
                if s.child.number not in current]

    def old_supervisions(self):
        """A hidden sheet of another's: read, it would put many children right."""
        rows = [Row([child, "W1000", datetime.date(2019, 7, 30), "Case supervision", None])
                for child in self.overdue()]
        return Table("", "Archive", [["Draft - do not use"]], self.SUPERVISION, rows)

    # ---- allocations ----

    def allocations(self):
        header = ["Child ID", "Worker ID", "Worker name", "Team ID", "Role in case", "From", "To",
                  "Allocated by"]
        roles = {"Allocated worker": ["Allocated worker", "Allocated Worker", "Key worker"],
                 "Secondary worker": ["Secondary worker"]}
        ordered = sorted(self.workforce.allocations,
                         key=lambda a: (a.start, a.child, a.worker.number, a.role))
        rows = []
        for number, allocation in enumerate(ordered):
            key = allocation.worker.key + ("\u00a0" if number % 97 == 5 else "")
            end = allocation.end
            if end is None and number % 41 == 7:
                end = NO_END
            rows.append(Row([str(allocation.child) if number % 5 else allocation.child, key,
                             allocation.worker.name, TEAM_CODES[allocation.worker.team],
                             roles[allocation.role][number % len(roles[allocation.role])],
                             allocation.start, end, "CaseFile"],
                            [] if allocation.worker.listed
                            else [("note", "reference without a row", "")]))
        child = ordered[0].child
        rows.append(Row([child, Failed(), None, "T210", "Allocated worker",
                         datetime.date(2019, 7, 1), None, None],
                        [("reject", "error cell", "Worker ID")]))
        rows.append(Row([child, "W1000", None, "T210", "Allocated worker",
                         datetime.date(2019, 7, 1), datetime.date(2019, 6, 1), None],
                        [("reject", "ends before it starts", "To")]))
        return Table(f"allocations_{STAMP}.xlsx", "Allocations", [["Case allocations, all teams"]],
                     header, rows, footer(len(header)))

    # ---- forms ----

    def forms(self):
        """One list of forms: plans, risk assessments and strategy discussions, each to be told apart by
        its name; others that nothing here speaks of."""
        header = ["CaseFile ID", "Form", "Date completed", "Status", "Completed by"]
        lines = [(day, child.number, "Missing Risk Assessment")
                 for child, day in self.missing.assessments]
        lines += [(day, child.number, "Missing strategy discussion")
                  for child, day in self.missing.discussions]
        lines += [(day + DAY, child.number, "Case summary")
                  for child, day in self.missing.assessments]
        lines += [(day, child.number, "Photograph") for child, day in self.missing.discussions]
        lines += [(day, child, form) for child, form, day in self.parts["care"].updates]
        lines += [(day + 3 * DAY, child, "Chronology") for child, form, day in
                  self.parts["care"].updates if child % 9 == 0]
        rows = [Row([str(child), form, day.isoformat() if n % 13 == 1 else day, "Complete",
                     self.workforce.workers[n % 60].name])
                for n, (day, child, form) in enumerate(sorted(lines))]
        return Table(f"forms_{STAMP}.xlsx", "Forms", [], header, rows)

    # ---- people and places ----

    def workers(self):
        header = ["Worker ID", "Name", "Job title", "FTE", "Agency?", "ASYE", "Team ID", "Started",
                  "Left"]
        rows = []
        for worker in self.workforce.workers:
            if not worker.listed:
                continue
            for spell in worker.spells:
                rows.append(Row([worker.key, worker.name, worker.job, f"{spell.tenths / 10:g}",
                                 "Yes" if worker.agency else "No",
                                 "Y" if worker.newly_qualified else "N", TEAM_CODES[worker.team],
                                 spell.start,
                                 spell.end or (NO_END if worker.number % 5 == 0 else None)]))
        rows.append(Row(["W9001", "Test Account", "Social Worker", "full time", "No", "N",
                         "T210", datetime.date(2019, 1, 7), None],
                        [("reject", "not a number", "FTE")]))
        rows.append(Row(["W9002", "Test Account", "Social Worker", "1", "Not known", "N",
                         "T210", datetime.date(2019, 1, 7), None],
                        [("reject", "not a flag", "Agency?")]))
        return Table(f"workers_{STAMP}.csv", "", [], header, rows)

    def teams(self):
        """Teams change their name and their kind: each state is a row of its own."""
        header = ["Team ID", "Team name", "Kind of team", "Service", "Head of service", "From", "To"]
        services = {"assessment": ("Assessment", "Single Point of Contact and Assessment"),
                    "care planning": ("Care Planning", "Social Work with Families"),
                    "cwd": ("CWD", "Social Work with Families"),
                    "children in care": ("CIC", "Children Looked After"),
                    "leaving care": ("Leaving Care", "Children Looked After"),
                    "adolescent": ("Adolescent", "Adolescents")}
        begin, changed = datetime.date(2016, 4, 1), datetime.date(2018, 10, 1)
        rows = []
        for service, (_, _, teams) in SERVICES.items():
            kind, of = services[service]
            for team in teams:
                spells = [(team, kind, begin, None)]
                if team == "Assessment East":  # a team of another kind until October 2018
                    spells = [(team, "Other", begin, changed), (team, kind, changed, None)]
                elif team == "Adolescent Support":  # had another name
                    spells = [("Youth Response", kind, begin, changed), (team, kind, changed, None)]
                rows += [Row([TEAM_CODES[team], called, now, of, "Linden Vale", start, end])
                         for called, now, start, end in spells]
        rows += [Row([TEAM_CODES[team], team, "Other", "Adolescents", "Jade Moor", begin, None])
                 for team in OTHER_TEAMS]
        return Table(f"teams_{STAMP}.csv", "", [], header, rows)

    def posts(self):
        header = ["Post No", "Team ID", "FTE", "Vacant?", "From", "To"]
        rows = [Row([number, TEAM_CODES[team], f"{tenths / 10:g}", "Yes" if vacant else "No", start, end])
                for number, team, tenths, states in self.workforce.posts
                for start, end, vacant in states]
        rows.append(Row(["P9001", TEAM_CODES["Edge of Care"], "1", "Frozen", datetime.date(2019, 4, 1), None],
                        [("reject", "not a flag", "Vacant?")]))
        return Table(f"posts_{STAMP}.csv", "", title("Establishment")[:2], header, rows)

    def children(self):
        header = ["CaseFile ID", "Date of birth", "Sex", "Ethnic group", "Disability"]
        rows = [Row([child.number, child.born.isoformat(), child.gender, child.ethnicity,
                     child.disabled])
                for child in sorted(self.cohorts.children, key=lambda c: c.number)]
        return Table(f"children_{STAMP}.csv", "", [], header, rows)

    # ---- care, plans, assessments ----

    @staticmethod
    def end_of(spell):
        return NO_END if "no end" in spell.tags and spell.end is None else spell.end

    def periods_of_care(self):
        header = ["CaseFile ID", "Date started to be looked after", "Date ceased", "Category of need"]
        spells = self.cohorts.spells["looked after"] + self.cohorts.short_breaks
        rows = [Row([s.child.number, s.start, self.end_of(s), f"N{1 + s.child.number % 8}"])
                for s in sorted(spells, key=lambda s: (s.start, s.child.number))]
        return Table(f"looked_after_{STAMP}.xlsx", "Periods of care",
                     [["Looked after children"], ["Periods of care"]], header, rows)

    def legal_statuses(self):
        header = ["CaseFile ID", "Legal status", "From", "To"]
        rows = [Row([s.child.number, ["C2", "V2", "C1"][s.child.number % 3], s.start,
                     self.end_of(s)])
                for s in self.cohorts.spells["looked after"]]
        rows += [Row([s.child.number, "V4", s.start, self.end_of(s)])
                 for s in self.cohorts.short_breaks]
        return Table(f"looked_after_{STAMP}.xlsx", "Legal status", [], header, rows)

    def plans(self):
        """Both kinds of plan in one list."""
        previous = self.parts["conferences"].previous
        header = ["Plan ID", "CaseFile ID", "Plan type", "Start date", "End date", "Category",
                  "Previous CP plans", "Held by other LA?"]
        rows = []
        for spell in self.cohorts.spells["in need"] + self.cohorts.extra_in_need:
            rows.append((spell, ["CIN plan", None, None, None]))
        for at, spell in enumerate(self.cohorts.spells["protection"]
                                   + self.cohorts.extra_protection):
            rows.append((spell, ["CP plan", ["Neglect", "Emotional abuse"][at % 2],
                                 previous.get(spell.number, at % 9 // 8
                                              if spell.start < MONTH_STARTS[0] else 0),
                                 "N" if at % 2 else None]))
        for spell in self.cohorts.other_authority:
            rows.append((spell, ["CP plan", "Neglect", 0, "Y"]))
        rows.sort(key=lambda r: (r[0].start, r[0].child.number, r[1][0]))
        lines = [Row([f"PL{70000 + n}", s.child.number, more[0], s.start, self.end_of(s), *more[1:]])
                 for n, (s, more) in enumerate(rows)]
        return Table(f"plans_{STAMP}.csv", "", title("CIN and CP plans")[:2], header, lines)

    def assessments(self):
        header = ["Assessment ID", "CaseFile ID", "Started", "Authorised", "Outcome", "Team ID"]
        outcomes = self.parts["conferences"].outcomes
        spells = self.cohorts.spells["assessment"] + self.cohorts.extra_assessments
        rows = [Row([f"AS{50000 + n}", s.child.number, s.start, s.end,
                     outcomes.get(s.number) if s.end else None,
                     ["T210", "T214", "T218"][s.child.number % 3]])
                for n, s in enumerate(sorted(spells, key=lambda s: (s.start, s.child.number)))]
        return Table(f"assessments_{STAMP}.csv", "", [], header, rows)

    def care_leavers(self):
        header = ["CaseFile ID", "Eligibility", "From", "To"]
        rows = [Row([s.child.number, "Former relevant", s.start, self.end_of(s)])
                for s in self.cohorts.spells["care leaver"]]
        return Table(f"care_leavers_{STAMP}.csv", "", [], header, rows)
