"""## Reading a text file

From bytes to columns of fields: encoding, delimiter and quotes, and which rows don't fit the header (contract/RULES.md, Text files).
"""

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from content import CHUNK, Content
from dialect import HEAD, delimiter_of, encoding_of, separated
from failure import RunFailed
from grid import Grid
from quoting import Records, StrayQuote
from table import Table
from textblocks import MOST_RECORD, TextForm, blocks_of
from textcolumns import Gathering
from textfields import MOST_TEXT_COLUMNS, Part, TooManyColumns, text_part
from values import has_value

RAGGED_NAMED = 5  # rows of each kind that are named
MOST_WORKERS = 4


def read_text(name: str, content: Content, options: dict) -> tuple[Grid, dict, int]:
    """The rows of a text file, how it is written, and how many quotes stand behind a backslash where that was found."""
    given, quoting = options.get("delimiter"), options.get("quoting")
    encoding = encoding_of(name, content, options.get("encoding"))
    whole = encoding.head(content, 2 * HEAD + 64)
    text, named = separated(whole, given)
    delimiter = given or named or delimiter_of(text, content.size, encoding.name, quoting or "double")
    skipped = whole[: len(whole) - len(text)].encode("utf-8", "surrogateescape")
    form = TextForm(encoding, delimiter, len(skipped))
    grid, found = split(name, content, form, quoting)
    written = {"encoding": encoding.name, "delimiter": delimiter, "quoting": found}
    return grid, written, escaped_quotes(content, form) if found == "backslash" and quoting is None else 0


def split(name: str, content: Content, form: TextForm, quoting: str | None) -> tuple[Grid, str]:
    """The records, and the quoting by which they were found."""
    first: StrayQuote | None = None
    for way in ("double", "backslash") if quoting is None else (quoting,):
        if first is not None and not escaped_quotes(content, form):
            break
        try:
            return gathered(content, form, way), way
        except StrayQuote as error:
            first = first or error
        except TooManyColumns as error:
            reason = f"the next one has more than {MOST_TEXT_COLUMNS:,} columns. Check what separates its columns, save it again and upload it again."
            raise RunFailed(f"{name} can't be read as CSV after row {error.row - 1}: {reason}") from error
    assert first is not None
    reason = "a quoted text has no end, or goes on behind it. Save it again and upload it again."
    if first.long:
        reason = f"the next one does not end within {MOST_RECORD >> 20} MB. Check that each quotation mark has its counterpart, save it again and upload it again."
    raise RunFailed(f"{name} can't be read as CSV after row {first.row - 1}: {reason}") from first


def escaped_quotes(content: Content, form: TextForm) -> int:
    """How many quotes stand behind a backslash."""
    count, last = 0, b""
    for piece in form.encoding.in_utf8(content, CHUNK):
        count += (last + piece).count(b'\\"')
        last = piece[-1:]
    return count


def gathered(content: Content, form: TextForm, quoting: str) -> Grid:
    """The columns of a text. Blocks are split by several workers, in turn, so that few are in memory. Raises StrayQuote and TooManyColumns."""
    gathering = Gathering(form)
    records = Records(form.mark, escaped=quoting == "backslash", plain=quoting == "none")
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    waiting: deque[Future[Part]] = deque()

    def take() -> None:
        try:
            gathering.add(waiting.popleft().result())
        except TooManyColumns as error:
            raise TooManyColumns(gathering.rows + error.row) from error

    with ThreadPoolExecutor(workers) as pool:
        try:
            for block in blocks_of(content, form, quoting):
                waiting.append(pool.submit(text_part, block, form, records))
                if len(waiting) > workers:
                    take()
        except StrayQuote as error:
            while waiting:
                take()
            raise StrayQuote(gathering.rows + error.row, error.long) from error
        while waiting:
            take()
    return gathering.grid()


def note_ragged(table: Table) -> None:
    """Notes the rows below the header that don't fit it: shorter, or with a value behind the last column."""
    grid, width = table.grid, len(table.headers)
    assert grid.widths is not None
    below = grid.numbers > table.header_row
    short, long = (filled_rows(grid, np.flatnonzero(below & odd), start) for odd, start in ((grid.widths < width, 0), (grid.widths > width, width)))
    table.text |= {"short_rows": ragged(grid.numbers[short].tolist()), "long_rows": ragged(grid.numbers[long].tolist()), "shifted_rows": ragged([])}


def filled_rows(grid: Grid, places: np.ndarray, start: int) -> np.ndarray:
    """Those of some rows that have a value in a column from start on."""
    if not len(places):
        return places
    found = np.zeros(len(places), bool)
    for column in grid.columns[start:]:
        found |= column.take(places).filled
    if grid.beyond:
        found |= np.array([any(map(has_value, grid.beyond.get(place, ())[max(start - len(grid.columns), 0) :])) for place in places.tolist()], bool)
    return places[found]


def ragged(rows: list[int], more: int = 0) -> dict:
    """A count of rows with the first ones; more is how many others there are."""
    return {"count": len(rows) + more, "rows": rows[:RAGGED_NAMED]}
