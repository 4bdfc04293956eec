"""## A sheet's columns

Cells as they were read, row after row, put together to columns of arrays.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import NO_TEXTS, NULL, TEXT, Column, number_of
from grid import FormulaCells
from package import Damage
from values import Cell

SPLIT = 512  # columns whose cells are kept apart from the beginning
MOST_CELLS, MOST_BEYOND = 1 << 31, 1 << 24  # places for cells, empty ones included: in columns, and one by one
FEW_ROWS = 1 << 22  # such places, that are always there
REMEMBERED_TEXTS = 1 << 16


class Texts:
    """Texts by number: those of the workbook's table, and behind them those that stand in the cells, some of them more than once."""

    def __init__(self, shared: pa.Array):
        self.arrays = [shared]
        self.count = len(shared)
        self.codes: dict[str, int] = {}
        self.single: list[str] = []

    def code(self, text: str) -> int:
        """The number of a text."""
        found = self.codes.get(text)
        if found is None:
            if len(self.codes) >= REMEMBERED_TEXTS:
                self.codes.clear()
            found = self.codes[text] = self.count
            self.single.append(text)
            self.count += 1
        return found

    def add(self, texts: pa.Array) -> int:
        """The number of the first of some texts."""
        self.gather()
        first = self.count
        self.arrays.append(texts)
        self.count += len(texts)
        return first

    def gather(self) -> None:
        if self.single:
            self.arrays.append(pa.array(self.single, pa.large_string()))
            self.single = []

    def all(self) -> pa.Array:
        """All texts by their numbers."""
        self.gather()
        if len(self.arrays) > 1:
            self.arrays = [pa.concat_arrays(self.arrays)]
        return self.arrays[0]


class Cells:
    """Some cells of one column; numbers and codes only where a cell has some."""

    def __init__(self, rows: np.ndarray, kinds: np.ndarray, numbers: np.ndarray, codes: np.ndarray):
        self.count = len(rows)
        first, last = int(rows[0]), int(rows[-1])
        self.rows: np.ndarray | slice = slice(first, last + 1) if last - first + 1 == len(rows) else rows.astype(np.int32)
        same = bool((kinds == kinds[0]).all())
        self.kinds: np.ndarray | int = int(kinds[0]) if same else kinds.copy()
        self.numbers = None if same and kinds[0] == TEXT else numbers.copy()
        self.codes = None if same and kinds[0] != TEXT else codes.copy()


class SheetColumns:
    """The cells of a sheet, as far as they were read. A row's place counts the rows that the sheet has, its number is that of the spreadsheet."""

    def __init__(self, shared: pa.Array = NO_TEXTS):
        self.texts = Texts(shared)
        self.numbers: list[np.ndarray] = []
        self.count = self.last_number = 0  # of rows
        self.hidden: set[int] = set()
        self.formulas: list[FormulaCells] = []
        self.errors: dict[tuple[int, int], str] = {}
        self.parts: dict[int, list[Cells]] = {}
        self.wide: list[tuple[np.ndarray, ...]] = []  # cells behind the columns that are kept apart

    def add_rows(self, numbers: np.ndarray, hidden: Iterable[int]) -> int:
        """Adds rows, without their cells. hidden: the places among them of hidden ones. The place of the first one is returned."""
        first = self.count
        if len(numbers):
            self.numbers.append(numbers)
            self.count += len(numbers)
            self.last_number = int(numbers[-1])
            self.hidden.update(first + place for place in hidden)
        return first

    def add_cells(self, rows: np.ndarray, columns: np.ndarray, kinds: np.ndarray, numbers: np.ndarray, codes: np.ndarray) -> None:
        """Adds cells with a value; of several in one place the last one counts. codes are the numbers of texts."""
        order = np.argsort(columns.astype(np.uint16), kind="stable")
        rows, columns, kinds, numbers, codes = (part[order] for part in (rows, columns, kinds, numbers, codes))
        bounds = np.flatnonzero(np.diff(columns)) + 1
        starts = [0, *bounds.tolist()] if len(columns) else []
        for start, stop in zip(starts, [*starts[1:], len(columns)]):
            column = int(columns[start])
            if column >= SPLIT:
                self.wide.append(tuple(part[start:].copy() for part in (rows, columns, kinds, numbers, codes)))
                break
            self.parts.setdefault(column, []).append(Cells(rows[start:stop], kinds[start:stop], numbers[start:stop], codes[start:stop]))

    def add_single(self, cells: Sequence[tuple[int, int, Cell]]) -> None:
        """Adds cells with a value, each with its row's place and its column."""
        count = len(cells)
        kinds, numbers, codes = np.zeros(count, np.uint8), np.zeros(count), np.full(count, -1, np.int32)
        for place, (_, _, cell) in enumerate(cells):
            if isinstance(cell, str):
                kinds[place], codes[place] = TEXT, self.texts.code(cell)
            elif cell is not None:
                kinds[place], numbers[place] = number_of(cell)
        self.add_cells(np.array([row for row, _, _ in cells], np.int64), np.array([column for _, column, _ in cells], np.int64), kinds, numbers, codes)

    def add_formulas(self, places: np.ndarray, columns: np.ndarray, unsaved: np.ndarray) -> None:
        """Adds cells with a formula: the places of their rows, their columns, and which of them have no saved value."""
        if len(places):
            self.formulas.append(FormulaCells(places.astype(np.int32), columns.astype(np.int32), unsaved))

    def has_value(self) -> bool:
        """Whether a cell has a value; texts of blanks only are none."""
        for _, column in self.finished():
            if column.filled.any():
                return True
        return any(self.wide)

    def columns(self) -> tuple[list[Column], dict[int, list[Cell]]]:
        """The columns from the first one on, and the cells behind them by the row's place: those of a few rows that are much wider than the others.
        What was added is gone then. Raises Damage where it is too much."""
        self.split_wide()
        counts = {column: sum(part.count for part in parts) for column, parts in self.parts.items()}
        width = max(counts, default=-1) + 1
        if width * self.count > 4 * sum(counts.values()) + FEW_ROWS:
            width = max((column for column, count in counts.items() if count * 64 >= self.count), default=-1) + 1
        if width * self.count > MOST_CELLS:
            raise Damage("it has too many columns")
        beyond = self.beyond(width)
        found = dict(self.finished())
        return [found[column] if column in found else Column.empty(self.count) for column in range(width)], beyond

    def split_wide(self) -> None:
        """Puts the cells of the columns that were not kept apart to the others."""
        if not self.wide:
            return
        rows, columns, kinds, numbers, codes = (np.concatenate(parts) for parts in zip(*self.wide))
        self.wide = []
        order = np.lexsort((np.arange(len(rows)), columns))
        rows, columns, kinds, numbers, codes = (part[order] for part in (rows, columns, kinds, numbers, codes))
        starts = [0, *(np.flatnonzero(np.diff(columns)) + 1).tolist()]
        for start, stop in zip(starts, [*starts[1:], len(columns)]):
            self.parts[int(columns[start])] = [Cells(rows[start:stop], kinds[start:stop], numbers[start:stop], codes[start:stop])]

    def beyond(self, width: int) -> dict[int, list[Cell]]:
        """The cells of the columns from a width on, taken away from the others."""
        found: dict[int, list[Cell]] = {}
        places = 0
        for column in sorted(column for column in self.parts if column >= width):
            for part in self.parts.pop(column):
                rows = np.arange(self.count)[part.rows]
                cells = self.column_of([part], rows).cells()
                for row, cell in zip(rows.tolist(), cells):
                    fields = found.setdefault(row, [])
                    places += column - width + 1 - len(fields)
                    if places > MOST_BEYOND:
                        raise Damage("its rows are too wide")
                    fields.extend([None] * (column - width + 1 - len(fields)))
                    fields[column - width] = cell
        return found

    def finished(self) -> Iterator[tuple[int, Column]]:
        """Each column, which is gone then."""
        for column in sorted(self.parts):
            yield column, self.column_of(self.parts.pop(column))

    def column_of(self, parts: list[Cells], rows: np.ndarray | None = None) -> Column:
        """The column of some cells; of some rows only where they are the cells' own."""
        count = self.count if rows is None else len(rows)
        kinds = np.zeros(count, np.uint8)
        numbers = np.zeros(count) if any(part.numbers is not None for part in parts) else None
        codes = np.full(count, -1, np.int32) if any(part.codes is not None for part in parts) else None
        for part in parts:
            at = part.rows if rows is None else slice(None)
            kinds[at] = part.kinds
            if numbers is not None:
                numbers[at] = 0.0 if part.numbers is None else part.numbers
            if codes is not None:
                codes[at] = -1 if part.codes is None else part.codes
        if codes is None:
            return Column(kinds, numbers)
        texts = self.texts.all()
        used = np.zeros(len(texts) + 1, bool)
        used[codes] = True  # -1 is the last one
        # A text without a character is no value.
        used[:-1] &= pa.compute.not_equal(pa.compute.binary_length(texts), 0).to_numpy(zero_copy_only=False)
        places = np.flatnonzero(used[:-1])
        encoded = texts.take(pa.array(places)).dictionary_encode()
        new = np.full(len(texts) + 1, -1, np.int32)
        new[places] = encoded.indices.to_numpy()
        codes = new[codes]
        kinds[(kinds == TEXT) & (codes < 0)] = NULL
        return Column(kinds, numbers, codes, encoded.dictionary)
