#!/usr/bin/env python3
"""Calculates the indicators a second time, from the sample authority's exports themselves.

    recalculate.py EXPORTS MEASURES

Shares nothing with the programs: it reads the files with Debian's openpyxl, xlrd and csv, knows their
columns by heart, and is written from the sentences of the definitions. Numerators and denominators of
every month are compared with the measure stream; each that differs is printed.
"""
import calendar
import collections
import csv
import datetime as dt
import glob
import sys

import openpyxl
import xlrd

FOLDER = sys.argv[1]
HOLIDAYS = set()
for line in open("etl/calendar/bank_holidays_england.tsv", encoding="utf-8"):
    if line[:1].isdigit():
        HOLIDAYS.add(dt.date.fromisoformat(line.split("\t")[0]))
NO_END = dt.date(2100, 1, 1)
MONTHS = [(2018 + (6 + m) // 12, (6 + m) % 12 + 1) for m in range(13)]


def find(pattern):
    return glob.glob(f"{FOLDER}/{pattern}")[0]


def day(cell):
    """A date, whatever it was written as; None for nothing and for what is none."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, (int, float)):
        return dt.date(1899, 12, 30) + dt.timedelta(days=int(cell)) if cell > 10000 else None
    text = (cell or "").strip()
    for form in ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%d", "%d-%b-%Y", "%Y-%m-%d %H:%M"):
        try:
            return dt.datetime.strptime(text, form).date()
        except ValueError:
            pass
    return None


def moment(cell):
    """A date and time, and whether it has a time of day: midnight is none."""
    whole = None
    if isinstance(cell, dt.datetime):
        whole = cell
    elif isinstance(cell, float):
        whole = xlrd.xldate_as_datetime(cell, 0)
    elif cell:
        for form in ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y"):
            try:
                whole = dt.datetime.strptime(cell.strip(), form)
            except ValueError:
                pass
    if whole is not None and whole.second == 59:  # a serial is not exact to the second
        whole += dt.timedelta(seconds=1)
    return whole, whole is not None and whole.time() != dt.time()


def within_hours(hours, start, end):
    """Whether end is no later than so many hours after start; a day alone lasts until it is over."""
    if start[0] is None or end[0] is None:
        return False
    due = start[0] + dt.timedelta(hours=hours)
    if start[1] and end[1]:
        return start[0] <= end[0] <= due
    return start[0].date() <= end[0].date() <= due.date()


def ident(cell):
    if isinstance(cell, float):
        cell = int(cell)
    return str(cell).replace("\u00a0", " ").strip() if cell not in (None, "") else None


def spell_end(cell):
    end = day(cell)
    return None if end is None or end >= NO_END else end


def read_csv(pattern, skip=0):
    with open(find(pattern), encoding="utf-8-sig", newline="") as file:
        for _ in range(skip):
            next(file)
        yield from csv.reader(file)


def read_sheet(pattern, sheet, skip):
    book = openpyxl.load_workbook(find(pattern), read_only=True, data_only=True)
    return book[sheet].iter_rows(min_row=skip + 1, values_only=True)


def is_open(start, end, on):
    return start <= on and (end is None or end > on)


# ---- what the exports say -------------------------------------------------------------------------


def episodes():
    book = xlrd.open_workbook(find("missing_episodes*.xls"))
    sheet = book.sheet_by_index(0)
    kinds = {"missing": "missing", "reported missing": "missing", "mis": "missing",
             "away - whereabouts known": "away", "away": "away"}
    best = {}
    for r in range(4, sheet.nrows):
        row = sheet.row(r)
        if any(cell.ctype == xlrd.XL_CELL_ERROR for cell in row):
            continue
        number, child, kind = ident(row[0].value), ident(row[1].value), row[2].value.lower()
        start = day(row[3].value)
        if not number or not child or kind not in kinds or start is None:
            continue
        found = day(row[4].value)
        if found and found < start:
            continue
        episode = dict(child=child, kind=kinds[kind], start=start, found=found,
                       placement=row[5].value in ("Placement", "Care placement"),
                       offered=row[7].value == "Y", accepted=row[8].value == "Y",
                       interviewed=day(row[9].value), reason=row[10].value,
                       long=not within_hours(24, moment(row[3].value), moment(row[4].value)),
                       filled=sum(1 for c in row if c.value != ""))
        if number not in best or episode["filled"] > best[number]["filled"]:
            best[number] = episode
    return list(best.values())


def spells(rows, child, start, end):
    result = collections.defaultdict(list)
    for row in rows:
        if ident(row[child]) and day(row[start]):
            result[ident(row[child])].append((day(row[start]), spell_end(row[end]), row))
    return result


EPISODES = episodes()
CARE = spells(read_sheet("looked_after*.xlsx", "Periods of care", 3), 0, 1, 2)
STATUS = spells(read_sheet("looked_after*.xlsx", "Legal status", 1), 0, 2, 3)
PLANS = list(read_csv("plans*.csv", 3))
CIN = spells([p for p in PLANS if p[2] == "CIN plan"], 1, 3, 4)
CP = spells([p for p in PLANS if p[2] == "CP plan" and p[7] != "Y"], 1, 3, 4)
ASSESSMENTS = spells(list(read_csv("assessments*.csv"))[1:], 1, 2, 3)
LEAVERS = spells(list(read_csv("care_leavers*.csv"))[1:], 0, 2, 3)
SUPERVISED = collections.defaultdict(set)
for line in read_sheet("supervisions*.xlsx", "Supervisions", 3):
    if ident(line[0]) and day(line[2]):
        SUPERVISED[ident(line[0])].add(day(line[2]))
UPDATED = collections.defaultdict(list)  # by child and kind of plan
FORMS = {"cin plan": "cin", "care plan": "care", "pathway plan": "pathway", "pep": "pep"}
ASSESSED, DISCUSSED = collections.defaultdict(set), collections.defaultdict(set)
for line in read_sheet("forms*.xlsx", "Forms", 1):
    if line[1].lower() == "missing risk assessment":
        ASSESSED[ident(line[0])].add(day(line[2]))
    if line[1].lower() == "missing strategy discussion":
        DISCUSSED[ident(line[0])].add(day(line[2]))
    if line[1].lower() in FORMS:
        UPDATED[ident(line[0]), FORMS[line[1].lower()]].append(day(line[2]))
WORKERS = collections.defaultdict(list)
for line in list(read_csv("workers*.csv"))[1:]:
    try:
        hours = round(float(line[3]) * 10)
    except ValueError:
        continue
    if line[4] in ("Yes", "No"):
        WORKERS[line[0]].append((day(line[7]), spell_end(line[8]), line[2], hours, line[5] == "Y"))
TEAMS = collections.defaultdict(list)
for line in list(read_csv("teams*.csv"))[1:]:
    TEAMS[line[0]].append((day(line[5]), spell_end(line[6]), line[2].lower(), line[1], line[3]))
ALLOCATIONS = []
for line in read_sheet("allocations*.xlsx", "Allocations", 2):
    worker, start, end = ident(line[1]), day(line[5]), spell_end(line[6])
    if ident(line[0]) and worker and worker != "#N/A" and start and not (end and end < start):
        held = line[4].lower() in ("allocated worker", "key worker")
        ALLOCATIONS.append((ident(line[0]), worker, ident(line[3]), held, start, end))
POSTS = [(day(p[4]), spell_end(p[5]), round(float(p[2]) * 10), p[3] == "Yes")
         for p in list(read_csv("posts*.csv"))[3:] if p[3] in ("Yes", "No")]


CHILDREN = {ident(line[0]): line for line in list(read_csv("children*.csv"))[1:]}
BORN = {child: day(line[1]) for child, line in CHILDREN.items()}
HOLDING = collections.defaultdict(list)  # by child: who holds the case, in the order of the list
for line in ALLOCATIONS:
    if line[3]:
        HOLDING[line[0]].append(line)
CONTACTS = {}
for line in read_sheet("contacts*.xlsx", "Contacts", 4):
    if ident(line[0]) and day(line[2]) and line[4] != "#N/A":
        CONTACTS[line[0]] = (moment(line[2]), moment(line[4]))
REFERRED = collections.defaultdict(list)
for line in read_sheet("referrals*.xlsx", "Referrals", 3):
    if ident(line[0]) and day(line[2]):
        REFERRED[ident(line[1])].append(day(line[2]))
HELPED = []  # child, opened, closed, came from, reason
for line in list(read_csv("early_help*.csv"))[1:]:
    if not (day(line[3]) and day(line[3]) < day(line[2])):
        HELPED.append((line[1], day(line[2]), day(line[3]), line[4], line[5]))
CONFERRED = [(line[0], day(line[2]), day(line[3])) for line in list(read_csv("conferences*.csv"))[2:]
             if line[1] in ("ICPC", "Initial CPC") and line[4] != "Y"]
SEEN = collections.defaultdict(list)  # by child and kind
for line in read_sheet("visits*.xlsx", "Visits", 4):
    kind = (line[1] or "").split(" ")[0]
    if kind in ("CIN", "CP", "LAC") and day(line[2]) and line[3] == "Yes":
        SEEN[ident(line[0]), kind].append(day(line[2]))
REVIEWS = collections.defaultdict(list)  # by child and kind, not cancelled: due, held
for line in list(read_csv("reviews*.csv"))[2:]:
    if day(line[2]) and line[4] != "Y":
        REVIEWS[line[0], line[1].split(" ")[0]].append((day(line[2]), day(line[3])))
CHECKED = collections.defaultdict(list)  # by child and kind, completed
for line in read_sheet("health*.xlsx", "Health checks", 3):
    if ident(line[0]) and day(line[2]) and line[3] == "Completed":
        CHECKED[ident(line[0]), line[1].lower().split(" ")[0]].append(day(line[2]))
IMMUNISED = collections.defaultdict(list)
for line in read_sheet("health*.xlsx", "Immunisations", 1):
    IMMUNISED[ident(line[0])].append((day(line[1]), line[2] == "Yes"))
PLACED = spells(list(read_csv("placements*.csv"))[1:], 0, 1, 2)


def fostering(sheet, above):
    pages = xlrd.open_workbook(find("fostering*.xls")).sheet_by_name(sheet)
    return [pages.row_values(r) for r in range(above + 1, pages.nrows)]


HOUSEHOLDS = [(row[0], day(row[1]), spell_end(row[2])) for row in fostering("Households", 2)
              if day(row[1])]
FOSTER_VISITS, FOSTER_REVIEWS = collections.defaultdict(list), collections.defaultdict(list)
for line in fostering("Visits", 1):
    if line[0]:
        FOSTER_VISITS[line[0]].append(day(line[1]))
for line in fostering("Reviews", 1):
    if line[3] != "Y" and day(line[2]):
        FOSTER_REVIEWS[line[0]].append(day(line[2]))
BIRTHDAYS = [(day(line[2]), int(line[1]), line[3], line[4] == "Yes", line[5])
             for line in list(read_csv("birthdays*.csv"))[2:]]
RISKS = collections.defaultdict(list)  # by child and kind: day and level
for line in list(read_csv("exploitation*.csv"))[1:]:
    RISKS[line[0], line[1].split(" ")[0]].append((day(line[2]), line[3]))


# ---- who is who on the last day -------------------------------------------------------------------


def who(spells_of, on):
    return {c for c, own in spells_of.items() if any(is_open(s, e, on) for s, e, _ in own)}


def months_after(start, months):
    """The same day of a later month, or its last where that is shorter."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def in_months(start, months, on):
    """Whether on is no later than the same day so many months after the start."""
    return start <= on <= months_after(start, months)


def open_for(start, months, on):
    """Whether the day so many months after the start has come."""
    return months_after(start, months) <= on


def spell_of(own, on):
    """The spell open on the day, else the latest before it, else the first."""
    own = sorted(own, key=lambda s: s[0])
    started = [s for s in own if s[0] <= on]
    current = [s for s in started if s[1] is None or s[1] > on]
    return (current or started or own[:1] or [None])[-1] if started else (own or [None])[0]


def working_days_after(start, count):
    """The day so many working days later, day 0 being the day itself."""
    while count > 0:
        start += dt.timedelta(days=1)
        if start.weekday() < 5 and start not in HOLIDAYS:
            count -= 1
    return start


def started_in(year, month):
    return [e for e in EPISODES if e["kind"] == "missing"
            and (e["start"].year, e["start"].month) == (year, month)]


def often(episodes):
    """Children with three or more."""
    return {c for c, n in collections.Counter(e["child"] for e in episodes).items() if n >= 3}


def analyse_missing(year, month):
    started = started_in(year, month)
    before = started_in(*((year, month - 1) if month > 1 else (year - 1, 12)))
    children = {e["child"] for e in started}
    repeated = often(started)
    result = {}
    result["MA 1"] = len({e["child"] for e in started if not e["placement"]})
    result["MA 2"] = len({e["child"] for e in started if e["placement"]})
    result["MA 3"] = sum(e["long"] for e in started)
    result["MA 4"] = (len(repeated), len(children))
    result["MA 5"] = (sum(e["child"] in repeated for e in started), len(started))
    result["MA 6"] = len(repeated)
    result["MA 7"] = len(repeated & often(before))
    result["MA 8"] = len(often([e for e in started if e["long"]]))
    result["MA 9"] = sum(1 for e in EPISODES if e["kind"] == "missing" and e["reason"]
                         and e["interviewed"]
                         and (e["interviewed"].year, e["interviewed"].month) == (year, month))
    result["MA 10"] = len(started)
    on = dt.date(year, month, calendar.monthrange(year, month)[1])
    both = [(c, kind) for c in children for kind in ("CSE", "Criminal")]
    looked_at = {c for c, kind in both if any(in_months(d, 12, on) for d, _ in RISKS[c, kind])}
    at_risk = set()
    for child, kind in both:
        known = [r for r in RISKS[child, kind] if r[0] <= on]
        latest = max((d for d, _ in known), default=None)
        if any(d == latest and level in ("Medium", "High") for d, level in known):
            at_risk.add(child)
    result["MA 11"] = (len(looked_at), len(children))
    result["MA 12"] = (len(at_risk), len(children))
    return result


def age(child, on):
    born = BORN[child]
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def share(members, meets):
    return sum(1 for m in members if meets(m)), len(members)


def lately(days, on, window):
    return any(0 <= (on - d).days <= window for d in days)


def in_last_months(days, months, on):
    return any(in_months(d, months, on) for d in days)


def front_door(first, on):
    result = {}
    own = [c for c in CONTACTS.values() if first <= c[0][0].date() <= on]
    result["FD 1"] = share(own, lambda c: within_hours(24, *c))
    referrals = [(child, d) for child, days in REFERRED.items() for d in days if first <= d <= on]
    assessed = {c: [s for s, _, _ in own] for c, own in ASSESSMENTS.items()}
    result["FD 7"] = share(referrals, lambda r: any(0 <= (s - r[1]).days <= 30
                                                    for s in assessed.get(r[0], [])))
    result["FD 8"] = share(referrals, lambda r: any(d < r[1] and in_months(d, 12, r[1])
                                                    for d in REFERRED[r[0]]))
    result["EH 1"] = len({h[0] for h in HELPED if is_open(h[1], h[2], on)})
    closed = [h for h in HELPED if h[2] and first <= h[2] <= on]
    result["EH 8"] = share(closed, lambda h: h[4] == "Stepped up to CSC")
    result["EH 9"] = share(closed, lambda h: h[4] == "Family disengaged")
    opened = [h for h in HELPED if first <= h[1] <= on]
    result["EH 25"] = share(opened, lambda h: h[3] == "Stepped down from CSC")
    return result


def in_need(cin, cwd, on, year, month):
    result = {}
    result["CIN 4"] = share(cin, lambda c: lately(SEEN[c, "CIN"] + SEEN[c, "CP"] + SEEN[c, "LAC"],
                                                  on, 28))

    def reviewed(children):
        met = total = 0
        for child in children:
            due = [r for r in REVIEWS[child, "CIN"] if r[0] <= on]
            if not due:
                continue
            total += 1
            dated = [(min(d, h) if h else d, h is not None and h <= d) for d, h in due]
            latest = max(d for d, _ in dated)
            met += any(good for d, good in dated if d == latest)
        return met, total

    result["CIN 5"], result["CIN 7"] = reviewed(cin - cwd), reviewed(cin & cwd)
    if (year, month) >= (2019, 1):
        result["CIN 8"] = share(cin, lambda c: in_last_months(UPDATED[c, "cin"], 3, on))
    return result


def protected(first, on):
    result = {}
    by_child = collections.defaultdict(list)
    for child, held, discussed in CONFERRED:
        if first <= held <= on:
            by_child[child].append(discussed is not None
                                   and discussed <= held <= working_days_after(discussed, 15))
    result["CP 5"] = share(by_child.values(), all)
    plans = [(c, s) for c, own in CP.items() for s, e, _ in own if is_open(s, e, on)]

    def good(plan):
        due = [r for r in REVIEWS[plan[0], "CP"] if plan[1] < r[0] <= on]
        return bool(due) and all(h is not None and h <= d for d, h in due)

    result["CP 12"] = share([p for p in plans if open_for(p[1], 3, on)], good)
    result["CP 13"] = share(plans, lambda p: lately(SEEN[p[0], "CP"], on, 28))
    return result


def cared_for(care, first, on, year, month):
    result = {}
    a_year = {c for c in care if any(is_open(s, e, on) and open_for(s, 12, on)
                                     for s, e, _ in CARE[c])}
    result["LAC 10"] = share(care, lambda c: lately(SEEN[c, "LAC"], on, 42))
    late = {}
    for child in care:
        due = [r for r in REVIEWS[child, "LAC"] if in_months(r[0], 12, on)]
        if due:
            late[child] = any(h is None or h > d for d, h in due)
    result["LAC 11"] = (sum(not l for l in late.values()), len(late))
    result["LAC 14"] = share(care, lambda c: in_last_months(UPDATED[c, "care"], 6, on))
    eligible = [c for c in care if age(c, on) >= 16
                and any(is_open(s, e, on) and (on - s).days >= 91 for s, e, _ in CARE[c])]
    result["LAC 15"] = share(eligible, lambda c: in_last_months(UPDATED[c, "pathway"], 6, on))
    result["LAC 13"] = share([c for c in care if 4 <= age(c, on) <= 17],
                             lambda c: in_last_months(UPDATED[c, "pep"], 6, on))
    came = [(c, s) for c, own in CARE.items() for s, e, _ in own if first <= s <= on
            and not any(row[1] in ("V3", "V4") and b <= s and (f is None or f > s)
                        for b, f, row in STATUS.get(c, []))]
    result["LAC 18"] = share(came, lambda p: any(p[1] <= d <= working_days_after(p[1], 20)
                                                 for d in CHECKED[p[0], "initial"]))

    def healthy(child):
        days = CHECKED[child, "initial"] + CHECKED[child, "review"]
        return in_last_months(days, 12 if age(child, on) >= 5 else 6, on)

    result["LAC 16"] = share(a_year, healthy)
    if (year, month) >= (2018, 12):
        def immune(child):
            known = [i for i in IMMUNISED[child] if i[0] <= on]
            latest = max((d for d, _ in known), default=None)
            return any(good for d, good in known if d == latest)
        result["LAC 25"] = share(a_year, immune)
        result["LAC 26"] = share(a_year, lambda c: in_last_months(CHECKED[c, "dental"], 12, on))
    long = [c for c in care if any(is_open(s, e, on) and open_for(s, 30, on) for s, e, _ in CARE[c])]
    result["LAC 30"] = share(long, lambda c: any(is_open(s, e, on) and open_for(s, 24, on)
                                                 for s, e, _ in PLACED.get(c, [])))
    return result


def homes(on):
    own = [(h, s) for h, s, e in HOUSEHOLDS if is_open(s, e, on)]
    return {"F 4": share(own, lambda h: lately(FOSTER_VISITS[h[0]], on, 42)),
            "F 3": share([h for h in own if open_for(h[1], 12, on)],
                         lambda h: in_last_months(FOSTER_REVIEWS[h[0]], 12, on))}


def left(on):
    own = [c for c, listed in LEAVERS.items() for s, e, _ in listed if is_open(s, e, on)]
    april = dt.date(on.year if on.month >= 4 else on.year - 1, 4, 1)
    born = [b for b in BIRTHDAYS if april <= b[0] <= on and 17 <= b[1] <= 21
            and b[4] not in ("Died", "Returned home")]
    return {"CL a": share(own, lambda c: in_last_months(UPDATED[c, "pathway"], 6, on)),
            "CL 1a": share(born, lambda b: b[2][0] in "FP"),
            "CL 3a": share(born, lambda b: b[3])}


def calculate(year, month):
    first = dt.date(year, month, 1)
    on = dt.date(year, month, calendar.monthrange(year, month)[1])
    result = analyse_missing(year, month)
    breaks = {c for c, own in STATUS.items()
              if any(is_open(s, e, on) and row[1] in ("V3", "V4") for s, e, row in own)}
    care = who(CARE, on) - breaks
    cp = who(CP, on)
    cin = who(CIN, on) - care - cp
    # An assessment that was authorised by the day is done; one that has not started is not seen.
    assessed = {c for c, own in ASSESSMENTS.items()
                if any(s <= on and (e is None or e > on) for s, e, _ in own)} - care - cp - cin
    leavers = who(LEAVERS, on) - care - cp - cin - assessed
    result["LAC 1"], result["CP 1"], result["CIN 1"] = len(care), len(cp), len(cin)
    cwd = {child for child, _, team, _, start, end in ALLOCATIONS if is_open(start, end, on)
           and team in TEAMS and spell_of(TEAMS[team], on)[2] == "cwd"}
    result.update(front_door(first, on))
    result.update(in_need(cin, cwd, on, year, month))
    result.update(protected(first, on))
    result.update(cared_for(care, first, on, year, month))
    result.update(homes(on))
    result.update(left(on))

    done = [(s, e, row) for own in ASSESSMENTS.values() for s, e, row in own
            if e and first <= e <= on]
    result["AMT 2"] = (sum(s <= e <= working_days_after(s, 45) for s, e, _ in done), len(done))
    outcomes = [row[4].lower() for _, _, row in done if row[4]]
    result["AMT 4"] = (outcomes.count("no further action"), len(outcomes))
    new = [row for own in CP.values() for s, _, row in own if first <= s <= on]
    result["CP 3"] = (sum(int(row[6] or 0) >= 1 for row in new), len(new))

    started = [e for e in EPISODES if e["kind"] == "missing" and first <= e["start"] <= on]
    counts = collections.Counter(e["child"] for e in started)
    repeated = {c for c, n in counts.items() if n >= 3}
    result["MC 1"], result["MC 1a"] = len(counts), len(started)
    result["MC 1b"] = sum(n for c, n in counts.items() if c in repeated)
    result["MC 1c"], result["MC 12"] = len(repeated), len(repeated & care)
    found = [e for e in EPISODES if e["kind"] == "missing" and e["found"]
             and first <= e["found"] <= on]
    result["MC 6"] = (sum(e["interviewed"] is not None for e in found), len(found))
    cared = [e for e in found if e["placement"] and e["child"] in care]
    result["MC 11"] = (sum(e["offered"] and e["accepted"] for e in cared), len(cared))
    for all_code, care_code, done in (
            ("MC 13", "MC 14", lambda c: any(in_months(d, 3, on) for d in ASSESSED[c])),
            ("MC 15", "MC 16", lambda c: any(first <= d <= on for d in DISCUSSED[c]))):
        result[all_code] = (sum(map(done, repeated)), len(repeated))
        result[care_code] = (sum(map(done, repeated & care)), len(repeated & care))

    def within(children, days):
        return (sum(any(0 <= (on - d).days <= days for d in SUPERVISED[c]) for c in children),
                len(children))

    parts = [within(cp - care, 31), within(care | cin, 60), within(assessed | leavers, 90)]
    result["QA 6"], result["QA 7"], result["QA 8"] = parts
    result["QA 1"] = tuple(map(sum, zip(*parts)))
    posts = [p for p in POSTS if is_open(p[0], p[1], on)]
    result["P1"] = (sum(p[2] for p in posts if p[3]) / 10, sum(p[2] for p in posts) / 10)

    def caseload(belongs):
        cases, hours = set(), {}
        for child, worker, team, held, start, end in ALLOCATIONS:
            if not held or not is_open(start, end, on):
                continue
            person = spell_of(WORKERS.get(worker, []), on)
            kind = spell_of(TEAMS.get(team, []), on)
            if belongs(person, kind[2] if kind else None) and person:
                cases.add((child, worker))
                hours[worker] = person[3]
        return len(cases), sum(hours.values()) / 10

    def social_worker(person):
        return person is not None and person[2] == "Social Worker"

    result["W 1"] = caseload(lambda p, k: social_worker(p))
    for code, kind in (("W1 a", "assessment"), ("W1 b", "care planning"), ("W1 c", "cic"),
                       ("W1 d", "cwd")):
        result[code] = caseload(lambda p, k, kind=kind: social_worker(p) and k == kind)
    result["W1 e"] = caseload(lambda p, k: social_worker(p) and p[4])
    result["W1 f"] = caseload(lambda p, k: k == "leaving care")
    result["W1 g"] = caseload(lambda p, k: k == "adolescent")
    return result


# ---- by what they are broken down ---------------------------------------------------------------


def latest_open(rows, start, end, on):
    """Of the rows that are open the one that began last; of several the first in the list."""
    latest = None
    for row in rows:
        if is_open(row[start], row[end], on) and (latest is None or row[start] > latest[start]):
            latest = row
    return latest


def team_of(child, on, part):
    held = latest_open(HOLDING.get(child, []), 4, 5, on)
    team = spell_of(TEAMS.get(held[2], []), on) if held else None
    return team[part] if team else "not recorded"


def placed(child, on, part):
    own = latest_open(PLACED.get(child, []), 0, 1, on)
    return own[2][part] if own else "not recorded"


def band(child, on):
    years = age(child, on)
    return next(name for name, most in (("under 1", 0), ("1 to 4", 4), ("5 to 9", 9),
                                        ("10 to 15", 15), ("16 and over", 99)) if years <= most)


# What the codes mean, as in the return they are of.
NAMES = {"F": "female", "M": "male", "WBRI": "White British", "WOTH": "Other White",
         "MWBC": "Mixed White and Black Caribbean", "AIND": "Indian", "BCRB": "Black Caribbean",
         "BAFR": "Black African", "OOTH": "Other ethnic group", "NOBT": "Not yet obtained",
         "U1": "foster care", "U3": "foster care", "U4": "foster care", "U6": "foster care",
         "K2": "children's home", "H5": "supported living"}


def named(code):
    return NAMES.get(code, code)


DIMENSIONS = {
    "team": lambda child, on: team_of(child, on, 3),
    "service": lambda child, on: team_of(child, on, 4),
    "gender": lambda child, on: named(CHILDREN[child][2]),
    "ethnicity": lambda child, on: named(CHILDREN[child][3]),
    "age band": band,
    "placement kind": lambda child, on: named(placed(child, on, 3)),
    "placement location": lambda child, on: placed(child, on, 4),
}


def break_down(year, month):
    """Some of the breakdowns, by code, dimension and member: of the children who go missing again and
    again, of supervisions on plans, and of visits to children in need."""
    on = dt.date(year, month, calendar.monthrange(year, month)[1])
    breaks = {c for c, own in STATUS.items()
              if any(is_open(s, e, on) and row[1] in ("V3", "V4") for s, e, row in own)}
    care, cp = who(CARE, on) - breaks, who(CP, on)
    children = {
        "MA 6": (often(started_in(year, month)), None,
                 ["age band", "gender", "ethnicity", "placement kind", "placement location", "service"]),
        "QA 6": (cp - care, lambda c: lately(SUPERVISED[c], on, 31), ["team", "service"]),
        "CIN 4": (who(CIN, on) - care - cp, lambda c: lately(SEEN[c, "CIN"], on, 28),
                  ["team", "service"]),
    }
    result = {}
    for code, (members, meets, dimensions) in children.items():
        for dimension in dimensions:
            for child in members:
                key = code, dimension, DIMENSIONS[dimension](child, on)
                met, total = result.get(key, (0, 0))
                result[key] = (met + (1 if meets is None or meets(child) else 0), total + 1)
    return {key: value if key[0] != "MA 6" else (value[0], 0) for key, value in result.items()}


def compare_parts(theirs):
    """Every part of these breakdowns, and no other."""
    differing = 0
    for year, month in MONTHS:
        ours = break_down(year, month)
        wanted = {key[:2] for key in ours}
        got = {(code, dimension, member): value for (code, when, dimension, member), value
               in theirs.items() if when == f"{year}-{month:02}" and (code, dimension) in wanted}
        for key in sorted(ours.keys() | got.keys()):
            if ours.get(key) != got.get(key):
                differing += 1
                print(f"{key} {year}-{month:02}: {got.get(key)}, recalculated {ours.get(key)}")
    return differing


def main():
    theirs, parts, table = {}, {}, None
    for line in open(sys.argv[2], encoding="utf-8"):
        fields = line.rstrip("\n").split("\t")
        if fields[0] == "#table":
            table = fields[1]
        elif table == "measure" and not line.startswith("#") \
                and fields[6] not in ("no data", "blank"):
            value = (float(fields[4] or 0), float(fields[5] or 0))
            if fields[2]:
                parts[tuple(fields[:4])] = value
            else:
                theirs[fields[0], fields[1]] = value
    compared = differing = 0
    for year, month in MONTHS:
        for code, ours in calculate(year, month).items():
            ours = ours if isinstance(ours, tuple) else (ours, 0)
            got = theirs.get((code, f"{year}-{month:02}"))
            compared += 1
            if got is None or abs(got[0] - ours[0]) > 1e-6 or abs(got[1] - ours[1]) > 1e-6:
                differing += 1
                print(f"{code} {year}-{month:02}: {got}, recalculated {ours}")
    if compared != len(theirs):
        print(f"{compared} measures recalculated of {len(theirs)}")
        return 1
    return 1 if differing + compare_parts(parts) else 0


if __name__ == "__main__":
    sys.exit(main())
