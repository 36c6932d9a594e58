#!/usr/bin/env python3
"""Reads a written workbook with another program's eyes and compares it with the publication.

    workbook.py performance.xlsx published.tsv
"""
import sys

import openpyxl

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


def main(path, published):
    book = openpyxl.load_workbook(path)
    sheet = book["Scorecard"]
    rows = {sheet.cell(r, 1).value: r for r in range(1, sheet.max_row + 1)}
    header = rows["Code"]
    expect("header", [sheet.cell(header, c).value for c in range(1, 8)], HEADER)
    expect("frozen panes", sheet.freeze_panes, f"C{header + 1}")
    for line in open(published, encoding="utf-8"):
        if line.startswith("#") or line.startswith("code"):
            continue
        code, june, july, target, change, rag = line.rstrip("\n").split("\t")
        row = rows.get(code)
        if row is None:
            problems.append(f"{code} is not on the scorecard")
            continue
        expect(f"{code} June", shown(sheet.cell(row, 3)), june)
        expect(f"{code} July", shown(sheet.cell(row, 4)), july)
        expect(f"{code} target", shown(sheet.cell(row, 5)), target)
        expect(f"{code} change", shown(sheet.cell(row, 6)), change)
        expect(f"{code} RAG", shown(sheet.cell(row, 7)), rag)
        expect(f"{code} fill", sheet.cell(row, 7).fill.start_color.rgb, FILLS[rag])
        for column in (3, 4):
            if not isinstance(sheet.cell(row, column).value, (int, float)):
                problems.append(f"{code}: column {column} is not a number")
    for name in ("MC 1", "LAC 1"):
        if name in rows:
            problems.append(f"{name} is not for the scorecard")
    for name in ("Missing", "Quality assurance", "Workforce", "Definitions", "Data quality"):
        if name not in book.sheetnames:
            problems.append(f"there is no sheet '{name}'")
            continue
        page = book[name]
        expect(f"{name}: orientation", page.page_setup.orientation, "landscape")
        expect(f"{name}: paper", page.page_setup.paperSize, 9)
        if not page.print_title_rows:
            problems.append(f"{name}: no titles are repeated")
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
    sys.exit(main(*sys.argv[1:3]))
