"""## Texts in arrays

What columns ask of their different texts, all at once.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import Column
from values import WHITE_SPACE


def trimmed_texts(texts: pa.Array) -> pa.Array:
    """The texts without white space at their ends; a text of white space only is empty."""
    return pa.compute.utf8_trim(texts, characters=WHITE_SPACE)


def flags(found: pa.Array) -> np.ndarray:
    """An array of booleans of pyarrow as one of numpy; null is false."""
    return found.fill_null(False).to_numpy(zero_copy_only=False)


def lengths_of(texts: pa.Array) -> np.ndarray:
    """The texts' lengths in code points."""
    return pa.compute.utf8_length(texts).to_numpy(zero_copy_only=False)


def some_texts(texts: pa.Array, which: np.ndarray) -> list[str]:
    """Those that are marked, as Python's."""
    return texts.filter(pa.array(which)).to_pylist()


def told(texts: pa.Array, which: np.ndarray, tell: Callable[[str], bool]) -> np.ndarray:
    """Which of the marked texts a function tells."""
    found = np.zeros(len(texts), bool)
    if which.any():
        found[which] = [tell(text) for text in some_texts(texts, which)]
    return found


def counts_of(column: Column) -> np.ndarray:
    """How many cells have each text."""
    if column.codes is None:
        return np.zeros(len(column.texts), np.int64)
    return np.bincount(column.codes + 1, minlength=len(column.texts) + 1)[1:]


def occurring(column: Column) -> Column:
    """The column with those texts only that a cell has."""
    if column.codes is None or not len(column.texts):
        return column
    used = counts_of(column) > 0
    if used.all():
        return column
    places = np.append(np.cumsum(used, dtype=np.int32) - 1, np.int32(-1))
    return Column(column.kinds, column.numbers, places[column.codes], column.texts.filter(pa.array(used)))


def part(column: Column, rows: np.ndarray) -> Column:
    """The cells of some rows with their texts."""
    return occurring(column.take(rows))


def equal_codes(column: Column, rows: np.ndarray) -> np.ndarray:
    """The cells of some rows as int64, which are equal where the cells are: texts without blanks at their ends, a text of blanks is null;
    true and 1 differ, and so do a day and a moment."""
    cells = part(column, rows)
    kinds, found = cells.kinds.astype(np.int64), np.zeros(len(rows), np.int64)
    if cells.numbers is not None:
        found = np.unique(cells.numbers, return_inverse=True)[1].astype(np.int64)
    if cells.codes is not None and len(cells.texts):
        encoded = trimmed_texts(cells.texts).dictionary_encode()
        places = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        empty = flags(pa.compute.equal(encoded.dictionary, ""))
        is_text = cells.codes >= 0
        found[is_text] = places[cells.codes[is_text]]
        if empty.any():
            blank = np.zeros(len(rows), bool)
            blank[is_text] = empty[found[is_text]]
            kinds[blank] = found[blank] = 0
    return found * 8 + kinds


def equal_earlier(columns: list[Column], rows: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Which of some rows are equal in every column to one before them that is of the same group."""
    found = np.zeros(len(rows), bool)
    places, groups = np.arange(len(rows)), groups.astype(np.int64)
    for column in columns:
        codes = equal_codes(column, rows[places])
        _, codes = np.unique(codes, return_inverse=True)
        _, groups, counts = np.unique(groups * (len(rows) + 1) + codes, return_inverse=True, return_counts=True)
        several = counts[groups] > 1
        places, groups = places[several], groups[several]
        if not len(places):
            return found
    found[places] = ~first_of_each(groups, int(groups.max()) + 1)[0]
    return found


def first_of_each(codes: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Which elements are the first with their code, and the place of the first for each code below count; 0 for a code that does not occur."""
    order = np.arange(len(codes), dtype=np.int32 if len(codes) < 2**31 else np.int64)
    places = np.zeros(count, order.dtype)
    places[codes[::-1]] = order[::-1]  # the last that is written is the first of all
    return places[codes] == order, places
