"""## The rows of a sheet

What the readers of the formats give: the cells of a sheet, or of the only table of a file, before its header is known.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from columns import Column
from values import Cell, has_value


@dataclass(frozen=True, eq=False)
class FormulaCells:
    """The cells with a formula."""

    places: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))  # of their rows
    columns: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    unsaved: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # which of them have no saved value

    def __len__(self) -> int:
        return len(self.places)

    @staticmethod
    def joined(parts: Sequence["FormulaCells"]) -> "FormulaCells":
        parts = [FormulaCells(), *parts]
        return FormulaCells(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("places", "columns", "unsaved")))


@dataclass
class Grid:
    """The cells by column. numbers[i] is the number in the file of the row at place i; widths[i] how many fields it has in a text
    file. Fields behind the columns, of rows that have more than most, are in beyond, by the row's place."""

    numbers: np.ndarray  # int64
    columns: list[Column]
    sheet: str | None = None
    widths: np.ndarray | None = None  # int32; None: all rows are as wide as there are columns
    beyond: dict[int, list[Cell]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)  # places
    formulas: FormulaCells = field(default_factory=FormulaCells)
    never_calculated: bool = False  # the workbook asks to be calculated, and does not say that it ever was
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # error cells, by place and column
    total_rows: set[int] = field(default_factory=set)  # numbers of the rows that the workbook's tables declare as totals
    left_out: list[str] = field(default_factory=list)  # names of columns that are not read
    strange: set[tuple[int, int]] = field(default_factory=set)  # texts with bytes that are not of the file's encoding, by place and column

    @staticmethod
    def of_rows(numbers: Sequence[int], rows: list[list[Cell]], **facts) -> "Grid":
        """A grid of rows, one by one: for few rows."""
        lengths = [len(row) for row in rows]
        usual = Counter(lengths)
        width = max(lengths, default=0)
        if width * len(rows) > 4 * sum(lengths):  # a few rows are much wider than the others
            width = max(usual, key=lambda n: (usual[n], n))
        columns = [Column.of(row[c] if c < len(row) else None for row in rows) for c in range(width)]
        beyond = {place: row[width:] for place, row in enumerate(rows) if len(row) > width}
        return Grid(np.array(numbers, np.int64), columns, widths=np.array(lengths, np.int32), beyond=beyond, **facts)

    def __len__(self) -> int:
        return len(self.numbers)

    def row(self, place: int) -> list[Cell]:
        """A row's cells, all of its fields in a text file."""
        width = len(self.columns) if self.widths is None else int(self.widths[place])
        return [column.cell(place) for column in self.columns[:width]] + self.beyond.get(place, [])

    def widen(self, width: int) -> None:
        """Makes columns of the first fields behind the others, so that there are so many."""
        missing = width - len(self.columns)
        for place in range(missing):
            cells = [fields[place] if (fields := self.beyond.get(row)) is not None and place < len(fields) else None for row in range(len(self))]
            self.columns.append(Column.of(cells))
        if missing > 0:
            self.beyond = {row: fields[missing:] for row, fields in self.beyond.items() if len(fields) > missing}

    def filled(self, width: int | None = None) -> np.ndarray:
        """Which rows have a value in the first columns; in any field where no number of columns is said."""
        found = np.zeros(len(self), bool)
        for column in self.columns[:width]:
            found |= column.filled
        if width is None or width > len(self.columns):
            last = None if width is None else width - len(self.columns)
            for place, fields in self.beyond.items():
                found[place] |= any(map(has_value, fields[:last]))
        return found

    def place_of(self, number: int) -> int | None:
        """The place of the row with this number in the file; None where there is none."""
        places = np.flatnonzero(self.numbers == number)
        return int(places[0]) if len(places) else None

    def first_rows(self, most: int) -> list[int]:
        """The places of the first rows with a value."""
        return np.flatnonzero(self.filled())[:most].tolist()
