"""## Reading the import file

From the file's bytes to a `Table` (contract/RULES.md, Reading): the first visible sheet of a workbook, or a CSV.
"""

import csv
import io
import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from failure import RunFailed
from names import normalized_names
from values import Cell, as_text, trimmed

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Table:
    """What was read. cells[c][r] is the cell of column c and row r, row_numbers[r] that row's number in the file."""

    format: str  # xlsx or csv
    sheets: list[dict] = field(default_factory=list)
    sheet: str | None = None
    header_row: int = 0
    headers: list[str] = field(default_factory=list)  # as they stand in the file
    names: list[str] = field(default_factory=list)  # normalised
    cells: list[list[Cell]] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        return len(self.row_numbers)

    @property
    def is_csv(self) -> bool:
        return self.format == "csv"

    def column(self, name: str) -> list[Cell] | None:
        """The cells of the column with this normalised name; None where there is none."""
        return self.cells[self.names.index(name)] if name in self.names else None

    def address(self, name: str, row: int) -> str:
        """The address in the file, such as B17, of a row's cell in a column."""
        return f"{get_column_letter(self.names.index(name) + 1)}{self.row_numbers[row]}"


def read_table(name: str, data: bytes) -> Table:
    """Reads the bytes of an import file; the format is told by the content. Raises RunFailed with what is wrong."""
    if data.startswith(b"PK\x03\x04"):
        return read_workbook(name, data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise RunFailed(f"{name} is protected with a password or an old .xls workbook: save it as .xlsx without a password.")
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<html", b"<!doctype", b"<table")):
        raise RunFailed(f"{name} is a web page or XML file, no workbook: open it in Excel and save it as .xlsx.")
    return read_csv(name, data)


def read_workbook(name: str, data: bytes) -> Table:
    """Reads the first visible sheet of an .xlsx or .xlsm file."""
    table = Table(format="xlsx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which do not matter here
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, ParseError, OSError) as error:
            raise RunFailed(f"{name} can't be read as an Excel workbook: save it again as .xlsx and upload it again.") from error
        # A duration such as [h]:mm is a number of days, no date.
        getattr(book, "_date_formats", set()).difference_update(getattr(book, "_timedelta_formats", ()))
        table.sheets = [{"name": s.title, "hidden": s.sheet_state != "visible"} for s in book.worksheets]
        sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
        if sheet is None:
            raise RunFailed(f"{name} has no visible sheet with cells: show the one that holds the orders and upload the file again.")
        table.sheet = sheet.title
        sheet.reset_dimensions()  # the dimension in the file may be wrong; the cells are not
        number = 0
        try:
            fill(table, workbook_rows(sheet))
        except (ParseError, zipfile.BadZipFile, KeyError, ValueError, IndexError, EOFError, OSError) as error:
            number = table.row_numbers[-1] if table.row_numbers else 0
            raise RunFailed(f"{name} is damaged after row {number} of sheet {sheet.title}: save it again and upload it again.") from error
        finally:
            book.close()
    return table


def workbook_rows(sheet):
    """The sheet's rows from row 1 on, as lists of cells."""
    decoded: dict[str, str] = {}
    for row in sheet.iter_rows(values_only=True):
        cells = []
        for value in row:
            kind = type(value)
            if kind is str:
                if "_x" in value:
                    if value not in decoded:
                        decoded[value] = ESCAPED.sub(lambda m: chr(int(m[1], 16)), value)
                    value = decoded[value]
            elif kind is int:
                value = float(value)
            elif kind is datetime:
                value = whole_seconds(value)
                # A day without a time of day is a date; Excel keeps both as one number.
                if value.hour == value.minute == value.second == 0:
                    value = value.date()
            elif kind is time:  # a time of day alone has no day: it stays the fraction of a day that the file holds
                value = (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86400
            elif kind is timedelta:
                value = value.total_seconds() / 86400
            cells.append(value)
        yield cells


def whole_seconds(moment: datetime) -> datetime:
    """Rounded to the second: the fractions are what is left of a time as part of a double."""
    if moment.microsecond == 0:
        return moment
    return moment.replace(microsecond=0) + timedelta(seconds=1 if moment.microsecond >= 500000 else 0)


def read_csv(name: str, data: bytes) -> Table:
    """Reads a comma-separated UTF-8 file."""
    table = Table(format="csv")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RunFailed(f"{name} is neither a workbook nor UTF-8 text: save it as .xlsx or as CSV UTF-8.") from error
    if "\0" in text:
        raise RunFailed(f"{name} is neither a workbook nor a text file: save it as .xlsx or as CSV UTF-8.")
    csv.field_size_limit(max(len(text), 1))
    try:
        fill(table, csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        number = table.row_numbers[-1] if table.row_numbers else 0
        raise RunFailed(f"{name} can't be read as CSV after row {number}: save it again and upload it again.") from error
    return table


def fill(table: Table, rows) -> None:
    """Finds the header row and takes the rows below it that have a value under a header."""
    width = 0
    for number, row in enumerate(rows, start=1):
        if not width:
            width = max((i for i, cell in enumerate(row, start=1) if has_value(cell)), default=0)
            if width:
                table.header_row = number
                table.headers = [header_text(cell) for cell in row[:width]]
                table.names = normalized_names(table.headers)
                table.cells = [[] for _ in range(width)]
            continue
        if not any(map(has_value, row[:width])):
            continue
        table.row_numbers.append(number)
        for column, cell in zip(table.cells, row):
            column.append(cell)
        for column in table.cells[len(row) :]:
            column.append(None)


def has_value(cell: Cell) -> bool:
    """A text of blanks only is no value."""
    return cell is not None and (type(cell) is not str or trimmed(cell) is not None)


def header_text(cell: Cell) -> str:
    """A header as it stands in the file."""
    if type(cell) is str:
        return cell
    return as_text(cell) or ""
