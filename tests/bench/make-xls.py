"""The first rows of a .csv export as .xls, with true dates: make-xls.py FILE.csv ROWS FILE.xls"""
import csv
import datetime
import sys

import xlwt

source, rows, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
book = xlwt.Workbook()
sheet = book.add_sheet("Episodes")
moment = xlwt.easyxf(num_format_str="DD/MM/YYYY HH:MM")
for number, record in enumerate(csv.reader(open(source, encoding="utf-8"))):
    if number > rows:
        break
    for column, cell in enumerate(record):
        if number > 0 and column in (3, 4) and cell:
            sheet.write(number, column, datetime.datetime.strptime(cell, "%d/%m/%Y %H:%M"), moment)
        elif number > 0 and column == 9 and cell:
            sheet.write(number, column, datetime.datetime.strptime(cell, "%d/%m/%Y"), moment)
        elif cell:
            sheet.write(number, column, cell)
book.save(target)
