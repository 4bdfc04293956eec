"""## The table

The rows below a header.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np

from columns import NUMBER, Column
from grid import Grid
from names import column_letters, normalized_names
from values import Cell, as_text, has_value


@dataclass
class Formulas:
    """A column's formulas, those of them without a saved value, and those whose value is the number 0."""

    all: int = 0
    unsaved: int = 0
    zero: int = 0

    def uncached(self, never_calculated: bool) -> int:
        """How many were never calculated, in a workbook that was never calculated as a whole or may have been."""
        return self.all if never_calculated and self.all == self.zero + self.unsaved else self.unsaved


@dataclass
class Table:
    """A grid below its header. row_numbers[r] is the number in the file of row r of the columns, places[r] its place in the grid."""

    format: str  # xlsx, xlsm, csv or parquet
    grid: Grid
    text: dict = field(default_factory=dict)  # how a text file is written, and which of its rows don't fit the header; empty for others
    sheets: list[dict] = field(default_factory=list)
    sheet: str | None = None
    macros: bool = False
    external_links: int = 0
    left_out_columns: list[str] = field(default_factory=list)  # of a Parquet file, with lists or records
    header_row: int = 0
    headers: list[str] = field(default_factory=list)  # as they stand in the file
    file_names: list[str] = field(default_factory=list)  # normalised
    names: list[str] = field(default_factory=list)  # normalised, columns with a role under the role's name
    columns: list[Column] = field(default_factory=list)
    row_numbers: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    places: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    _cells: list[list[Cell]] | None = None

    @property
    def row_count(self) -> int:
        return len(self.row_numbers)

    @property
    def is_csv(self) -> bool:
        return self.format == "csv"

    @property
    def is_workbook(self) -> bool:
        return self.format in ("xlsx", "xlsm")

    def index(self, name: str) -> int | None:
        """The place of the column with this name; None where there is none."""
        return self.names.index(name) if name in self.names else None

    @property
    def cells(self) -> list[list[Cell]]:
        """cells[c][r] is the cell of column c and row r. Only for what does not work on columns yet."""
        if self._cells is None:
            self._cells = [column.cells() for column in self.columns]
        return self._cells

    def replace(self, column: int, cells: dict[int, Cell]) -> None:
        """Puts other cells into some rows of a column."""
        self.columns[column] = self.columns[column].replaced(cells)
        self._cells = None

    def column(self, name: str) -> list[Cell] | None:
        """The cells of the column with this name; None where there is none."""
        place = self.index(name)
        return None if place is None else self.cells[place]

    def address(self, column: int, row: int) -> str:
        """The address in the file, such as B17, of a row's cell."""
        return f"{column_letters(column)}{self.row_numbers[row]}"

    def header_address(self, column: int) -> str:
        return f"{column_letters(column)}{self.header_row}"

    def fields(self, row: int) -> list[str]:
        """All fields of a text file's row, also those behind the last column, as they stand in the file."""
        return cast("list[str]", self.grid.row(int(self.places[row])))

    def texts(self, column: int) -> list[str | None]:
        """A text file's column: its fields are texts, or absent."""
        return cast("list[str | None]", self.cells[column])

    def rows_at(self, places: np.ndarray) -> np.ndarray:
        """The rows that stand at places of the grid, -1 for a place that is no row of the table."""
        if len(self.places) == 0:
            return np.full(len(places), -1, np.int64)
        rows = np.minimum(np.searchsorted(self.places, places), len(self.places) - 1)
        return np.where(self.places[rows] == places, rows, -1)

    @property
    def formulas(self) -> list[Formulas]:
        """Cells with a formula, by column."""
        counts = [Formulas() for _ in self.names]
        grid, formulas = self.grid, self.grid.formulas
        if not len(formulas):
            return counts
        taken = np.zeros(len(grid), bool)
        taken[self.places] = True
        taken = taken[formulas.places]
        for column in np.unique(formulas.columns[taken & (formulas.columns < len(counts))]).tolist():
            which = taken & (formulas.columns == column)
            places, cells = formulas.places[which], grid.columns[column]
            zero = 0 if cells.numbers is None else np.count_nonzero((cells.kinds[places] == NUMBER) & (cells.numbers[places] == 0))
            counts[column] = Formulas(len(places), int(np.count_nonzero(formulas.unsaved[which])), int(zero))
        return counts

    @property
    def hidden_rows(self) -> int:
        hidden = self.grid.hidden
        return int(np.count_nonzero(self.rows_at(np.fromiter(hidden, np.int64, len(hidden))) >= 0))

    def errors_of(self, column: int) -> dict[int, str]:
        """The error cells of a column by row, in the order of the rows."""
        return self._errors.get(column, {})

    @cached_property
    def _errors(self) -> dict[int, dict[int, str]]:
        """The error cells by column and row."""
        found: dict[int, dict[int, str]] = {}
        rows = self.rows_at(addresses(self.grid.errors)[:, 0]).tolist()
        for row, ((_, column), text) in sorted(zip(rows, self.grid.errors.items())):
            if row >= 0:
                found.setdefault(column, {})[row] = text
        return found


def addresses(cells: Collection[tuple[int, int]]) -> np.ndarray:
    """Places and columns of a grid's cells as int64, two for each cell."""
    return np.array(list(cells), np.int64).reshape(-1, 2)


def header_width(row: list[Cell]) -> int:
    """The columns from A to the last one with a value."""
    return max((i for i, cell in enumerate(row, start=1) if has_value(cell)), default=0)


MOST_NAME = 255  # characters of a header's cell that are a name


def headers_of(row: list[Cell]) -> list[str]:
    """The headers of a row as they stand in the file; of a longer one than a name may be, its beginning."""
    return [(cell if type(cell) is str else as_text(cell) or "")[:MOST_NAME] for cell in row[: header_width(row)]]


def take_rows(table: Table, header: int) -> None:
    """Makes the row at a place of the grid the header, and takes the rows behind it that have a value under it."""
    grid = table.grid
    row = grid.row(header)
    table.header_row = grid.number(header)
    table.headers = headers_of(row)
    table.file_names = normalized_names(table.headers)
    table.names = list(table.file_names)
    grid.widen(len(table.headers))
    behind = grid.filled(len(table.headers)) & (grid.numbers > table.header_row)
    behind[: header + 1] = False
    table.places = np.flatnonzero(behind)
    table.row_numbers = grid.numbers[table.places]
    table.columns = [column.take(table.places) for column in grid.columns[: len(table.headers)]]
