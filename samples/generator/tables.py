"""Tables as an export has them, and their files: .csv, .xls, .xlsx.

A table knows which of its rows are wrong on purpose, so that what is expected of each can be written
down with the row number that it gets. Files have no time of making in them: equal tables are equal
bytes.
"""
import csv
import datetime
import io
from dataclasses import dataclass, field

import xlsxwriter
import xlwt

MADE = datetime.datetime(2019, 8, 13, 6, 2)


@dataclass(frozen=True)
class Serial:
    """A day as a bare number: the date format was lost on the way."""
    day: datetime.date

    @property
    def number(self):
        return (self.day - datetime.date(1899, 12, 30)).days


@dataclass(frozen=True)
class Failed:
    """A formula's error."""
    text: str = "#N/A"


@dataclass
class Row:
    cells: list
    # outcome, code and column name ("" for the whole row) of what is expected of it
    expected: list = field(default_factory=list)


@dataclass
class Table:
    file: str
    sheet: str
    above: list  # lines above the header, as lists of cells
    header: list
    rows: list
    below: list = field(default_factory=list)  # rows below the data

    def lines(self):
        """All rows with their numbers, from 1."""
        every = [Row(line) for line in self.above] + [Row(self.header)] + self.rows + self.below
        return enumerate(every, start=1)

    def expectations(self):
        for number, row in self.lines():
            for outcome, code, column in row.expected:
                letter = chr(ord("A") + self.header.index(column)) if column else "-"
                yield self.file, self.sheet, number, letter, outcome, code


# ---- .csv ----

def csv_text(cell):
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, datetime.date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, Serial):
        return str(cell.number)
    if isinstance(cell, Failed):
        return cell.text
    return str(cell)


def write_csv(path, table, mark=False, line_end="\n"):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    for _, row in table.lines():
        writer.writerow([csv_text(cell) for cell in row.cells])
    data = out.getvalue().encode("utf-8")
    path.write_bytes((b"\xef\xbb\xbf" if mark else b"") + data)


# ---- .xls ----

def write_xls(path, tables):
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    moment = xlwt.easyxf(num_format_str="DD/MM/YYYY HH:MM")
    for table in tables:
        sheet = book.add_sheet(table.sheet)
        for number, row in table.lines():
            for column, cell in enumerate(row.cells):
                if isinstance(cell, datetime.datetime):
                    sheet.write(number - 1, column, cell, moment)
                elif isinstance(cell, datetime.date):
                    sheet.write(number - 1, column, cell, day)
                elif isinstance(cell, Serial):
                    sheet.write(number - 1, column, cell.number)
                elif isinstance(cell, Failed):
                    sheet.row(number - 1).set_cell_error(column, 0x2A)  # #N/A
                elif cell is not None:
                    sheet.write(number - 1, column, cell)
    book.save(str(path))


# ---- .xlsx ----

def write_xlsx(path, tables, hidden=(), inline=False):
    """`inline` writes texts into the cells, as programs do that stream their rows."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": inline})
    book.set_properties({"created": MADE, "author": "CaseFile"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for table in tables:
        sheet = book.add_worksheet(table.sheet)
        if table.sheet in hidden:
            sheet.hide()
        for number, row in table.lines():
            for column, cell in enumerate(row.cells):
                if isinstance(cell, datetime.datetime):
                    sheet.write_datetime(number - 1, column, cell, moment)
                elif isinstance(cell, datetime.date):
                    sheet.write_datetime(number - 1, column, cell, day)
                elif isinstance(cell, Serial):
                    sheet.write_number(number - 1, column, cell.number)
                elif isinstance(cell, Failed):
                    sheet.write_formula(number - 1, column, "=NA()", None, cell.text)
                elif isinstance(cell, (int, float)):
                    sheet.write_number(number - 1, column, cell)
                elif cell is not None:
                    sheet.write_string(number - 1, column, cell)
    book.close()
