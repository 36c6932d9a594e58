#!/usr/bin/env python3
"""Reads the tracker of tests/golden/missing.stream for week 2019-W31 with another program's eyes.

What is expected was worked out by hand: R is 4 August; the week before ends on 28 July.
"""
import sys

import openpyxl

from sheets import check_everywhere, expect, problems, values


def main(path):
    book = openpyxl.load_workbook(path)
    expect("sheets", book.sheetnames, ["Summary", "Children", "To escalate"])
    sheet = book["Summary"]
    expect("title", sheet["A1"].value,
           "Missing tracker, week 2019-W31: 29 Jul 2019 to 4 Aug 2019")
    # Hours within the week: 2 and 1 of c1, two whole days of c2 whose times are not known, and c4's
    # last day, in which another episode lies; before it 2, 7 days, and 157:59.
    expect("the week", [values(sheet, r, (2, 3, 4, 5)) for r in range(6, 10)], [
        ["Children missing", 3, 3, "\u25BA no change"],
        ["Episodes", 5, 3, "\u25B2 2 more"],
        ["Hours missing", 75, 328, "\u25BC 253 fewer"],
        ["Still missing at the end of the week", 1, 2, "\u25BC 1 fewer"]])
    expect("gaps", [values(sheet, r, (1, 3, 4, 6, 7)) for r in range(12, 21)], [
        ["T 1", 3, 2, 5, 2], ["T 2", 1, 0, 2, 1], ["T 3", 0, 0, 1, 1],
        ["T 4", 2, 2, 3, 1],   # 4 May is within three months of 4 August, 3 May is not
        ["T 5", 2, 2, 3, 1],   # 28 July is within seven days of 4 August, 27 July is not
        ["T 6", 2, 2, 3, 1],
        ["T 7", 2, 2, 3, 1],   # again 4 May and 3 May
        ["T 8", "no data", None, None, None], [None, 12, 10, None, None]])
    sheet = book["Children"]
    expect("children", [values(sheet, r, range(1, 20)) for r in (6, 7, 8)], [
        ["c4", 2, 24, "29 Jul 2019 10:00", "No", "home", None, None, None, None, 5,
         "0 of 2", "-", "-", "No", "No", "Yes", "No", "no data"],
        ["c2", 1, 48, "30 Jul 2019", "No", "home", None, None, None, None, 4,
         "Yes", "No", "-", "No", "Yes", "No", "No", "no data"],
        ["c1", 2, 3, "4 Aug 2019 23:00", "Yes", "placement", "U1, OUT", "Care", "North", "Ann Ash",
         3, "1 of 2", "Yes", "Yes", "Yes", "No", "No", "Yes", "no data"]])
    expect("no other child", sheet["A9"].value, None)
    expect("filter", sheet.auto_filter.ref, "A5:U8")
    expect("shape", sheet["L6"].number_format, '"\u25A0 "@')
    sheet = book["To escalate"]
    expect("to escalate", [values(sheet, r, range(1, 7)) for r in range(6, 18)],
           [[None, None, None, "c4", "Return interview offered", 2]] +
           [[None, None, None, "c4", what, 1] for what in
            ("Risk assessment in date (three months)",
             "Strategy discussion in the last seven days",
             "Case summary in date (three months)")] +
           [[None, None, None, "c2", what, 1] for what in
            ("Return interview accepted", "Risk assessment in date (three months)",
             "Photo on record", "Case summary in date (three months)")] +
           [["Care", "North", "Ann Ash", "c1", what, 1] for what in
            ("Return interview offered", "Strategy discussion in the last seven days",
             "Photo on record")] + [[None] * 6])
    check_everywhere(book, "tracker", "Elmsworth Borough Council")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
