"""## Grouping

The cleaned columns as arrays, and exact sums by the values of one of them.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cleaning import Cleaned
from values import as_text

COLUMN_TYPES = {"string": pa.large_string(), "int64": pa.int64(), "double": pa.float64(), "bool": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us")}
LOW_BITS = 26  # a sum of as many rows as there can be is exact in a double, of numbers below 2**26

# What has more different values, or longer ones, is no column of groups: the document of KPIs would not be read.
MOST_GROUPS = 100_000
MOST_GROUP_BYTES = 8 << 20


def array_of(cleaned: Cleaned, name: str) -> pa.Array:
    """A cleaned column as one array, whether it is a list or has been one already."""
    values = cleaned.columns[name]
    if isinstance(values, pa.ChunkedArray):
        return pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    return values if isinstance(values, pa.Array) else pa.array(values, COLUMN_TYPES[cleaned.kinds[name]])


@dataclass(frozen=True)
class Groups:
    """The rows by a column's values as text: names has each once, in the order of their first rows, codes a row's place in it; -1 is null."""

    names: list[str]
    codes: np.ndarray  # int64

    @property
    def too_many(self) -> bool:
        """Whether the values are no groups, as they are too many or too long."""
        return len(self.names) > MOST_GROUPS or sum(len(name.encode()) for name in self.names) > MOST_GROUP_BYTES


def groups_of(values: pa.Array) -> Groups:
    """The groups of a column."""
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    names = [name_of(value) for value in encoded.dictionary.to_pylist()]
    return Groups(names, codes)


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
