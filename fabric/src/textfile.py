"""## Reading a text file

From bytes to rows of fields: encoding, delimiter and quotes, and which rows don't fit the header (contract/RULES.md, Text files).
"""

import csv
import io
import re

import numpy as np

from dialect import decoded, delimiter_of, separated
from failure import RunFailed
from grid import Grid
from quoting import StrayQuote, escaped_rows
from table import Table
from values import has_value

RAGGED_NAMED = 5  # rows of each kind that are named
SURROGATES = re.compile("[\udc80-\udcff]")


def read_text(name: str, data: bytes, options: dict) -> tuple[Grid, dict, int]:
    """The rows of a text file, how it is written, and how many quotes stand behind a backslash where that was found."""
    whole, encoding = decoded(name, data, options.get("encoding"))
    given = options.get("delimiter")
    text, named = separated(whole, given)
    quoting = options.get("quoting")
    delimiter = given or named or delimiter_of(text, len(data), encoding, quoting or "double")
    rows, found = split(name, text, delimiter, quoting)
    strange = put_right(rows) if encoding.startswith("utf-8") and SURROGATES.search(text) else set()
    grid = Grid.of_rows(range(1, len(rows) + 1), rows, strange=strange)
    form = {"encoding": encoding, "delimiter": delimiter, "quoting": found}
    return grid, form, text.count('\\"') if found == "backslash" and quoting is None else 0


def split(name: str, text: str, delimiter: str, quoting: str | None) -> tuple[list, str]:
    """The records, and the quoting by which they were found."""
    csv.field_size_limit(max(len(text), 1))
    if quoting == "none":
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)), quoting
    row = 0
    if quoting != "backslash":
        try:
            if not spaced_quotes(text, delimiter):
                reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
                return [[field.replace("\r\n", "\n") for field in record] if "\r\n" in "".join(record) else record for record in reader], "double"
        except csv.Error:
            pass
        try:
            return list(escaped_rows(text, delimiter, escaped=False)), "double"
        except StrayQuote as error:
            row = error.row
    if (quoting != "double" and '\\"' in text) or quoting == "backslash":
        try:
            return list(escaped_rows(text, delimiter)), "backslash"
        except StrayQuote as error:
            row = row or error.row
    raise RunFailed(f"{name} can't be read as CSV after row {row - 1}: a quoted text has no end, or goes on behind it. Save it again and upload it again.")


def spaced_quotes(text: str, delimiter: str) -> bool:
    """Whether a quote may stand behind blanks at the beginning of a field."""
    blanks = "".join(c for c in " \t" if c != delimiter)
    return any(f'{blank}"' in text for blank in blanks) and re.search(f'(?:^|[\r\n]|{re.escape(delimiter)})[{blanks}]+"', text) is not None


def put_right(rows: list[list]) -> set[tuple[int, int]]:
    """Reads bytes that are none of UTF-8 as Windows-1252, one by one, and says where they stand."""
    strange = set()
    for place, row in enumerate(rows):
        for column, field in enumerate(row):
            if isinstance(field, str) and SURROGATES.search(field):
                strange.add((place, column))
                row[column] = SURROGATES.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), field)
    return strange


def note_ragged(table: Table) -> None:
    """Notes the rows below the header that don't fit it: shorter, or with a value behind the last column."""
    grid, width = table.grid, len(table.headers)
    assert grid.widths is not None
    below = grid.numbers > table.header_row
    short = below & (grid.widths < width) & grid.filled()
    long = [place for place in np.flatnonzero(below & (grid.widths > width)).tolist() if any(map(has_value, grid.row(place)[width:]))]
    table.text |= {"short_rows": ragged(grid.numbers[short].tolist()), "long_rows": ragged(grid.numbers[long].tolist()), "shifted_rows": ragged([])}


def ragged(rows: list[int]) -> dict:
    """A count of rows with the first ones."""
    return {"count": len(rows), "rows": rows[:RAGGED_NAMED]}
