"""## Grouping

The rows of a table by the values of a column, and exact sums by them.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from values import as_text

LOW_BITS = 26  # a sum of as many rows as there can be is exact in a double, of numbers below 2**26

# What has more different values, or longer ones, is no column of groups: the document of KPIs would not be read.
MOST_GROUPS = 100_000
MOST_GROUP_BYTES = 8 << 20


@dataclass(frozen=True)
class Groups:
    """The rows by a column's values as text: names has each once, in the order of their first rows, codes a row's place in it; -1 is null."""

    names: list[str]
    codes: np.ndarray  # int64


def groups_of(values: pa.Array) -> Groups | None:
    """The groups of a column; None where its values are no groups, as they are too many or too long."""
    different, codes = coded(values)
    if len(different) > MOST_GROUPS:
        return None
    names = [name_of(value) for value in different.to_pylist()]
    if sum(len(name.encode()) for name in names) > MOST_GROUP_BYTES:
        return None
    return Groups(names, codes)


def coded(values: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """A column's different values in the order of their first rows, and each row's place among them; -1 is null."""
    encoded = values.dictionary_encode()
    return encoded.dictionary, pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


def name_of(value) -> str:
    """A cleaned value as the text by which it is grouped."""
    return str(value) if type(value) is int else as_text(value)


def sums_by(codes: np.ndarray, count: int, units: np.ndarray) -> list[int]:
    """The exact sum of the units for each of so many codes; none of the codes is below 0."""
    if units.dtype == object:  # beyond int64: Python's integers have no limit
        sums = np.zeros(count, dtype=object)
        np.add.at(sums, codes, units)
        return [int(value) for value in sums]
    low = np.bincount(codes, weights=units & ((1 << LOW_BITS) - 1), minlength=count)
    high = np.bincount(codes, weights=units >> LOW_BITS, minlength=count)
    return [(int(above) << LOW_BITS) + int(below) for above, below in zip(high.tolist(), low.tolist())]


def counts_by(codes: np.ndarray, count: int, which: np.ndarray) -> list[int]:
    """How many of the rows that which marks have each code."""
    return np.bincount(codes[which], minlength=count).tolist()


def period_name(day: int, unit: str = "D") -> str:
    """A number of days, or of months (unit M), since 1970 as ISO 8601."""
    return str(np.datetime64(int(day), unit))
