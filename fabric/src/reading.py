"""## Reading the import file

From the file's bytes to a `Table` (contract/RULES.md, Reading): the first visible sheet of a workbook, a text file, or Parquet.
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
import pyarrow
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from columnar import Columns
from dialect import decoded, delimiter_of, separated
from failure import RunFailed
from inspection import package_facts, sheet_facts
from names import normalized_names
from values import Cell, as_text, trimmed

# A number format that shows a time of day and no day, without what stands in quotes, brackets or behind a backslash.
ONLY_TIME = re.compile(r"[hms:. 0/apAP;@]*[hs][hms:. 0/apAP;@]*|[hms:. 0;@]*(?:AM/PM|am/pm|A/P)[;@]*", re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')

# Names of the format General in other languages, which some programs write.
GENERAL = re.compile(r"(?:standard|standaard|est[áa]ndar|yleinen|všeobecný|obecný|normál|allmänt|általános|ogólny|algemeen)", re.IGNORECASE)

RAGGED_NAMED = 5  # rows of each kind that are named

ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Table:
    """What was read. cells[c][r] is the cell of column c and row r, row_numbers[r] that row's number in the file."""

    format: str  # xlsx, xlsm, csv or parquet
    text: dict | None = None  # how a text file is written, and which of its rows don't fit the header
    sheets: list[dict] = field(default_factory=list)
    sheet: str | None = None
    header_row: int = 0
    headers: list[str] = field(default_factory=list)  # as they stand in the file
    names: list[str] = field(default_factory=list)  # normalised
    cells: list[list[Cell]] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)  # cells with a formula, by column
    hidden_rows: int = 0
    macros: bool = False
    external_links: int = 0
    left_out_columns: list[str] = field(default_factory=list)  # of a Parquet file, with lists or records
    # Cells that are more than their values tell, by column from 0 and the row's number in the file.
    error_cells: dict[tuple[int, int], str] = field(default_factory=dict)
    times: dict[tuple[int, int], time] = field(default_factory=dict)

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
    if data.startswith(b"PAR1"):
        return read_parquet(name, data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise RunFailed(f"{name} is protected with a password or an old .xls workbook: save it as .xlsx without a password.")
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<html", b"<!doctype", b"<table")):
        raise RunFailed(f"{name} is a web page or XML file, no workbook: open it in Excel and save it as .xlsx.")
    return read_csv(name, data)


def read_workbook(name: str, data: bytes) -> Table:
    """Reads the first visible sheet of an .xlsx or .xlsm file; macros are never run."""
    table = Table(format="xlsx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which do not matter here
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            vars(table).update(package_facts(data))
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, ParseError, OSError) as error:
            raise RunFailed(f"{name} can't be read as an Excel workbook: save it again as .xlsx and upload it again.") from error
        table.format = "xlsm" if table.macros else "xlsx"
        # A duration such as [h]:mm is a number of days, no date; nor is the format General, whatever it is called.
        dates = set(getattr(book, "_date_formats", ())) - set(getattr(book, "_timedelta_formats", ()))
        book._date_formats = {style for style in dates if not GENERAL.match(format_code(book, style))}
        sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
        if sheet is None:
            raise RunFailed(f"{name} has no visible sheet with cells: show the one that holds the orders and upload the file again.")
        table.sheet = sheet.title
        number = 0
        try:
            table.sheets = [{"name": s.title, "hidden": s.sheet_state != "visible", "has_data": has_data(s)} for s in book.worksheets]
            sheet.reset_dimensions()  # the dimension in the file may be wrong; the cells are not
            fill(table, workbook_rows(sheet, table))
            formulas, hidden = sheet_facts(data, sheet._worksheet_path)
        except (ParseError, zipfile.BadZipFile, KeyError, ValueError, IndexError, EOFError, OSError) as error:
            number = table.row_numbers[-1] if table.row_numbers else 0
            raise RunFailed(f"{name} is damaged after row {number} of sheet {sheet.title}: save it again and upload it again.") from error
        finally:
            book.close()
    rows = set(table.row_numbers)
    table.hidden_rows = len(rows & hidden)
    table.formulas = [sum(r in rows for r in formulas.get(get_column_letter(c + 1), ())) for c in range(len(table.names))]
    return table


def format_code(book, style: int) -> str:
    """The code of a cell format's own number format; "" for a built-in one."""
    number = book._cell_styles[style].numFmtId - 164
    return book._number_formats[number] if number >= 0 else ""


def has_data(sheet) -> bool:
    """Whether at least one cell has a value."""
    return any(has_value(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def workbook_rows(sheet, table: Table):
    """The sheet's rows from row 1 on, as lists of cells. Error cells and times of day are noted in the table by their places."""
    decoded_texts: dict[str, str] = {}
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = []
        for place, cell in enumerate(row):
            value = cell.value
            kind = type(value)
            if kind is str:
                if "_x" in value:
                    if value not in decoded_texts:
                        decoded_texts[value] = ESCAPED.sub(lambda m: chr(int(m[1], 16)), value).replace("\r\n", "\n")
                    value = decoded_texts[value]
                if cell.data_type == "e":
                    table.error_cells[(place, number)] = value
            elif kind is int:
                value = float(value)
            elif kind is datetime:
                value = whole_seconds(value)
                # A day without a time of day is a date; Excel keeps both as one number.
                if value.hour == value.minute == value.second == 0:
                    value = value.date()
            elif kind is time:  # a time of day alone has no day: it stays the fraction of a day that the file holds
                if ONLY_TIME.fullmatch(QUOTED.sub("", cell.number_format)):
                    table.times[(place, number)] = whole_second(value)
                value = (value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6) / 86400
            elif kind is timedelta:
                value = value.total_seconds() / 86400
            cells.append(value)
        yield cells


def whole_second(moment: time) -> time:
    """Rounded to the second, within the day."""
    if moment.microsecond < 500000 or moment.replace(microsecond=0) == time(23, 59, 59):
        return moment.replace(microsecond=0)
    return (datetime.combine(date.min, moment.replace(microsecond=0)) + timedelta(seconds=1)).time()


def whole_seconds(moment: datetime) -> datetime:
    """Rounded to the second within the day: the fractions are what is left of a time as part of a double."""
    return datetime.combine(moment.date(), whole_second(moment.time())) if moment.microsecond else moment


def read_csv(name: str, data: bytes) -> Table:
    """Reads a text file; its encoding and delimiter are found."""
    table = Table(format="csv")
    whole, encoding = decoded(name, data)
    text, delimiter = separated(whole)
    delimiter = delimiter or delimiter_of(text, len(data), encoding)
    table.text = {"encoding": encoding, "delimiter": delimiter, "short_rows": {"count": 0, "rows": []}, "long_rows": {"count": 0, "rows": []}}
    csv.field_size_limit(max(len(text), 1))
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        fill(table, ragged_noted(table, ([field.replace("\r\n", "\n") for field in row] for row in rows)))
    except csv.Error as error:
        number = table.row_numbers[-1] if table.row_numbers else 0
        raise RunFailed(f"{name} can't be read as CSV after row {number}: save it again and upload it again.") from error
    table.formulas = [0] * len(table.names)
    return table


def ragged_noted(table: Table, rows):
    """Hands the rows on and notes those below the header that don't fit it (contract/RULES.md, Text files)."""
    assert table.text is not None
    for number, row in enumerate(rows, start=1):
        width = len(table.names)  # 0 until the header was found, which is when the row is handed on
        if width and len(row) < width and any(map(has_value, row)):
            note_ragged(table.text["short_rows"], number)
        elif width and any(map(has_value, row[width:])):
            note_ragged(table.text["long_rows"], number)
        yield row


def note_ragged(found: dict, number: int) -> None:
    """Counts a row and keeps the numbers of the first ones."""
    found["count"] += 1
    if len(found["rows"]) < RAGGED_NAMED:
        found["rows"].append(number)


def read_parquet(name: str, data: bytes) -> Table:
    """Reads a Parquet file; its columns have types, so that a text is meant as one."""
    table = Table(format="parquet")
    try:
        content = Columns(data)
    except (pyarrow.ArrowException, ValueError, OSError) as error:
        raise RunFailed(f"{name} can't be read as a Parquet file: write it again and upload it again.") from error
    table.headers, table.left_out_columns = content.headers, content.left_out
    table.names = normalized_names(table.headers)
    rows = [r for r in range(content.rows) if any(has_value(column[r]) for column in content.cells)]
    table.cells = [[column[r] for r in rows] for column in content.cells]
    table.row_numbers = [r + 1 for r in rows]  # the names stand in no row of the file
    table.error_cells = {(column, row + 1): text for (column, row), text in content.errors.items()}
    table.formulas = [0] * len(table.names)
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
