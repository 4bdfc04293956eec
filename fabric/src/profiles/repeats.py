"""## Repeated rows

How many rows are equal to an earlier one in every column. Rows are equal only where each of their values is repeated: a column of
many different values leaves few rows to look at.
"""

import numpy as np

from columns import NULL, TEXT, Column
from forms import Forms
from table import Table
from typed import Typed, occurrences, typed_column


class Repeats:
    """Narrows the rows of a table that may be repeated, column by column."""

    def __init__(self, table: Table, forms: Forms):
        self.table, self.forms = table, forms
        self.rows: np.ndarray | None = None  # those that may be repeated; None: all
        self.different: list[int] = []  # values by column

    def add(self, place: int, different: int, typed: Typed) -> None:
        """Notes a column's number of different values, and leaves out the rows that stand alone in it where these are most; typed are the
        values of all rows."""
        self.different.append(different)
        if 2 * different > self.table.row_count:
            self.keep(shared(row_codes(typed) if self.rows is None else self.codes(place)))

    def keep(self, which: np.ndarray) -> None:
        self.rows = np.flatnonzero(which) if self.rows is None else self.rows[which]

    @property
    def left(self) -> int:
        return self.table.row_count if self.rows is None else len(self.rows)

    def codes(self, place: int) -> np.ndarray:
        """A number for each different value of a column in the rows that are left."""
        column = self.table.columns[place]
        if self.rows is not None:
            column = compacted(column.take(self.rows))
        return row_codes(typed_column(column, self.table.names[place], self.forms if self.table.is_csv else None))

    def count(self) -> int:
        """The repeated rows, when all columns were added."""
        if not self.different:
            return 0
        groups = np.zeros(self.left, np.int64)
        for place in sorted(range(len(self.different)), key=lambda place: -self.different[place]):
            if not self.left:
                return 0
            codes = self.codes(place)
            groups = np.unique(groups * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
            several = shared(groups)
            if not several.all():
                self.keep(several)
                groups = groups[several]
        return self.left - len(np.unique(groups))


def compacted(column: Column) -> Column:
    """A column without the texts that do not occur in it."""
    if column.codes is None:
        return column
    used, codes = np.unique(column.codes, return_inverse=True)
    first = int(used[0] < 0) if len(used) else 0
    return Column(column.kinds, column.numbers, (codes - first).astype(np.int32), column.texts.take(used[first:]))


def shared(codes: np.ndarray) -> np.ndarray:
    """Which rows have a number that another row has, too."""
    if len(codes) == 0:
        return np.zeros(0, bool)
    return (occurrences(codes, int(codes.max()) + 1) > 1)[codes]


def row_codes(typed: Typed) -> np.ndarray:
    """A number for each different value, 0 for null, one a row."""
    codes = value_codes(typed.values)
    return codes if typed.places is None else np.append(codes, np.int32(0))[typed.places]


def value_codes(column: Column) -> np.ndarray:
    """A number for each different value, 0 for null; texts stand in codes already."""
    found = np.zeros(len(column), np.int32)
    start = 1
    for kind in np.unique(column.kinds).tolist():
        which = column.kinds == kind
        if kind == TEXT:
            assert column.codes is not None
            found[which] = start + column.codes[which]
            start += len(column.texts)
        elif kind != NULL:
            assert column.numbers is not None
            different, places = np.unique(column.numbers[which], return_inverse=True)
            found[which] = start + places
            start += len(different)
    return found
