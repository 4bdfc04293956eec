"""Workbooks with serial numbers at the edges of what a date is, in each format and each role that a column can have.

    python fabric/tests/serial_numbers.py FOLDER

writes them, for the test that compares what the two sides make of them (internal/e2e/twosides).
"""

import sys
from pathlib import Path

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HEADER = ["order_id", "order_date", "revenue", "channel", "region", "value"]
FORMATS = ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm", "hh:mm:ss.000", "[h]:mm", "d.m.yy h:mm", "mm:ss.0", "General", "0.00"]
# Around the days before the first one, 29 February 1900, which there is not, the end of a day, and the last day of all.
NUMBERS = [-1e10, -1, -0.5, 0, 1e-9, 0.0000057, 0.25, 0.5, 0.999994, 0.9999999, 1, 1.5, 58.99999999, 59, 59.5, 59.9999999999, 60, 60.5, 61, 61.5]
NUMBERS += [45000, 45000.99998, 45000.9999942129, 45000.99999999, 45000.999988425, 2958464, 2958465, 2958465.5, 2958465.99999, 2958465.9999999, 2958466, 1e10, 1e305]


def workbook(number_format: str, role: str, date1904: bool) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    if date1904:
        book.epoch = CALENDAR_MAC_1904
    sheet, column = book.active, HEADER.index(role)
    sheet.append(HEADER)
    for place, number in enumerate(NUMBERS):
        row: list = [f"A{place}", "2025-01-01", place + 0.5, "Online", "North", 1]
        row[column] = number
        sheet.append(row)
        sheet.cell(place + 2, column + 1).number_format = number_format
    return book


def main() -> None:
    for place, number_format in enumerate(FORMATS):
        for role in ("order_id", "order_date", "revenue", "channel", "value"):
            for date1904 in (False, True):
                workbook(number_format, role, date1904).save(Path(sys.argv[1]) / f"{place}_{role}_{1904 if date1904 else 1900}.xlsx")


if __name__ == "__main__":
    main()
