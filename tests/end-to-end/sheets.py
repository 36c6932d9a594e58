#!/usr/bin/env python3
"""Reads the workbooks of tests/golden/report.stream with another program's eyes.

    sheets.py performance.xlsx worklists.xlsx

What is expected was worked out by hand from the stream.
"""
import datetime
import re
import sys
import warnings
import zipfile

import openpyxl
from openpyxl.utils import range_boundaries

warnings.simplefilter("ignore")  # of extensions that openpyxl does not keep
problems = []


def expect(what, got, wanted):
    if got != wanted:
        problems.append(f"{what}: {got!r}, not {wanted!r}")


def row_of(sheet, text, column=1):
    for r in range(1, sheet.max_row + 1):
        if sheet.cell(r, column).value == text:
            return r
    problems.append(f"{sheet.title}: no row '{text}'")
    return 1


def values(sheet, row, columns):
    return [sheet.cell(row, c).value for c in columns]


def check_everywhere(book, name, authority="Elm && Ash <Council>"):
    """Print set-up, and tables without merged cells, of every sheet."""
    for sheet in book:
        what = f"{name} {sheet.title}"
        expect(f"{what}: orientation", sheet.page_setup.orientation, "landscape")
        expect(f"{what}: paper", sheet.page_setup.paperSize, 9)
        expect(f"{what}: fitted", (sheet.sheet_properties.pageSetUpPr.fitToPage,
                                   sheet.page_setup.fitToWidth), (True, None))
        expect(f"{what}: header", (sheet.oddHeader.left.text, sheet.oddHeader.right.text),
               (authority, "OFFICIAL-SENSITIVE"))
        expect(f"{what}: footer", (sheet.oddFooter.center.text, sheet.oddFooter.right.text),
               ("Page &P of &N", "OFFICIAL-SENSITIVE"))
        if not sheet.print_area:
            problems.append(f"{what}: no print area")
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    problems.append(f"{what}: {cell.coordinate} is a formula")
    for defined, value in book.defined_names.items() if hasattr(book.defined_names, "items") else \
            [(n.name, n) for n in book.defined_names.definedName]:
        if not defined.endswith("_table"):
            continue
        title, reference = value.attr_text.rsplit("!", 1)
        sheet = book[title.strip("'")]
        left, top, right, bottom = range_boundaries(reference.replace("$", ""))
        for merged in sheet.merged_cells.ranges:
            if merged.min_row <= bottom and merged.max_row >= top and merged.min_col <= right:
                problems.append(f"{defined}: merged cells {merged} inside the table")
        area = sheet.print_area
        area = area[0] if isinstance(area, list) else area
        printed = range_boundaries(area.split("!")[-1].replace("$", ""))
        if right > printed[2] or bottom > printed[3]:
            problems.append(f"{defined}: {reference} is cut by the print area {area}")


def check_overview(book):
    sheet = book["Overview"]
    expect("summary", sheet["A4"].value,
           "\u25CF 3 Green    \u25B2 2 Amber    \u25A0 2 Red    \u25CB 2 not rated")
    row_of(sheet, "A quiet month.", 2)
    well = row_of(sheet, "Going well or better", 2)
    expect("going well", values(sheet, well + 1, (1, 2, 3, 4, 5, 6)),
           ["A 4", "Plans reviewed in time: 97%, up 1pp, target 95%; up 4pp since April", 0.97, 0.95,
            "Green", "\u25B2 better"])
    watch = row_of(sheet, "Ones to watch", 2)
    # The farthest from its target first: 58% of 95%, 70% of 95%, 90% of 95%, 14.5 of 14; then the
    # Green ones that got worse, 16.2 of 17 and 9% of 10%.
    expect("to watch", [sheet.cell(watch + r, 1).value for r in range(1, 8)],
           ["A 5", "A 2", "A 8", "W 2", "W 1", "A 3", None])
    expect("settles late", sheet.cell(watch + 1, 2).value,
           "Checks within 20 working days: 58% in June 2019, the latest known, up 14pp, target 95%")
    expect("low is better", sheet.cell(watch + 4, 2).value,
           "Average caseload per newly qualified social worker: 14.5, up 0.5, target 14; up 4.5 "
           "since April")
    own = row_of(sheet, "Things to do better", 2)
    expect("own words", values(sheet, own + 1, (1, 2)), [None, "In our own words."])
    figures = row_of(sheet, "Key figures", 2)
    expect("key figures", values(sheet, figures + 1, (1, 2, 3, 4, 5)),
           ["A 1", "Number of children in Alpha", 14, 15, "Up 1"])
    ratings = row_of(sheet, "Part of the service", 2)
    expect("ratings", [values(sheet, ratings + r, (2, 3, 4, 5, 6)) for r in (1, 2, 3)],
           [["Alpha/One", 2, 1, 2, 2], ["Workforce", 1, 1, 0, 0], ["All", 3, 2, 2, 2]])


def check_scorecard(book):
    sheet = book["Scorecard"]
    expect("scorecard header", values(sheet, 5, range(1, 8)),
           ["Code", "Indicator", "Jun-19", "Jul-19", "Target", "Change", "RAG"])
    row = row_of(sheet, "A 2")
    expect("A 2", values(sheet, row, range(1, 11)),
           ["A 2", "Percentage of children visited in time", 0.65, 0.7, 0.95, "Up 5pp", "Red",
            "\u25B2 better", "definition", "\u2020 Jun-19 was 64%"])
    expect("restated format", sheet.cell(row, 3).number_format, '0%"\u2020"')
    expect("format", sheet.cell(row, 4).number_format, "0%")
    for code, shape in (("A 2", "\u25A0"), ("A 3", "\u25CF"), ("A 8", "\u25B2"), ("A 6", "\u25CB")):
        expect(f"shape of {code}", sheet.cell(row_of(sheet, code), 7).number_format,
               f'"{shape} "@')
    expect("detail link", sheet.cell(row, 1).hyperlink.location, "'Alpha One'!A7")
    expect("where it leads", book["Alpha One"]["A7"].value, "A 2")
    expect("definition link", sheet.cell(row, 9).hyperlink.location, "Definitions!A7")
    expect("where it leads", book["Definitions"]["A7"].value, "A 2")
    expect("A 3 trend", sheet.cell(row_of(sheet, "A 3"), 8).value, "\u25B2 worse")
    expect("A 8 trend", sheet.cell(row_of(sheet, "A 8"), 8).value, "\u25BA steady")
    expect("A 5", values(sheet, row_of(sheet, "A 5"), range(3, 9)),
           [0.58, "TBC *", 0.95, None, "Red", None])
    expect("A 5 is rated as in June", sheet.cell(row_of(sheet, "A 5"), 7).number_format,
           '"\u25A0 "@" *"')
    expect("A 6", values(sheet, row_of(sheet, "A 6"), range(3, 8)), [0.5, "-", None, None, "Grey"])
    hostile = row_of(sheet, "A 7")
    expect("hostile text", values(sheet, hostile, range(2, 5)),
           ["=1+1 <b> & _x0041_ \U0001F600 \u05e9\u05dc\u05d5\u05dd", "no data", "no data"])
    expect("W 1", (sheet.cell(row_of(sheet, "W 1"), 4).value,
                   sheet.cell(row_of(sheet, "W 1"), 4).number_format), (16.2, "0.0"))
    if any(sheet.cell(r, 1).value in ("A 1", "M 1") for r in range(1, sheet.max_row + 1)):
        problems.append("A 1 and M 1 are not for the scorecard")


def check_sections(book, path):
    sheet = book["Alpha One"]
    expect("months", values(sheet, 5, range(1, 8)),
           ["Code", "Indicator", "Apr-19", "May-19", "Jun-19", "Jul-19", "Target"])
    expect("own title and target", values(sheet, 9, (2, 6, 7)), ["Plans reviewed", 0.97, 0.8])
    expect("TBC", values(sheet, 10, (5, 6)), [0.58, "TBC *"])
    expect("blank and over nothing", values(sheet, 11, (3, 4, 5, 6)), [None, None, 0.5, "-"])
    expect("charts of Alpha One", len(sheet._charts), 7)  # none for A 7, which has no data
    series = sheet._charts[1].series
    expect("chart of A 2", [s.val.numRef.f for s in series],
           ["'Alpha One'!$I$7:$L$7", "'Alpha One'!$N$7:$Q$7"])
    expect("its months", series[0].cat.strRef.f if series[0].cat.strRef else
           series[0].cat.numRef.f, "'Alpha One'!$C$5:$F$5")
    expect("what it is drawn from", values(sheet, 10, range(9, 18)),
           [0.4, 0.44, 0.58, None, None, 0.95, 0.95, 0.95, 0.95])
    text = " ".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value)
    for wanted in ("\u2022 Visits were late where workers left. =SUM(A1)",
                   "\u2022 Review every case that is open for six months or more.",
                   "Owner: Head of Alpha  |  due 1 Aug 2019 (overdue)  |  ongoing"):
        if wanted not in text:
            problems.append(f"Alpha One does not say '{wanted}'")
    if "Of another month" in text:
        problems.append("Alpha One has commentary of another month")
    work = book["Workforce"]
    heading = row_of(work, "By team, July 2019", 2)
    # 130 of 11 is 11.81..., rounded half up to 11.8.
    expect("by team", [values(work, heading + r, (2, 3, 4)) for r in (0, 1, 2, 3)],
           [["By team, July 2019", "W 1", None], ["North", 11.8, None], ["South", 10, None],
            [None, None, None]])
    expect("charts of Workforce", len(work._charts), 2)  # teams are listed, not charted
    analysis = book["Analysis"]
    first = row_of(analysis, "Contact", 2)
    expect("by reason", [values(analysis, first + r, (2, 3, 4, 5, 6)) for r in (0, 1, 2)],
           [["Contact", 1, 1, 2, 2], ["Late only", None, None, None, 1], ["Other", 2, 3, 3, 4]])
    expect("its heading", values(analysis, first - 1, range(1, 8)),
           ["M 1", "By reason: Number of episodes", "Apr-19", "May-19", "Jun-19", "Jul-19", None])
    expect("no column for a target", analysis.cell(first, 7).has_style, False)
    band = row_of(analysis, "5 to 9", 2)
    expect("bands as they are declared, not as they are spelled or turn up",
           [values(analysis, band + r, (2, 3, 4, 5, 6)) for r in range(5)],
           [["5 to 9", None, None, None, 2], ["10 to 15", 3, None, None, 2],
            ["16 and over", None, 4, None, None], ["not recorded", None, None, None, 2],
            [None] * 5])
    bars = analysis._charts[2].series[0]
    expect("bars", bars.val.numRef.f, f"Analysis!$F${first}:$F${first + 2}")
    with zipfile.ZipFile(path) as package:
        charts = [n for n in package.namelist() if n.startswith("xl/charts/chart")]
        described = 0
        for name in package.namelist():
            if name.startswith("xl/drawings/drawing"):
                described += len(re.findall(r'descr="[^"]{20,}"', package.read(name).decode()))
        expect("charts that are described", described, len(charts))
        other = [n for n in charts if b'dispBlanksAs val="zero"' in package.read(n)
                 or b'dispBlanksAs val="span"' in package.read(n)]
        expect("charts without gaps where there is no value", other, [])


def check_other_sheets(book):
    sheet = book["Caseloads"]
    rows = [values(sheet, r, (1, 2, 3, 4, 5, 7)) for r in range(6, 12)]
    expect("caseloads", rows, [
        ["Care", None, None, 41, 2.5, 17],           # all of it is counted by W 1 only
        ["Care", "North", None, 27, 1.5, 17],
        ["Care", "North", "Ann Ash", 18, 1, 17],
        ["Care", "North", "Bea Beech", 9, 0.5, 17],
        ["Care", "South", None, 14, 1, 14],          # and South by W 2 as well, which stands last
        ["Care", "South", "Cy Cedar", 14, 1, 14]])
    expect("of the target", round(sheet["H8"].value, 4), round(18 / 17, 4))
    expect("bars", [str(r.sqref) for r in sheet.conditional_formatting], ["H6:H11"])
    sheet = book["Education"]
    expect("education", [(values(sheet, r, (1, 2, 3, 4)), sheet.cell(r, 4).number_format)
                         for r in (6, 7)],
           [(["Absence rate (primary)", "termly", "Autumn & Spring 18 / 19", 0.049], "0.0%"),
            (["Number of pupils with an exclusion", "monthly", "Sept 2018 - July 2019", 400],
             "#,##0")])
    sheet = book["Actions"]
    expect("actions", values(sheet, 6, range(1, 7)),
           ["Alpha/One", "Review every case that is open for six months or more.", "Head of Alpha",
            datetime.datetime(2019, 8, 1), "ongoing", 12])
    sheet = book["Definitions"]
    row = row_of(sheet, "A 2")
    expect("files", sheet.cell(row, 10).value, "plans & visits.csv")
    expect("limits", sheet.cell(row, 11).value, "2 of 100 rows rejected; 3 merged")
    note = sheet.cell(row, 12).value
    expect("a text that is too long", (len(note) <= 32767, note[-9:], set(note[:-9])),
           (True, "... (cut)", {"x"}))
    expect("no source", sheet.cell(row_of(sheet, "A 7"), 11).value, "no source feeds it")
    expect("known", sheet.cell(row_of(sheet, "A 5"), 8).value,
           "known 20 working days after the month's end")
    sheet = book["Restatements"]
    expect("restatements", [values(sheet, r, range(1, 11)) for r in (6, 7)],
           [["A 2", "Percentage of children visited in time", "Jun-19", "64%",
             datetime.datetime(2019, 7, 9), "65%", 3, 1, 0, "3 rows came since, 1 row went"],
            ["A 4", "Percentage of plans reviewed in time", "May-19", "94%",
             datetime.datetime(2019, 6, 9), "95%", 0, 0, 0,
             "The same rows: a definition or a target changed."]])
    expect("an indicator that is no more", sheet["A8"].value, None)
    sheet = book["Data quality"]
    expect("counts", values(sheet, 6, range(1, 12)),
           ["plans & visits.csv", None, "plans", "plan", "csv", 100, 97, 2, 1, 3, "2019-08-13"])
    row = row_of(sheet, "What was found")
    expect("found", values(sheet, row + 2, (1, 2, 3, 4)), ["not a date", "plan", "reject", 1])
    row = row_of(sheet, "Rows that were rejected, merged, ignored or noted")
    expect("a row's number is no amount", sheet.cell(row + 2, 6).number_format, "0")
    expect("digests are cut, and said to be", (sheet["L5"].value, sheet["L6"].value),
           ("SHA-256, first 12 of 64 digits", "00aa11bb22cc"))
    expect("dates stand apart from amounts", sheet["K6"].alignment.horizontal, "center")
    expect("remark", values(sheet, row + 2, range(1, 9)),
           ["plans & visits.csv", None, "reject", "plan", "started", 17, "C", "not a date"])


def check_worklists(path):
    book = openpyxl.load_workbook(path)
    check_everywhere(book, "worklists")
    expect("worklists", book.sheetnames, ["Summary", "A 2", "A 3", "W 1"])  # A 6 has no target
    sheet = book["Summary"]
    expect("summary", [values(sheet, r, (1, 3, 4, 5, 6, 7, 8)) for r in range(6, 11)],
           [["A 2", None, None, 1, 0, 0, 1], ["A 2", "Care", "North", 1, 0, 0, 0],
            ["A 2", "Care", "South/East", 1, 1, 76, 0], ["A 3", "Care", "North", 1, 0, 0, 0],
            ["W 1", "Care", "North", 1, 0, 0, 0]])
    expect("summary link", sheet["A7"].hyperlink.location, "'A 2'!A1")
    sheet = book["A 2"]
    expect("title", sheet["A1"].value, "A 2  Percentage of children visited in time, July 2019")
    expect("filter", sheet.auto_filter.ref, "A5:N8")
    expect("panes", sheet.freeze_panes, "C6")
    day = datetime.datetime
    expect("rows", [values(sheet, r, range(1, 15)) for r in (6, 7, 8)], [
        ["=C-1", "p1", "Care", "North", "Ann Ash", "visit: cin", day(2019, 2, 1), None, None, None,
         None, "plans & visits.csv", None, 2],
        ["C-2", "p2", "Care", "South/East", "Cy Cedar", "visit: cin", day(2019, 1, 1),
         day(2019, 5, 1), day(2019, 5, 29), 76, None, "plans & visits.csv", None, 3],
        ["C-3", "p3", None, None, None, "visit: cin", day(2019, 1, 1), day(2019, 6, 1),
         day(2019, 6, 29), None, day(2019, 8, 5), "plans & visits.csv", None, 4]])
    expect("date format", sheet["H7"].number_format, "d mmm yyyy")
    expect("what counts against it", book["A 3"]["F6"].value,
           "nothing: it counts against the target")
    expect("no number", values(book["W 1"], 6, (1, 5, 6, 12, 13, 14)),
           ["C-6", "W9", "a number it is counted by", "workers.xlsx", "List 1", 7])


def main(performance, worklists):
    book = openpyxl.load_workbook(performance)
    expect("sheets", book.sheetnames,
           ["Overview", "Scorecard", "Alpha One", "Workforce", "Analysis", "Caseloads", "Education",
            "Actions", "Definitions", "Restatements", "Data quality"])
    check_everywhere(book, "performance")
    check_overview(book)
    check_scorecard(book)
    check_sections(book, performance)
    check_other_sheets(book)
    check_worklists(worklists)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
