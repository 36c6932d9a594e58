#!/usr/bin/env python3
"""Changes the sample authority's exports a little, and sees which figures move.

    changes.py EXPORTS FOLDER

Four changes, each on its own: visits are dropped, a date is moved over the end of a month, a plan is
closed, a bank holiday is added. What has to move is said here, by how much; every other figure of
every month, and every other cell of the scorecard and the detail tables, has to stay. What moved
otherwise is printed. The programs are found by PATH; FOLDER is for what is made.
"""
import csv
import datetime as dt
import io
import pathlib
import re
import subprocess
import sys
import warnings
import zipfile

import openpyxl

# Of conditional formats openpyxl keeps what it knows, and says so.
warnings.filterwarnings("ignore", module="openpyxl")

EXPORTS, WORK = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import recalculate as known  # noqa: E402  the exports as read by it

JULY_END = dt.date(2019, 7, 31)
MONTHS = ["2018-07", "2018-08", "2018-09", "2018-10", "2018-11", "2018-12", "2019-01", "2019-02",
          "2019-03", "2019-04", "2019-05", "2019-06", "2019-07"]
problems = []


# ---- running ---------------------------------------------------------------------------------------


def extract(config, file):
    return subprocess.run(["monthend", "extract", "--quiet", "--config", config, file],
                          stdout=subprocess.PIPE, check=True).stdout


def run(streams, config, name):
    """Measures by code and month, and the workbook. The streams of all files are one behind the other:
    that of a changed file takes the place of the one that it was."""
    records, measures, book = (WORK / f"{name}.{end}" for end in ("records", "measures", "xlsx"))
    records.write_bytes(b"".join(streams[file] for file in sorted(streams)))
    with open(measures, "wb") as out:
        subprocess.run(["monthend", "transform", "--config", config, records], stdout=out, check=True)
    subprocess.run(["monthend", "load", "-o", book, measures], check=True)
    figures, table = {}, None
    for line in open(measures, encoding="utf-8"):
        fields = line.rstrip("\n").split("\t")
        if fields[0] == "#table":
            table = fields[1]
        elif table == "measure" and not line.startswith("#"):
            code, month, dimension, member, numerator, denominator, state, _ = fields
            figures[code, month, dimension, member] = (float(numerator or 0), float(denominator or 0),
                                                       state)
    return figures, cells(book)


def cells(path):
    """The cells of the scorecard and the detail tables, by sheet, code and heading."""
    result = {}
    for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
        header = None
        for row in sheet.iter_rows(max_col=16, values_only=True):
            if row and row[0] == "Code":
                header = row
            elif header and row and row[0]:
                for heading, value in zip(header[2:], row[2:]):
                    if heading in known_headings:
                        result[sheet.title, row[0], heading] = value
    return result


known_headings = {"Jun-19", "Jul-19", "Target", "Change", "RAG", "Jul-18", "Aug-18", "Sep-18", "Oct-18",
                  "Nov-18", "Dec-18", "Jan-19", "Feb-19", "Mar-19", "Apr-19", "May-19"}
short = dict(zip(MONTHS, ["Jul-18", "Aug-18", "Sep-18", "Oct-18", "Nov-18", "Dec-18", "Jan-19",
                          "Feb-19", "Mar-19", "Apr-19", "May-19", "Jun-19", "Jul-19"]))


def compare(name, before, after, expected):
    """expected: by code and month, by how much numerator and denominator move."""
    moved = {}
    for key in before[0].keys() | after[0].keys():
        old, new = before[0].get(key), after[0].get(key)
        if old == new:
            continue
        if key[2]:  # a part of something that moves
            if (key[0], key[1]) not in expected:
                problems.append(f"{name}: {key} moved from {old} to {new}")
            continue
        moved[key[0], key[1]] = (round(new[0] - old[0], 4), round(new[1] - old[1], 4))
    for key in sorted(moved.keys() | expected.keys()):
        if moved.get(key) != expected.get(key):
            problems.append(f"{name}: {key} moved by {moved.get(key)}, not {expected.get(key)}")
    compare_cells(name, before, after, expected)


def compare_cells(name, before, after, expected):
    """Cells move where the shown value does, with the change against the month before and the RAG."""
    may_move = {(code, short[month]) for code, month in expected}
    shown = 0
    for key in before[1].keys() | after[1].keys():
        old, new = before[1].get(key), after[1].get(key)
        if old == new:
            continue
        _, code, heading = key
        if (code, heading) in may_move:
            shown += 1
        elif not (heading in ("Change", "RAG") and (code, "Jul-19") in may_move
                  or heading in ("Change", "RAG") and (code, "Jun-19") in may_move):
            problems.append(f"{name}: the cell {key} moved from {old} to {new}")
    if not shown:
        problems.append(f"{name}: no cell moved")


# ---- the changes -----------------------------------------------------------------------------------


def changed(streams, config, pattern, change):
    """The streams with that of one file changed."""
    file = next(EXPORTS.glob(pattern))
    other = WORK / file.name
    other.write_bytes(change(file.read_bytes()))
    return {**streams, file.name: extract(config, other)}


def edit_csv(data, find, column, value):
    """Puts a value into a column of the first row that fits."""
    mark = data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    row = next(r for r in rows if find(r))
    row[column] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(rows)
    return (b"\xef\xbb\xbf" if mark else b"") + out.getvalue().encode()


def drop_rows(data, numbers):
    """An .xlsx without some rows of its first sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                for number in numbers:
                    content, found = re.subn(rb'<row r="%d"[ >].*?</row>' % number, b"", content)
                    assert found == 1
            new.writestr(item, content)
    return out.getvalue()


def groups_in_july():
    """Looked after, on a plan, in need, on the last day of July."""
    breaks = {c for c, own in known.STATUS.items()
              if any(known.is_open(s, e, JULY_END) and row[1] in ("V3", "V4") for s, e, row in own)}
    care = known.who(known.CARE, JULY_END) - breaks
    cp = known.who(known.CP, JULY_END)
    return care, cp, known.who(known.CIN, JULY_END) - care - cp


def drop_visits(streams, config, before):
    """Four children in need are seen once in July and at no time that counts for another month: without
    these visits four fewer are seen, which shows."""
    _, _, in_need = groups_in_july()
    rows = {}  # the rows of each child's visits since June, if all were seen
    sheet = openpyxl.load_workbook(next(EXPORTS.glob("visits*.xlsx")), read_only=True)["Visits"]
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > 4 and known.day(row[2]) and known.day(row[2]) > dt.date(2019, 6, 30):
            rows.setdefault(known.ident(row[0]), []).append((number, known.day(row[2]), row[3]))
    once = [own[0][0] for child, own in sorted(rows.items()) if child in in_need and len(own) == 1
            and own[0][2] == "Yes" and dt.date(2019, 7, 3) <= own[0][1] <= JULY_END]
    after = changed(streams, config, "visits*.xlsx", lambda data: drop_rows(data, once[:4]))
    compare("visits dropped", before, run(after, config, "visits-dropped"),
            {("CIN 4", "2019-07"): (-4, 0)})


def move_date(streams, config, before):
    """An early help case closes a day later, on 1 August: in July it is still open, and not closed."""
    opened = [h[0] for h in known.HELPED if known.is_open(h[1], h[2], JULY_END)]
    case = next(h for h in known.HELPED if h[2] == JULY_END and h[0] not in opened
                and h[4] == "Family disengaged" or h[2] == JULY_END and h[0] not in opened)
    after = changed(streams, config, "early_help*.csv", lambda data: edit_csv(
        data, lambda r: r[1] == case[0] and known.day(r[3]) == JULY_END, 3, "01/08/2019"))
    compare("closed in August", before, run(after, config, "closed-in-august"),
            {("EH 1", "2019-07"): (1, 0),
             ("EH 8", "2019-07"): (-(case[4] == "Stepped up to CSC"), -1),
             ("EH 9", "2019-07"): (-(case[4] == "Family disengaged"), -1)})


def close_plan(streams, config, before):
    """A plan of a child in need of whom nothing is in order ends on the last day of July: the child
    leaves what was counted, and nothing that was met. On the day it ends it is no longer open."""
    care, cp, in_need = groups_in_july()
    assessed = {c for c, own in known.ASSESSMENTS.items()
                if any(known.is_open(s, e, JULY_END) for s, e, _ in own)}
    cwd = {child for child, _, team, _, start, end in known.ALLOCATIONS
           if known.is_open(start, end, JULY_END) and known.spell_of(known.TEAMS[team],
                                                                     JULY_END)[2] == "cwd"}

    def reviewed_late(child):
        due = [r for r in known.REVIEWS[child, "CIN"] if r[0] <= JULY_END]
        return due and not (max(due)[1] and max(due)[1] <= max(due)[0])

    child = next(c for c in sorted(in_need - assessed - cwd)
                 if not known.lately(known.SEEN[c, "CIN"], JULY_END, 28)
                 and not known.in_last_months(known.UPDATED[c, "cin"], 3, JULY_END)
                 and not known.lately(known.SUPERVISED[c], JULY_END, 60) and reviewed_late(c)
                 and c not in known.LEAVERS)
    after = changed(streams, config, "plans*.csv", lambda data: edit_csv(
        data, lambda r: r[1:3] == [child, "CIN plan"], 4, "31/07/2019"))
    expected = {(code, "2019-07"): (0, -1) for code in ("CIN 4", "CIN 5", "CIN 8", "QA 7", "QA 1")}
    expected["CIN 1", "2019-07"] = (-1, 0)
    compare("plan closed", before, run(after, config, "plan-closed"), expected)


def add_holiday(streams, config, before):
    """Monday 10 June is a bank holiday too: what was late by a day over it is in time, and of no other
    kind than the three that are counted in working days."""
    holidays = WORK / "holidays.tsv"
    lines = open("etl/calendar/bank_holidays_england.tsv", encoding="utf-8").read().splitlines()
    lines = lines[:1] + sorted(lines[1:] + ["2019-06-10\tMon"])
    holidays.write_text("\n".join(lines) + "\n", encoding="utf-8")
    other = WORK / "holiday.conf"
    other.write_text(re.sub(r"(?m)^holidays .*$", f"holidays = {holidays.resolve()}",
                            pathlib.Path(config).read_text(encoding="utf-8")), encoding="utf-8")
    ours = {key: value[:2] for key, value in before[0].items() if not key[2]}
    known.HOLIDAYS.add(dt.date(2019, 6, 10))
    expected = {}
    for year, month in known.MONTHS:
        for code, value in known.calculate(year, month).items():
            old = ours[code, f"{year}-{month:02}", "", ""]
            new = value if isinstance(value, tuple) else (value, 0)
            if abs(old[0] - new[0]) > 1e-6 or abs(old[1] - new[1]) > 1e-6:
                expected[code, f"{year}-{month:02}"] = (round(new[0] - old[0], 4),
                                                        round(new[1] - old[1], 4))
    if {code for code, _ in expected} != {"AMT 2", "CP 5", "LAC 18"} or \
            any(month < "2019-05" for _, month in expected) or \
            any(moved[0] <= 0 or moved[1] != 0 for moved in expected.values()):
        problems.append(f"a bank holiday more would move {expected}")
    compare("bank holiday", before, run(streams, str(other), "bank-holiday"), expected)


def main():
    config = WORK / "pipeline.conf"
    root = pathlib.Path.cwd()
    text = pathlib.Path("pipeline.conf").read_text(encoding="utf-8")
    config.write_text(re.sub(r"(= +|^ +)(transforms|etl|samples)/", rf"\1{root}/\2/", text, flags=re.M),
                      encoding="utf-8")
    streams = {file.name: extract(config, file) for file in EXPORTS.iterdir()}
    before = run(streams, str(config), "before")
    for change in (drop_visits, move_date, close_plan, add_holiday):
        change(streams, str(config), before)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
