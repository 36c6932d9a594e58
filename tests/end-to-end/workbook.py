#!/usr/bin/env python3
"""Reads a written workbook with another program's eyes and compares it with the publication.

    workbook.py performance.xlsx published.tsv published-trends.tsv

Each cell that differs is printed.
"""
import sys
import warnings

import openpyxl

# Of conditional formats openpyxl keeps what it knows, and says so.
warnings.filterwarnings("ignore", module="openpyxl")

HEADER = ["Code", "Indicator", "Jun-19", "Jul-19", "Target", "Change", "RAG"]
FILLS = {"Green": "FFC6E7CE", "Amber": "FFFFE199", "Red": "FFF8C3C8", "Grey": "FFE3E3E3"}
problems = []


def expect(what, got, wanted):
    if got != wanted:
        problems.append(f"{what}: {got!r}, not {wanted!r}")


def shown(cell):
    """What a person sees, for the formats that the workbook uses."""
    if cell.value is None:
        return ""
    if cell.number_format == "0%":
        return f"{cell.value * 100:.0f}%"
    if cell.number_format == "0.0":
        return f"{cell.value:.1f}"
    return str(cell.value)


def lines_of(path):
    for line in open(path, encoding="utf-8"):
        if not line.startswith("#") and not line.startswith("code"):
            yield line.rstrip("\n").split("\t")


def check_scorecard(sheet, published):
    rows = {sheet.cell(r, 1).value: r for r in range(1, sheet.max_row + 1)}
    header = rows["Code"]
    expect("header", [sheet.cell(header, c).value for c in range(1, 8)], HEADER)
    expect("frozen panes", sheet.freeze_panes, f"C{header + 1}")
    wanted = list(lines_of(published))
    codes = {line[0] for line in wanted}
    expect("the order of the scorecard", [c for c in rows if c in codes], [w[0] for w in wanted])
    for code, june, july, target, change, rag, title in wanted:
        row = rows.get(code)
        if row is None:
            problems.append(f"{code} is not on the scorecard")
            continue
        expect(f"{code} title", sheet.cell(row, 2).value, title)
        expect(f"{code} June", shown(sheet.cell(row, 3)), june)
        expect(f"{code} July", shown(sheet.cell(row, 4)), july)
        expect(f"{code} target", shown(sheet.cell(row, 5)), target)
        expect(f"{code} change", shown(sheet.cell(row, 6)), change)
        expect(f"{code} RAG", shown(sheet.cell(row, 7)), rag)
        expect(f"{code} fill", sheet.cell(row, 7).fill.start_color.rgb, FILLS[rag])
        for column in (3, 4):
            if not isinstance(sheet.cell(row, column).value, (int, float)) and july != "TBC *":
                problems.append(f"{code}: column {column} is not a number")
    for name in ("MC 1", "LAC 1"):
        if name in rows:
            problems.append(f"{name} is not for the scorecard")


def find_code(book, code):
    """The row of an indicator on the sheet of its section, and the columns of that sheet."""
    for sheet in book.worksheets:
        header = next((r for r in range(1, 12) if sheet.cell(r, 1).value == "Code"
                       and sheet.cell(r, 3).value == "Jul-18"), None)
        for row in range(header or 1, sheet.max_row + 1 if header else 1):
            if sheet.cell(row, 1).value == code:
                return sheet, row, {sheet.cell(header, c).value: c for c in range(1, 17)}
    return None, None, None


def check_trends(book, published):
    months = [f"{m}-{y}" for m, y in zip("Jul Aug Sep Oct Nov Dec Jan Feb Mar Apr May Jun Jul".split(),
                                         [18] * 6 + [19] * 7)]
    for line in lines_of(published):
        sheet, row, columns = find_code(book, line[0])
        if sheet is None:
            problems.append(f"{line[0]} is in no detail table")
            continue
        for month, wanted in zip(months, line[1:14]):
            expect(f"{line[0]} {month}", shown(sheet.cell(row, columns[month])), wanted)
        expect(f"{line[0]} target of the detail table", shown(sheet.cell(row, columns["Target"])),
               line[14])
        expect(f"{line[0]} title of the detail table", sheet.cell(row, 2).value, line[15])


def check_charts(book):
    """Charts stand in the order of the table, in rows of up to three from left to right, at the edges
    of columns, with the whole title."""
    for sheet in book.worksheets:
        rows = {}
        for r in range(6, sheet.max_row + 1):
            if not sheet.cell(r, 1).value:
                break
            rows[sheet.cell(r, 1).value] = r
        if sheet.cell(5, 3).value != "Jul-18":
            continue
        codes = []
        for chart in sorted(sheet._charts, key=lambda c: (c.anchor._from.row, c.anchor._from.col)):
            title = "".join(run.t for p in chart.title.tx.rich.p for run in p.r or [])
            code, words = title.split("  ", 1)
            codes.append(code)
            scorecard = next((row[1].value for row in book["Definitions"].iter_rows()
                              if row[0].value == code), None)
            if not words.startswith(scorecard):
                problems.append(f"{sheet.title}: the title '{title}' is cut")
            start, end = chart.anchor._from, chart.anchor.to
            edge = (start.col, end.col + (1 if end.colOff > 0 else 0))
            if edge not in ((0, 2), (2, 9), (9, 16)):
                problems.append(f"{sheet.title}: the chart of {code} stands over columns {edge}")
        order = [code for n, code in enumerate(codes) if code not in codes[:n]]
        expect(f"{sheet.title}: the order of the charts", order, [c for c in rows if c in order])
        places = sorted((c.anchor._from.row, c.anchor._from.col) for c in sheet._charts)
        by_row = [[col for row, col in places if row == r] for r in sorted({r for r, _ in places})]
        for number, columns in enumerate(by_row):
            last = number + 1 == len(by_row)
            if columns != [0, 2, 9][:len(columns)] or (len(columns) < 3 and not last):
                problems.append(f"{sheet.title}: a row of charts over columns {columns}")


def check_notes(book):
    """A note helps to read the figure; what was printed in 2019, and how, is no director's concern."""
    for row in book["Definitions"].iter_rows(min_row=6):
        note = row[11].value or ""
        if any(word in note for word in ("report", "commentary", "2019", "reproduced")):
            problems.append(f"{row[0].value}: the note is about a publication: {note}")


def main(path, published, trends):
    book = openpyxl.load_workbook(path)
    check_scorecard(book["Scorecard"], published)
    check_trends(book, trends)
    check_charts(book)
    check_notes(book)
    for name in ("Missing", "Quality assurance", "Workforce", "Definitions", "Data quality"):
        if name not in book.sheetnames:
            problems.append(f"there is no sheet '{name}'")
            continue
        page = book[name]
        expect(f"{name}: orientation", page.page_setup.orientation, "landscape")
        expect(f"{name}: paper", page.page_setup.paperSize, 9)
        # A header is repeated where no other table, and no chart, would stand below it.
        expect(f"{name}: repeated rows", page.print_title_rows,
               "$5:$5" if name == "Definitions" else None)
    expect("panes of Data quality", book["Data quality"].freeze_panes, None)
    missing = book["Missing"]
    months = [missing.cell(5, c).value for c in range(1, 17)]
    expect("months", (months[0], months[2], months[14], months[15]),
           ("Code", "Jul-18", "Jul-19", "Target"))
    expect("charts of Missing", len(missing._charts), 11)
    series = missing._charts[5].series
    expect("chart of MC 6", [s.val.numRef.f for s in series],
           ["Missing!$R$11:$AD$11", "Missing!$AF$11:$AR$11"])
    for name in ("Scorecard_table", "Missing_table"):
        if name not in book.defined_names:
            problems.append(f"there is no name '{name}'")
    expect("author", book.properties.creator, "monthend")
    expect("created", book.properties.created.isoformat(), "2019-08-13T00:00:00")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
