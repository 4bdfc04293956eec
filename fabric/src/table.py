"""## The table

What the readers of the formats give (`Grid`), and the table below its header (`Table`).
"""

from dataclasses import dataclass, field
from typing import cast

from names import column_letters, normalized_names
from values import Cell, as_text, has_value


@dataclass
class Grid:
    """The rows of a sheet, or of the only table of a file of another format. numbers[i] is the number of rows[i] in the file."""

    numbers: list[int]
    rows: list[list[Cell]]
    sheet: str | None = None
    hidden: set[int] = field(default_factory=set)  # places in rows
    formulas: list[tuple[int, int]] = field(default_factory=list)  # place in rows, column
    unsaved: set[tuple[int, int]] = field(default_factory=set)  # those of the formulas that have no saved value
    never_calculated: bool = False  # the workbook asks to be calculated, and does not say that it ever was
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # error cells, by place in rows and column
    total_rows: set[int] = field(default_factory=set)  # numbers of the rows that the workbook's tables declare as totals
    left_out: list[str] = field(default_factory=list)  # names of columns that are not read
    strange: set[tuple[int, int]] = field(default_factory=set)  # texts with bytes that are not of the file's encoding, by place and column


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
    """A grid below its header. cells[c][r] is the cell of column c and row r, row_numbers[r] that row's number in the file."""

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
    cells: list[list[Cell]] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # of the rows in the grid

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
        return cast("list[str]", self.grid.rows[self.places[row]])

    def texts(self, column: int) -> list[str | None]:
        """A text file's column: its fields are texts, or absent."""
        return cast("list[str | None]", self.cells[column])

    @property
    def formulas(self) -> list[Formulas]:
        """Cells with a formula, by column."""
        counts = [Formulas() for _ in self.names]
        grid, rows = self.grid, set(self.places)
        for place, column in grid.formulas:
            if place in rows and column < len(counts):
                found, row = counts[column], grid.rows[place]
                found.all += 1
                found.unsaved += (place, column) in grid.unsaved
                found.zero += column < len(row) and type(row[column]) is float and row[column] == 0
        return counts

    @property
    def hidden_rows(self) -> int:
        return len(self.grid.hidden.intersection(self.places)) if self.grid.hidden else 0

    def errors_of(self, column: int) -> dict[int, str]:
        """The error cells of a column by row."""
        if not self.grid.errors:
            return {}
        return {r: self.grid.errors[place, column] for r, place in enumerate(self.places) if (place, column) in self.grid.errors}


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
    table.header_row = grid.numbers[header]
    table.headers = headers_of(grid.rows[header])
    table.file_names = normalized_names(table.headers)
    table.names = list(table.file_names)
    width = len(table.headers)
    columns: list[list[Cell]] = [[] for _ in range(width)]
    for place in range(header + 1, len(grid.rows)):
        row = grid.rows[place]
        if grid.numbers[place] <= table.header_row or not any(map(has_value, row[:width])):
            continue
        table.places.append(place)
        table.row_numbers.append(grid.numbers[place])
        for column, cell in zip(columns, row):
            column.append(cell)
        for column in columns[len(row) :]:
            column.append(None)
    table.cells = columns
