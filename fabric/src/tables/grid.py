"""## The rows of a sheet

What the readers of the formats give: the cells of a sheet, or of the only table of a file, before its header is known.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, MutableSet, Sequence
from dataclasses import dataclass, field

import numpy as np

from columns import Column
from values import Cell, has_value

NAMES = -1


class CellMarks(MutableSet):
    """Cells by row place and column, used as a set of such pairs; kept as the places of each column in an array, and what was changed."""

    def __init__(self, places: dict[int, np.ndarray] | None = None):
        self._places = places or {}
        self._changed: dict[tuple[int, int], bool] = {}

    def __len__(self) -> int:
        return sum(len(self.places(column)) for column in self.columns)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for column in self.columns:
            for place in self.places(column).tolist():
                yield place, column

    def __contains__(self, cell: object) -> bool:
        assert isinstance(cell, tuple)
        if cell in self._changed:
            return self._changed[cell]
        places = self._places.get(cell[1])
        if places is None:
            return False
        at = int(np.searchsorted(places, cell[0]))
        return at < len(places) and bool(places[at] == cell[0])

    def add(self, cell: tuple[int, int]) -> None:
        self._changed[cell] = True

    def discard(self, cell: tuple[int, int]) -> None:
        self._changed[cell] = False

    def difference_update(self, cells: Iterable[tuple[int, int]]) -> None:
        self._changed.update(dict.fromkeys(cells, False))

    @property
    def columns(self) -> list[int]:
        """The columns that may have such cells."""
        return sorted({*self._places, *(column for _, column in self._changed)})

    def places(self, column: int) -> np.ndarray:
        """The rows' places of a column's cells (int64), in order."""
        changed = {place: there for (place, of), there in self._changed.items() if of == column}
        found = self._places.get(column, np.zeros(0, np.int64))
        if not changed:
            return found
        kept = found[~np.isin(found, list(changed))]
        return np.union1d(kept, np.array([place for place, there in changed.items() if there], np.int64))


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
    names: list[str] | None = None  # of the columns, where they stand in no row: at the place NAMES, with the number 0
    widths: np.ndarray | None = None  # int32; None: all rows are as wide as there are columns
    beyond: dict[int, list[Cell]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)  # places
    formulas: FormulaCells = field(default_factory=FormulaCells)
    never_calculated: bool = False  # the workbook asks to be calculated, and does not say that it ever was
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # error cells, by place and column
    total_rows: set[int] = field(default_factory=set)  # numbers of the rows that the workbook's tables declare as totals
    left_out: list[str] = field(default_factory=list)  # names of columns that are not read
    strange: CellMarks = field(default_factory=CellMarks)  # texts with bytes that are not of the file's encoding, by place and column

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
        """A row's cells, all of its fields in a text file; at the place NAMES the columns' names."""
        if place == NAMES:
            return list(self.names or [])
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
            if found.all():
                return found
            found |= column.filled
        if width is None or width > len(self.columns):
            last = None if width is None else width - len(self.columns)
            for place, fields in self.beyond.items():
                found[place] |= any(map(has_value, fields[:last]))
        return found

    def number(self, place: int) -> int:
        """The number in the file of the row at a place."""
        return 0 if place == NAMES else int(self.numbers[place])

    def place_of(self, number: int) -> int | None:
        """The place of the row with this number in the file; None where there is none."""
        places = np.flatnonzero(self.numbers == number)
        return int(places[0]) if len(places) else None

    def first_rows(self, most: int) -> list[int]:
        """The places of the first rows with a value."""
        named = [NAMES] if any(map(has_value, self.names or [])) else []
        return [*named, *np.flatnonzero(self.filled()).tolist()][:most]
