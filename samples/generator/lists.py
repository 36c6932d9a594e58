"""The lists of what happened: contacts, referrals, visits, reviews, checks and the like, as CaseFile
writes them."""
import datetime

from .months import DAY, JULY, MONTH_ENDS
from .tables import Failed, Row, Serial, Table, write_csv, write_xls, write_xlsx

STAMP = "2019-08-13"


def name(stem, ending):
    return f"{stem}_{STAMP}.{ending}"


class Lists:
    def __init__(self, parts):
        """parts: what was decided, by name."""
        self.parts = parts

    def write(self, folder):
        """Writes all files; returns their tables."""
        contacts, referrals, visits = self.contacts(), self.referrals(), self.visits()
        for table in (contacts, referrals, visits):
            write_xlsx(folder / table.file, [table])
        health = [self.health_checks(), self.immunisations()]
        write_xlsx(folder / health[0].file, health)
        fostering = [self.households(), self.household_visits(), self.household_reviews()]
        write_xls(folder / fostering[0].file, fostering)
        commentary = self.commentary()
        write_xlsx(folder / commentary.file, [commentary])
        early_help = self.early_help()
        write_csv(folder / early_help.file, early_help, mark=True, line_end="\r\n")
        others = [self.conferences(), self.reviews(), self.placements(), self.birthdays(),
                  self.exploitation(), self.figures(), self.targets()]
        for table in others:
            write_csv(folder / table.file, table)
        return [contacts, referrals, visits, *health, *fostering, commentary, early_help, *others]

    # ---- front door ----

    def contacts(self):
        header = ["Contact No", "CaseFile ID", "Date/time received", "Contact from",
                  "Date/time actioned", "Outcome"]
        own = sorted(self.parts["front door"].contacts, key=lambda c: (c.received, c.child or 0))
        rows = []
        for n, contact in enumerate(own):
            received, actioned = contact.received, contact.actioned
            if n % 9 == 2:
                received = received.strftime("%d/%m/%Y %H:%M")
            if n % 9 == 5 and actioned:
                actioned = actioned.isoformat(sep=" ", timespec="minutes")
            rows.append(Row([f"CN{100000 + n}", contact.child, received,
                             ["Police", "School", "Health", "Public"][n % 4], actioned,
                             ["Referral", "Advice given", "Early help", "No further action"][n % 4]
                             if contact.actioned else None]))
        late = [r for r, c in zip(rows, own) if c.actioned is None and c.received.month == 7
                and c.received.year == 2019]
        # Were these taken for actioned, July would be better than it was.
        rows.append(Row([late[0].cells[0], *late[0].cells[1:]], [("merge", "exact duplicate", "")]))
        rows.append(Row(["CN900001", None, "31/06/2019 10:00", "Police", None, None],
                        [("reject", "not a date", "Date/time received")]))
        rows.append(Row(["CN900002", None, datetime.datetime(2019, 7, 3, 10, 0), "Police", Failed(),
                         None], [("reject", "error cell", "Date/time actioned")]))
        total = Row(["Total contacts", len(own)] + [None] * 4, [("ignored", "total row", "")])
        return Table(name("contacts", "xlsx"), "Contacts",
                     [["Elmsworth Borough Council - CaseFile"], ["Contacts received"], []], header,
                     rows, [total])

    def referrals(self):
        header = ["Referral ID", "CaseFile ID", "Referral date", "Referred by", "NFA?"]
        own = sorted(self.parts["front door"].referrals, key=lambda r: (r.day, r.child))
        rows = [Row([f"RF{300000 + n}", str(r.child) if n % 6 == 1 else r.child,
                     r.day.strftime("%d-%b-%Y") if n % 11 == 3 else r.day,
                     ["Police", "School", "Health", "Parent", "Other LA"][n % 5],
                     None if r.assessed else ["Y", "N"][n % 2]])
                for n, r in enumerate(own)]
        rows.append(Row(["RF900001", own[0].child, "00/07/2019", "Police", None],
                        [("reject", "not a date", "Referral date")]))
        rows.append(Row([None, own[0].child, datetime.date(2019, 7, 3), "Police", None],
                        [("reject", "missing value", "Referral ID")]))
        return Table(name("referrals", "xlsx"), "Referrals", [["Referrals from 01/07/2017"], []],
                     header, rows)

    def early_help(self):
        header = ["EH case", "CaseFile ID", "Opened", "Closed", "Came from", "Reason for closing"]
        own = sorted(self.parts["front door"].cases, key=lambda c: (c.start, c.child))
        rows = [Row([f"EH{20000 + n}", c.child, c.start,
                     c.end.isoformat() if c.end and n % 8 == 3 else c.end, c.source,
                     c.reason or None]) for n, c in enumerate(own)]
        rows.append(Row(["EH90001", own[0].child, datetime.date(2019, 7, 20),
                         datetime.date(2019, 7, 2), "School", "Family disengaged"],
                        [("reject", "ends before it starts", "Closed")]))
        return Table(name("early_help", "csv"), "", [], header, rows)

    # ---- conferences, visits, reviews ----

    def conferences(self):
        header = ["CaseFile ID", "Conference", "Held on", "Strategy discussion held", "Transfer in?",
                  "Outcome"]
        own = sorted(self.parts["conferences"].conferences, key=lambda c: (c.held, c.child, c.kind))
        rows = [Row([c.child, {"ICPC": ["ICPC", "Initial CPC"], "RCPC": ["RCPC"]}[c.kind][
                         n % 2 if c.kind == "ICPC" else 0], c.held, c.discussed,
                     "Y" if c.transfer else ["N", None][n % 2], c.outcome],
                    [("note", "no strategy discussion", "")]
                    if c.kind == "ICPC" and not c.transfer and c.discussed is None else [])
                for n, c in enumerate(own)]
        july = next(n for n, c in enumerate(own) if c.held.month == 7 and c.kind == "ICPC"
                    and c.held.year == 2019)
        rows.append(Row([own[july].child, "Pre-meeting", datetime.date(2019, 7, 9), None, None, None],
                        [("reject", "unknown value", "Conference")]))
        return Table(name("conferences", "csv"), "", [["Child protection conferences"], []], header,
                     rows)

    def visits(self):
        header = ["CaseFile ID", "Visit type", "Visit date", "Child seen?", "Seen alone?", "Notes"]
        kinds = {"CIN": ["CIN visit", "CIN Visit"], "CP": ["CP visit", "CP statutory visit"],
                 "LAC": ["LAC visit", "LAC statutory visit"]}
        own = sorted(self.parts["visits"].visits, key=lambda v: (v.day, v.child, v.kind))
        rows = []
        for n, visit in enumerate(own):
            when = visit.day
            if n % 13 == 6:
                when = when.strftime("%d/%m/%Y")
            elif n % 17 == 9:
                when = when.isoformat()
            rows.append(Row([visit.child if n % 5 else str(visit.child),
                             kinds[visit.kind][n % 7 // 6], when, "Yes" if visit.seen else "No",
                             ["Yes", "No"][n % 2] if visit.seen else None, None]))
        unseen = self.unseen_in_july()
        for child in unseen[:4]:  # the child came to the office: no visit of any of these kinds
            rows.append(Row([child, "Office visit", datetime.date(2019, 7, 24), "Yes", "No", None]))
        rows.append(Row([unseen[4], "CIN visit", "24/13/2019", "Yes", None, None],
                        [("reject", "not a date", "Visit date")]))
        rows.append(Row([unseen[5], "CIN visit", datetime.date(2019, 7, 24), "Probably", None, None],
                        [("reject", "not a flag", "Child seen?")]))
        last = max(n for n, v in enumerate(own) if v.day.month == 7 and v.day.year == 2019 and n % 13
                   not in (6,) and n % 17 != 9)
        rows[last].cells[2] = Serial(own[last].day)
        rows[last].expected.append(("note", "bare serial", "Visit date"))
        return Table(name("visits", "xlsx"), "Visits", [["Visits to children"], ["All teams"], []],
                     header, rows)

    def unseen_in_july(self):
        """Children in need whom nobody saw in July."""
        seen = {v.child for v in self.parts["visits"].visits
                if v.seen and v.day >= MONTH_ENDS[JULY] - 40 * DAY}
        return [s.child.number for s in self.parts["cohorts"].open_on("in need", MONTH_ENDS[JULY])
                if s.child.number not in seen]

    def reviews(self):
        header = ["CaseFile ID", "Review", "Due", "Held", "Cancelled?"]
        own = sorted(self.parts["reviews"].reviews, key=lambda r: (r.due, r.child, r.kind))
        rows = [Row([r.child, r.kind, r.due, r.held.isoformat() if r.held and n % 10 == 4 else r.held,
                     "Y" if r.cancelled else [None, "N"][n % 2]]) for n, r in enumerate(own)]
        rows.append(Row([own[0].child, "LAC review", "n/k", "n/k", None],
                        [("reject", "not a date", "Due")]))
        return Table(name("reviews", "csv"), "", [["Reviews"], []], header, rows)

    # ---- care ----

    def health_checks(self):
        header = ["CaseFile ID", "Assessment", "Date", "Outcome"]
        own = sorted(self.parts["care"].checks, key=lambda c: (c.day, c.child, c.kind))
        kinds = {"Initial": "Initial health assessment", "Review": "Review health assessment",
                 "Dental": "Dental check"}
        rows = [Row([c.child, kinds[c.kind] if n % 9 else kinds[c.kind].upper(),
                     c.day.strftime("%d/%m/%Y") if n % 8 == 5 else c.day, c.status])
                for n, c in enumerate(own)]
        rows.append(Row([own[-1].child, "Review health assessment", None, "Booked"],
                        [("reject", "missing value", "Date")]))
        return Table(name("health", "xlsx"), "Health checks", [["Health of looked-after children"], []],
                     header, rows)

    def immunisations(self):
        header = ["CaseFile ID", "Recorded", "Up to date?"]
        own = sorted(self.parts["care"].immunisations, key=lambda i: (i[1], i[0]))
        rows = [Row([child, day, "Yes" if good else "No"]) for child, day, good in own]
        return Table(name("health", "xlsx"), "Immunisations", [], header, rows)

    def placements(self):
        header = ["CaseFile ID", "Placement start", "Placement end", "Placement type", "Location",
                  "Provider"]
        own = sorted(self.parts["care"].placements, key=lambda p: (p.start, p.child))
        rows = [Row([p.child, p.start, p.end, p.kind, p.location, p.provider]) for p in own]
        return Table(name("placements", "csv"), "", [], header, rows)

    def households(self):
        header = ["Household", "Approved", "Approval ended", "Supervising worker"]
        own = self.parts["fostering"].households
        rows = [Row([h.key, h.approved, h.ended, ["W1003", "W1006", "W1009"][h.number % 3]])
                for h in own]
        rows.append(Row(["FH9001", "not yet", None, None], [("reject", "not a date", "Approved")]))
        return Table(name("fostering", "xls"), "Households", [["Approved foster households"], []],
                     header, rows)

    def household_visits(self):
        header = ["Household", "Visited on", "By"]
        own = sorted(self.parts["fostering"].visits, key=lambda v: (v[1], v[0]))
        rows = [Row([key, day.strftime("%d/%m/%Y") if n % 12 == 5 else day, "Supervising worker"])
                for n, (key, day) in enumerate(own)]
        rows.append(Row([None, datetime.date(2019, 7, 30), "Supervising worker"]))
        rows.append(Row(list(rows[-2].cells), [("merge", "exact duplicate", "")]))
        return Table(name("fostering", "xls"), "Visits", [["Visits to foster households"]], header,
                     rows)

    def household_reviews(self):
        header = ["Household", "Review due", "Review held", "Cancelled"]
        own = sorted(self.parts["fostering"].reviews, key=lambda r: (r[1], r[0]))
        rows = [Row([key, due, held, "Y" if cancelled else None]) for key, due, held, cancelled in own]
        return Table(name("fostering", "xls"), "Reviews", [["Annual reviews"]], header, rows)

    # ---- leaving care, exploitation ----

    def birthdays(self):
        header = ["CaseFile ID", "Age on birthday", "Birthday", "Activity", "Accommodation suitable?",
                  "In touch"]
        own = sorted(self.parts["leaving"].birthdays, key=lambda b: (b.day, b.child))
        rows = [Row([b.child, b.age, b.day, b.activity, "Yes" if b.suitable else "No", b.in_touch])
                for b in own]
        return Table(name("birthdays", "csv"), "", [["Care leavers at their birthdays"]], header, rows)

    def exploitation(self):
        header = ["CaseFile ID", "Form", "Completed", "Level of risk"]
        own = sorted(self.parts["missing"].exploitation, key=lambda e: (e[2], e[0], e[1]))
        rows = [Row([child, f"{kind} risk assessment", day, level]) for child, kind, day, level in own]
        return Table(name("exploitation", "csv"), "", [], header, rows)

    # ---- ready made ----

    def commentary(self):
        from .texts import COMMENTARY, COMMENTARY_OF_JUNE
        header = ["Month", "Part of the report", "Kind", "Text", "Who", "By when", "Status"]
        rows = [Row([datetime.date(2019, 6, 30), *line]) for line in COMMENTARY_OF_JUNE]
        rows += [Row([datetime.date(2019, 7, 31), *line]) for line in COMMENTARY]
        return Table(name("commentary", "xlsx"), "Commentary", [], header, rows)

    def figures(self):
        from .texts import FIGURES
        header = ["Indicator", "Frequency", "Period", "Figure", "Unit"]
        return Table(name("education", "csv"), "", [["Education figures from the data team"], []],
                     header, [Row(list(line)) for line in FIGURES])

    def targets(self):
        from .texts import TARGETS
        header = ["Code", "From", "Target"]
        rows = [Row(list(line)) for line in TARGETS]
        rows.append(Row(["OLD 9", datetime.date(2018, 4, 1), 50], [("note", "unknown indicator", "")]))
        return Table(name("targets", "csv"), "", [], header, rows)
