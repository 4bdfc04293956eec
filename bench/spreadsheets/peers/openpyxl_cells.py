"""Reads every cell of a workbook's first sheet with openpyxl."""

import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1], read_only=True)
print(f"rows={sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) - 1}")
