"""## The table of a part

A part of an input is read by the same readers as a whole file, below the header that the whole input has.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow

from columnar import ParquetContent
from content import Content
from failure import RunFailed
from forms import Forms
from grid import Grid
from inputparts import Input, InputPart
from quoting import StrayQuote
from survey import Survey
from table import Table, headers_of
from textblocks import MOST_RECORD
from textfields import MOST_TEXT_COLUMNS, TooManyColumns
from textfile import gathered

HEAD_BYTES = 1 << 22  # of a text, in which its header stands


@dataclass
class Layout:
    """What all parts of an input share, as far as it is found: how they are read, the header, and where the rows of each part stand."""

    input: Input
    options: dict
    header_row: int = 0
    headers: list[str] = field(default_factory=list)
    file_names: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    roles: dict[str, int] = field(default_factory=dict)
    offsets: list[int] = field(default_factory=list)  # by file: what makes a row's number of its place in the file
    starts: list[int] = field(default_factory=list)  # by part: the rows of the table before it; one more at the end

    @property
    def rows(self) -> int:
        """All rows of the table."""
        return self.starts[-1]

    @property
    def text(self) -> dict:
        form = self.input.form
        return {} if form is None else {"encoding": form.encoding.name, "delimiter": form.delimiter, "quoting": self.input.quoting}

    def table(self) -> Table:
        """The table without its rows."""
        found = Table(self.input.format, Grid.of_rows([], []), text=self.text, left_out_columns=list(self.input.left_out))
        self.head(found)
        return found

    def head(self, table: Table) -> None:
        table.header_row, table.headers = self.header_row, list(self.headers)
        table.file_names, table.names = list(self.file_names), list(self.names)

    def last(self, place: int) -> int:
        """How many rows of a part are data: the last ones of all may be said to be none."""
        count = self.starts[place + 1] - self.starts[place]
        return min(max(self.rows - self.options.get("end_rows", 0) - self.starts[place], 0), count)


class PartFailed(Exception):
    """A part can't be read. row counts in the part from 1, and is the last one that could be read; reason goes on behind it."""

    def __init__(self, row: int, reason: str):
        super().__init__(reason)
        self.row, self.reason = row, reason


def part_grid(layout: Layout, part: InputPart) -> Grid:
    """The rows of a part, numbered as they are in their file. Raises PartFailed and RunFailed."""
    file = layout.input.files[part.file]
    file.check()
    content = Content(Path(file.path))
    if layout.input.format == "parquet":
        try:
            found = ParquetContent(content, range(part.start, part.stop))
        except (pyarrow.ArrowException, ValueError, IndexError, RecursionError, OSError, MemoryError) as error:
            where = f"% can't be read as a Parquet file in its row groups {part.start + 1} to {part.stop}"
            raise layout.input.error(part.file, f"{where}: write it again and upload it again.") from error
        numbers = np.arange(part.before + 1, part.before + found.rows + 1)
        return Grid(numbers, found.columns, names=found.headers, errors=found.errors, left_out=found.left_out)
    form = layout.input.form
    assert form is not None
    with content.open() as opened:
        opened.seek(part.start)
        data = opened.read(part.stop - part.start)
    # What is skipped at the file's beginning is no part of the bytes.
    form = replace(form, encoding=replace(layout.input.encodings[part.file], mark=0), skipped=0)
    try:
        grid = gathered(Content(data), form, layout.input.quoting)
    except StrayQuote as error:
        reason = "a quoted text has no end, or goes on behind it. Save it again and upload it again."
        if error.long:
            reason = f"the next one does not end within {MOST_RECORD >> 20} MB. Check that each quotation mark has its counterpart, save it again and upload it again."
        raise PartFailed(error.row - 1, reason) from error
    except TooManyColumns as error:
        reason = f"the next one has more than {MOST_TEXT_COLUMNS:,} columns. Check what separates its columns, save it again and upload it again."
        raise PartFailed(error.row - 1, reason) from error
    grid.numbers = grid.numbers + part.before
    return grid


def part_table(layout: Layout, part: InputPart) -> Table:
    """The rows of a part below the header. Raises PartFailed, and RunFailed for another header than that of the first file."""
    grid = part_grid(layout, part)
    table = layout.table()
    table.grid = grid
    if part.file and part.before <= layout.header_row and not part.before:
        check_header(layout, part, grid)
    below = grid.numbers > layout.header_row
    grid.widen(len(layout.headers))
    table.places = np.flatnonzero(grid.filled(len(layout.headers)) & below)
    # The header of a later file is no row of the input's, and has no number in it.
    grid.numbers = np.where(below, grid.numbers + layout.offsets[part.file], grid.numbers if part.file == 0 else 0)
    table.row_numbers = grid.numbers[table.places]
    table.columns = [column.take(table.places) for column in grid.columns[: len(layout.headers)]]
    return table


def check_header(layout: Layout, part: InputPart, grid: Grid) -> None:
    """Raises RunFailed where the header of a later file is another one."""
    if layout.input.format == "parquet":
        return  # told with the row groups
    place = grid.place_of(layout.header_row)
    headers = [] if place is None else headers_of(grid.row(place))
    if headers != layout.headers:
        first = layout.input.files[0].name
        raise layout.input.error(part.file, f"% has no header as {first} has in row {layout.header_row}: all files of a folder must have the same columns in the same order.")


def part_survey(layout: Layout, table: Table, forms: Forms) -> Survey:
    """How a part is read."""
    return Survey(table, layout.options, forms, layout.roles)


class HeadSource:
    """The beginning of an input's first file in the place of a whole one, to find the header in it."""

    def __init__(self, layout: Layout):
        self.layout, self.name, self.book = layout, layout.input.name, None
        self.format = layout.input.format

    def table(self, _sheet: str | None) -> Table:
        part = self.layout.input.parts[0]
        if self.format == "parquet":
            grid = Grid(np.zeros(0, np.int64), [], names=list(self.layout.input.names), left_out=list(self.layout.input.left_out))
        else:
            later = [each.start for each in self.layout.input.parts if each.file == 0 and each.start >= part.start + HEAD_BYTES]
            stop = later[0] if later else max(each.stop for each in self.layout.input.parts if each.file == 0)
            try:
                grid = part_grid(self.layout, replace(part, stop=stop))
            except PartFailed as error:
                raise failure_of(self.layout.input, part, error) from error
        return Table(self.format, grid, left_out_columns=grid.left_out, text=self.layout.text)


def failure_of(found: Input, part: InputPart, error: PartFailed) -> RunFailed:
    """What is said of a part that can't be read: its file, and the row in it."""
    return found.error(part.file, f"% can't be read as CSV after row {part.before + error.row}: {error.reason}")
