#!/usr/bin/python3
"""A second calculation, from files that nobody here made.

    recalculate_layouts.py annex-a WORKBOOK MEASURES
    recalculate_layouts.py ssda903 FOLDER MEASURES

Reads the files themselves, as a person would, and works out the indicators that they can feed; MEASURES
is a measure stream. Shares nothing with the pipeline but the table of bank holidays. Prints each
numerator and denominator that differs; exit status 1 when any does.
"""
import csv
import datetime
import pathlib
import sys

DAY = datetime.timedelta(days=1)
ROOT = pathlib.Path(__file__).resolve().parents[2]


def month_end(year, month):
    return datetime.date(year + month // 12, month % 12 + 1, 1) - DAY


def plus_months(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = month_end(year, month + 1).day
    return datetime.date(year, month + 1, min(day.day, last))


def age(born, on):
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


class WorkingDays:
    def __init__(self):
        self.free = set()
        with open(ROOT / "etl/calendar/bank_holidays_england.tsv", encoding="utf-8") as lines:
            for line in lines:
                first = line.split("\t")[0].strip()
                if first[:2] == "20":
                    self.free.add(datetime.date.fromisoformat(first))

    def after(self, day, count):
        while count:
            day += DAY
            count -= day.weekday() < 5 and day not in self.free
        return day


def measures_of(path):
    """(code, month) -> (numerator, denominator, state) of the authority as a whole."""
    found, table = {}, None
    for line in open(path, encoding="utf-8"):
        fields = line.rstrip("\n").split("\t")
        if fields[0] == "#table":
            table = fields[1]
        elif table == "measure" and not fields[0].startswith("#") and not fields[2]:
            found[fields[0], fields[1]] = (fields[4], fields[5], fields[6])
    return found


def share(rows, met):
    rows = list(rows)
    return sum(1 for row in rows if met(row)), len(rows)


# ---- Annex A ----

def read_lists(path):
    """Each list as rows by header, its number from the sheet's name."""
    import openpyxl
    book = openpyxl.load_workbook(path, data_only=True)
    lists = {}
    for sheet in book:
        rows = [row for row in sheet.iter_rows(values_only=True) if any(c is not None for c in row)]
        header = [str(c or "").strip() for c in rows[0]]
        lists[int(sheet.title.split()[1])] = [dict(zip(header, row)) for row in rows[1:]]
    return lists


def day_of(cell):
    if isinstance(cell, datetime.datetime):
        return cell.date()
    return datetime.date.fromisoformat(cell) if isinstance(cell, str) and cell else None


def annex_a(path):
    """As at 16 March 2021: the latest month that has ended is February."""
    lists, working, wanted = read_lists(path), WorkingDays(), {}
    child = "Child Unique ID"
    for year, month in [(2020, 10), (2020, 11), (2020, 12), (2021, 1), (2021, 2)]:
        name = f"{year}-{month:02}"
        first, last = datetime.date(year, month, 1), month_end(year, month)

        def within(day):
            return day is not None and first <= day <= last
        done = [(day_of(r["Continuous Assessment Start Date"]),
                 day_of(r["Continuous Assessment Date of Authorisation"]),
                 r["Was the child assessed as requiring LA children's social care support?"])
                for r in lists[4]]
        wanted["AMT 2", name] = share([d for d in done if within(d[1])],
                                      lambda d: d[1] <= working.after(d[0], 45))
        wanted["AMT 4", name] = share([d for d in done if within(d[1]) and d[2]],
                                      lambda d: d[2] in ("No", "b) No"))
        conferences = {r[child]: (day_of(r["Date of Initial Child Protection Conference"]), day_of(
            r["Strategy discussion initiating Section 47 Enquiry Start Date"])) for r in lists[5]}
        wanted["CP 5", name] = share([c for c in conferences.values() if within(c[0])],
                                     lambda c: c[0] <= working.after(c[1], 15))
        referrals = [day_of(r["Date of Referral"]) for r in lists[3]]
        wanted["FD 7", name] = share([d for d in referrals if within(d)], lambda d: False)
    wanted.update(annex_a_standing(lists, child, datetime.date(2021, 2, 28)))
    return wanted


def annex_a_standing(lists, child, last):
    """How things stood on the last day of the latest month."""
    def open_on(started, ended):
        return started is not None and started <= last and (ended is None or ended > last)

    def since(day, earliest):
        return day is not None and earliest <= day <= last
    plans = [r for r in lists[7] if open_on(day_of(r["Child Protection Plan Start Date"]),
                                            day_of(r["Child Protection Plan End Date"]))]
    care = [r for r in lists[8] if open_on(day_of(r["Date Started to be Looked After"]),
                                           day_of(r["Date Ceased to be Looked After"]))
            and not str(r["Child's Legal Status"]).startswith(("V3", "V4"))]
    others = {r[child] for r in plans} | {r[child] for r in care}
    need = [r for r in lists[6] if open_on(day_of(r["CIN Start Date"]), day_of(r["CIN Closure Date"]))
            and r["Case Status"] == "c) Child in need plan" and r[child] not in others]
    old = [r for r in care if age(day_of(r["Date of Birth"]), last) >= 16
           and day_of(r["Date Started to be Looked After"]) + 91 * DAY <= last]
    long = [r for r in care if plus_months(day_of(r["Date Started to be Looked After"]), 12) <= last]
    longer = [r for r in care if plus_months(day_of(r["Date Started to be Looked After"]), 30) <= last]

    def months_ago(day, months):
        return day is not None and day <= last <= plus_months(day, months)

    def healthy(r):
        day = day_of(r["Date of Last Health Assessment"])
        return months_ago(day, 6) or (age(day_of(r["Date of Birth"]), last) >= 5
                                      and months_ago(day, 12))
    busy = others | {r[child] for r in need} | {
        r[child] for r in lists[4] if not since(day_of(r["Continuous Assessment Date of Authorisation"]),
                                                datetime.date(1900, 1, 1))}
    values = {
        "CIN 1": (len(need), None),
        "CIN 4": share(need, lambda r: since(day_of(r["Date Child Was Last Seen"]), last - 28 * DAY)),
        "CP 1": (len(plans), None),
        "CP 3": share([r for r in lists[7] if since(day_of(r["Child Protection Plan Start Date"]),
                                                    last.replace(day=1))],
                      lambda r: int(r["Number of Previous Child Protection Plans"]) >= 1),
        "CP 13": share(plans, lambda r: since(day_of(r["Date of the Last Statutory Visit"]),
                                              last - 28 * DAY)),
        "LAC 1": (len(care), None),
        "LAC 10": share(care, lambda r: since(day_of(r["Date of Last Social Work Visit"]),
                                              last - 42 * DAY)),
        "LAC 15": share(old, lambda r: False),  # no pathway plan has a date in this book
        "LAC 16": share(long, healthy),
        "LAC 26": share(long, lambda r: months_ago(day_of(r["Date of Last Dental Check"]), 12)),
        "LAC 30": share(longer, lambda r: plus_months(
            day_of(r["Start Date of Most Recent Placement"]), 24) <= last),
        "CL a": share(lists[9], lambda r: False),
    }
    assert not busy & {r[child] for r in lists[9]}
    return {(code, "2021-02"): value for code, value in values.items()}


# ---- SSDA903 ----

def read_return(folder, name):
    with open(pathlib.Path(folder) / name, encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def uk(text):
    return datetime.datetime.strptime(text, "%d/%m/%Y").date() if text else None


def periods_of_care(episodes):
    """child -> periods: episodes put together. The reason X1 says that another one follows; where none
    does, the child is still looked after."""
    spells = {}
    for episode in episodes:
        started, ended = uk(episode["DECOM"]), uk(episode["DEC"])
        if ended is None or ended >= started:
            own = spells.setdefault(episode["CHILD"], {})
            own[started] = max(own.get(started, datetime.date.min),
                               datetime.date.max if ended is None or episode["REC"] == "X1" else ended)
    periods = {}
    for child, own in spells.items():
        joined = []
        for started, ended in sorted(own.items()):
            if joined and (joined[-1][1] == datetime.date.max or started <= joined[-1][2]):
                joined[-1][1] = ended
                joined[-1][2] = max(joined[-1][2], ended) if joined[-1][2] < datetime.date.max else ended
            else:
                joined.append([started, ended, ended])
        # An end is the latest of those said, unless the last episode has none.
        periods[child] = [(first, datetime.date.max if last == datetime.date.max else until)
                          for first, last, until in joined]
    return periods


def ssda903(folder):
    """As at 31 March 2018: the year of the return."""
    episodes = read_return(folder, "episodes.csv")
    periods = periods_of_care(episodes)
    breaks = [(e["CHILD"], uk(e["DECOM"]), uk(e["DEC"])) for e in episodes if e["LS"] in ("V3", "V4")]
    missing = {(m["CHILD"], uk(m["MIS_START"])) for m in read_return(folder, "missing.csv")
               if m["MISSING"] == "M"
               and (not m["MIS_END"] or uk(m["MIS_END"]) >= uk(m["MIS_START"]))}
    wanted = {}
    for number in range(12):
        year, month = divmod(2017 * 12 + 3 + number, 12)
        first, last = datetime.date(year, month + 1, 1), month_end(year, month + 1)
        name = f"{year}-{month + 1:02}"
        in_breaks = {c for c, a, b in breaks if a <= last and (b is None or b > last)}
        care = {c for c, own in periods.items()
                if any(a <= last < b for a, b in own) and c not in in_breaks}
        own = [c for c, started in missing if first <= started <= last]
        repeated = {c for c in own if own.count(c) >= 3}
        wanted["LAC 1", name] = (len(care), None)
        wanted["MC 1", name] = (len(set(own)), None)
        wanted["MC 1a", name] = (len(own), None)
        wanted["MC 1b", name] = (sum(1 for c in own if c in repeated), None)
        wanted["MC 1c", name] = (len(repeated), None)
        wanted["MC 12", name] = (len(repeated & care), None)
    return wanted


def main(kind, place, measures):
    wanted = {"annex-a": annex_a, "ssda903": ssda903}[kind](place)
    found = measures_of(measures)
    wrong = 0
    for (code, month), (numerator, denominator) in sorted(wanted.items()):
        state = "none" if denominator == 0 else "value"
        expected = (str(numerator), "" if denominator is None else str(denominator), state)
        got = found.get((code, month))
        if got != expected:
            wrong += 1
            print(f"{code} {month}: {got}, not {expected}")
    # Whatever else has a value has it without anybody's second opinion, or from no data at all.
    for (code, month), (_, _, state) in sorted(found.items()):
        if state in ("value", "none") and (code, month) not in wanted and not code.startswith("MA"):
            wrong += 1
            print(f"{code} {month}: is computed, though nothing was expected of these files")
    print(f"{len(wanted)} measures, {wrong} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
