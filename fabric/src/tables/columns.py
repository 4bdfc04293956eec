"""## Columns

A table's cells, column by column in arrays: what they are, their numbers, and their texts, each different one once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute

from distincttexts import united
from values import WHITE_SPACE, Cell

# What a cell is. A number's value stands in `numbers`; so do a boolean as 0 or 1, a day in days since 1970, a moment in whole
# seconds since 1970 began, and a time of day in seconds since midnight.
NULL, NUMBER, BOOLEAN, DAY, MOMENT, TIME, TEXT = range(7)

FIRST_DAY = date(1970, 1, 1)
FIRST_MOMENT_1970 = datetime(1970, 1, 1)
TEXTS_AT_ONCE = 1 << 20  # that are trimmed together
NO_TEXTS = pa.array([], pa.large_string())


@dataclass(frozen=True, eq=False)
class Column:
    """The cells of a column. kinds has what each is; numbers is None where no cell has a number, codes where none is a text."""

    kinds: np.ndarray  # uint8, one a row
    numbers: np.ndarray | None = None  # float64, one a row; 0 where the cell has none
    codes: np.ndarray | None = None  # int32, one a row: the place of its text in texts, -1 where it is none
    texts: pa.Array = field(default_factory=lambda: NO_TEXTS)  # large_string: the different texts as they stand in the file, blanks at their ends included

    def __len__(self) -> int:
        return len(self.kinds)

    @staticmethod
    def of(cells: Iterable[Cell]) -> "Column":
        """A column of cells, one by one: for few rows."""
        cells = list(cells)
        kinds = np.zeros(len(cells), np.uint8)
        numbers = np.zeros(len(cells))
        codes = np.full(len(cells), -1, np.int32)
        places: dict[str, int] = {}
        for row, cell in enumerate(cells):
            if isinstance(cell, str):
                kinds[row], codes[row] = TEXT, places.setdefault(cell, len(places))
            elif cell is not None:
                kinds[row], numbers[row] = number_of(cell)
        has_numbers = bool(((kinds != NULL) & (kinds != TEXT)).any())
        return Column(kinds, numbers if has_numbers else None, codes if places else None, pa.array(list(places), pa.large_string()))

    @staticmethod
    def of_texts(texts: pa.Array | pa.ChunkedArray) -> "Column":
        """A column of texts; null stays null."""
        if len(texts) == 0:
            return Column.empty(0)
        encoded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.unify_dictionaries().combine_chunks()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        kinds = np.where(codes < 0, NULL, TEXT).astype(np.uint8)
        return Column(kinds, None, codes, encoded.dictionary.cast(pa.large_string()))

    @staticmethod
    def of_numbers(kind: int, numbers: np.ndarray, missing: np.ndarray | None = None) -> "Column":
        """A column of one kind that is no text; missing marks its nulls."""
        kinds = np.full(len(numbers), kind, np.uint8)
        values = np.asarray(numbers, np.float64)
        if missing is not None and missing.any():
            kinds[missing] = NULL
            values = np.where(missing, 0.0, values)
        return Column(kinds, values)

    @staticmethod
    def empty(rows: int) -> "Column":
        return Column(np.zeros(rows, np.uint8))

    @staticmethod
    def joined(parts: Sequence["Column"]) -> "Column":
        """The columns of several batches as one."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return Column.empty(0)
        kinds = np.concatenate([part.kinds for part in parts])
        numbers = codes = None
        if any(part.numbers is not None for part in parts):
            numbers = np.concatenate([np.zeros(len(part)) if part.numbers is None else part.numbers for part in parts])
        texts = NO_TEXTS
        different = {id(part.texts): part.texts for part in parts if part.codes is not None}
        if different:
            pieces = list(different.values())
            texts, places = pieces[0], {}
            if len(pieces) > 1:
                texts, found = united(pieces)
                places = dict(zip(different, found))
            codes, row = np.full(len(kinds), -1, np.int32), 0
            for part in parts:
                if part.codes is not None:
                    codes[row : row + len(part)] = np.append(places[id(part.texts)], np.int32(-1))[part.codes] if places else part.codes
                row += len(part)
        return Column(kinds, numbers, codes, texts)

    @cached_property
    def words(self) -> list[str]:
        """The different texts as Python's."""
        return self.texts.to_pylist()

    @cached_property
    def filled(self) -> np.ndarray:
        """Which cells have a value: a text of blanks only is none."""
        filled = self.kinds != NULL
        if self.codes is not None and len(self.texts):
            blank = blank_texts(self.texts)
            if blank.any():
                filled &= ~self.spread(blank, False)
        return filled

    def spread(self, found: np.ndarray, otherwise) -> np.ndarray:
        """What was found of each text, for each row; otherwise for the cells that are no texts."""
        if self.codes is None or not len(found):
            return np.full(len(self), otherwise, found.dtype)
        if (self.codes >= 0).all():
            return found[self.codes]
        return np.append(found, np.array([otherwise], found.dtype))[self.codes]  # -1 is the last one

    def cell(self, row: int) -> Cell:
        """One cell."""
        kind = self.kinds[row]
        if kind == NULL:
            return None
        if kind == TEXT:
            assert self.codes is not None
            return self.texts[int(self.codes[row])].as_py()
        assert self.numbers is not None
        return cell_of(int(kind), float(self.numbers[row]))

    def cells(self) -> list[Cell]:
        """All cells as Python's values: for few rows."""
        found: list[Cell] = [None] * len(self)
        if self.codes is not None:
            words = self.words
            for row in np.flatnonzero(self.kinds == TEXT).tolist():
                found[row] = words[self.codes[row]]
        if self.numbers is not None:
            for row in np.flatnonzero((self.kinds != NULL) & (self.kinds != TEXT)).tolist():
                found[row] = cell_of(int(self.kinds[row]), float(self.numbers[row]))
        return found

    def take(self, rows: np.ndarray) -> "Column":
        """The cells of some rows; texts keep their places, so that some may not occur any more."""
        if len(rows) and len(rows) == rows[-1] - rows[0] + 1 and bool((np.diff(rows) == 1).all()):
            return self.slice(int(rows[0]), int(rows[-1]) + 1)
        return Column(self.kinds[rows], None if self.numbers is None else self.numbers[rows], None if self.codes is None else self.codes[rows], self.texts)

    def slice(self, start: int, stop: int) -> "Column":
        """The cells of a run of rows, which share the arrays."""
        part = slice(start, stop)
        return Column(self.kinds[part], None if self.numbers is None else self.numbers[part], None if self.codes is None else self.codes[part], self.texts)

    def replaced(self, cells: dict[int, Cell]) -> "Column":
        """The column with other cells in some rows."""
        if not cells:
            return self
        rows = np.fromiter(cells, np.int64, len(cells))
        new = Column.of(cells.values())
        kinds, numbers, codes, texts = self.kinds.copy(), self.numbers, self.codes, self.texts
        kinds[rows] = new.kinds
        if numbers is not None or new.numbers is not None:
            numbers = np.zeros(len(self)) if numbers is None else numbers.copy()
            numbers[rows] = 0 if new.numbers is None else new.numbers
        if codes is not None or new.codes is not None:
            codes = np.full(len(self), -1, np.int32) if codes is None else codes.copy()
            texts, places = with_new_texts(texts, new.texts)
            codes[rows] = -1 if new.codes is None else np.append(places, np.int32(-1))[new.codes]
        return Column(kinds, numbers, codes, texts)


def with_new_texts(texts: pa.Array, new: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """Different texts with a few new ones behind them, and the places of these."""
    known = pa.compute.index_in(texts, value_set=new)
    there = np.flatnonzero(known.is_valid().to_numpy(zero_copy_only=False))
    places = np.full(len(new), -1, np.int32)
    places[known.take(pa.array(there)).to_numpy(zero_copy_only=False)] = there
    missing = np.flatnonzero(places < 0)
    places[missing] = len(texts) + np.arange(len(missing))
    return (pa.concat_arrays([texts, new.take(pa.array(missing))]) if len(missing) else texts), places


def blank_texts(texts: pa.Array) -> np.ndarray:
    """Which texts hold white space only, or nothing."""
    found = np.zeros(len(texts), bool)
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        trimmed = pa.compute.utf8_trim(texts.slice(start, TEXTS_AT_ONCE), characters=WHITE_SPACE)
        found[start : start + TEXTS_AT_ONCE] = pa.compute.equal(pa.compute.binary_length(trimmed), 0).to_numpy(zero_copy_only=False)
    return found


def number_of(cell: float | bool | date | datetime | time) -> tuple[int, float]:
    """A cell that is no text as its kind and number."""
    if isinstance(cell, bool):
        return BOOLEAN, float(cell)
    if isinstance(cell, datetime):
        return MOMENT, float((cell - FIRST_MOMENT_1970) // timedelta(seconds=1))
    if isinstance(cell, date):
        return DAY, float((cell - FIRST_DAY).days)
    if isinstance(cell, time):
        return TIME, float(cell.hour * 3600 + cell.minute * 60 + cell.second)
    return NUMBER, float(cell)


def cell_of(kind: int, number: float) -> Cell:
    """A kind and number as a cell."""
    if kind == NUMBER:
        return number
    if kind == BOOLEAN:
        return number != 0
    if kind == DAY:
        return FIRST_DAY + timedelta(days=number)
    if kind == MOMENT:
        return FIRST_MOMENT_1970 + timedelta(seconds=number)
    seconds = int(number)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
