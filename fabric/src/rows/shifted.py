"""## Shifted rows

Rows of a text file that an unquoted delimiter has shifted (contract/RULES.md, Shifted rows).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import Column
from forms import Forms
from likely import likely_value
from readings import amounts_of
from rowfacts import UNREAD, RowFacts
from table import Table
from textarrays import flags, part, trimmed_texts
from values import Cell, has_value, trimmed
from words import AMOUNTS

MOST_JOINED = 20  # delimiters in one field
FRONT = re.compile(r"[+-]?[1-9][0-9]{0,2}")
BEHIND = re.compile(r"[0-9]{3}(?:\.[0-9]+)?")
SURELY_BEHIND = re.compile(r"0[0-9]{2}(?:\.[0-9]+)?|[0-9]{3}\.[0-9]+")  # nothing else looks so
ROWS_AT_ONCE = 4096


@dataclass
class Shift:
    """A shifted row. Of one that can be realigned the fields first to first + joined are one, and amount is its revenue; else what it would probably add."""

    amount: float
    first: int = 0
    joined: int = 0  # 0: it can only be left out


@dataclass
class Shifts:
    """The shifted rows of a table, in their order."""

    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    amounts: np.ndarray = field(default_factory=lambda: np.zeros(0))
    first: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    joined: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))

    def some(self, which: np.ndarray) -> "Shifts":
        return Shifts(self.rows[which], self.amounts[which], self.first[which], self.joined[which])

    @property
    def realignable(self) -> "Shifts":
        return self.some(self.joined > 0)

    @property
    def lost(self) -> "Shifts":
        """Those that can only be left out."""
        return self.some(self.joined == 0)


def is_split(first: Cell, second: Cell) -> bool:
    """Whether two fields look like the parts of one amount."""
    front, behind = (trimmed(cell) or "" if type(cell) is str else "" for cell in (first, second))
    return FRONT.fullmatch(front) is not None and BEHIND.fullmatch(behind) is not None


def rows_like(column: Column, pattern: re.Pattern) -> np.ndarray:
    """The rows whose trimmed text is as a pattern says."""
    if column.codes is None or not len(column.texts):
        return np.zeros(len(column), bool)
    return column.spread(flags(pa.compute.match_substring_regex(trimmed_texts(column.texts), f"^(?:{pattern.pattern})$")), False)


def fields_of(table: Table, rows: np.ndarray) -> Iterator[tuple[int, list]]:
    """Rows of a text file, each with all its fields, also those behind the last column."""
    grid = table.grid
    assert grid.widths is not None
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        places = table.places[some]
        widths = grid.widths[places].tolist()
        columns = [cells_at(column, places) for column in grid.columns[: max(widths)]]
        for i, (row, place) in enumerate(zip(some.tolist(), places.tolist())):
            yield row, [cells[i] for cells in columns[: widths[i]]] + grid.beyond.get(place, [])


def cells_at(column: Column, places: np.ndarray) -> list:
    """The texts of some cells of a text file."""
    if column.codes is None:
        return [None] * len(places)
    codes = column.codes[places]
    return column.texts.take(pa.array(codes, mask=codes < 0)).to_pylist()


class Aligner:
    """Finds shifted rows among the first of a text file, which are data."""

    def __init__(self, table: Table, forms: Forms, roles: dict[str, int], last: int):
        self.table, self.forms, self.roles, self.last = table, forms, roles, last
        self.width = len(table.headers)
        self.delimiter = table.text["delimiter"]
        self.amounts = {roles[role] for role in AMOUNTS if role in roles}
        self.revenue = roles["revenue"]
        self.looked_at = [(role, roles[role]) for role in ("order_date", "order_id", *AMOUNTS) if role in roles]
        assert table.grid.widths is not None
        self.counts = table.grid.widths[table.places[:last]]
        self.usual = max(self.most_frequent(), self.width)
        self.splits = False

    def most_frequent(self) -> int:
        """The most frequent number of fields, the highest of several; 0 where there are no rows."""
        rows = np.bincount(self.counts, minlength=1)
        return int(np.flatnonzero(rows == rows.max())[-1]) if len(self.counts) else 0

    def find(self, facts: RowFacts) -> Shifts:
        """The shifted rows. Most rows are told for whole columns; those that may be shifted are looked at one by one."""
        odd = facts.odd[: self.last]
        longer = self.counts > self.width
        looked = np.zeros(self.last, bool)
        if longer.any():
            looked = longer & ((self.counts > self.usual) | self.filled_behind() | odd | self.split_rows(longer))
        if odd.any():
            looked |= odd & self.blanks_in_front()
        found = self.look_at(looked, odd)
        beside = self.beside(odd & ~looked & (facts.money[: self.last] == UNREAD))
        if not len(beside.rows):
            return found
        order = np.argsort(np.concatenate([found.rows, beside.rows]), kind="stable")
        names = ("rows", "amounts", "first", "joined")
        return Shifts(*(np.concatenate([getattr(found, name), getattr(beside, name)]) for name in names)).some(order)

    def look_at(self, looked: np.ndarray, odd: np.ndarray) -> Shifts:
        """The shifted ones of the marked rows, one by one."""
        rows, amounts, first, joined = [], [], [], []
        for row, fields in fields_of(self.table, np.flatnonzero(looked)):
            shift = self.look(fields, bool(odd[row]))
            if shift is not None:
                rows.append(row)
                amounts.append(shift.amount)
                first.append(shift.first)
                joined.append(shift.joined)
        return Shifts(np.array(rows, np.int64), np.array(amounts, np.float64), np.array(first, np.int32), np.array(joined, np.int32))

    def filled_behind(self) -> np.ndarray:
        """The rows with a value behind the last column."""
        found, places = np.zeros(self.last, bool), self.table.places[: self.last]
        for column in self.table.grid.columns[self.width :]:
            found |= column.filled[places]
        beyond = self.table.grid.beyond
        if beyond:
            filled = np.array([place for place, fields in beyond.items() if any(map(has_value, fields))], np.int64)
            found |= np.isin(places, filled)
        return found

    def split_rows(self, longer: np.ndarray) -> np.ndarray:
        """The longer rows whose revenue may be in two parts, where one of them surely is."""
        if self.revenue + 1 >= self.width:
            return np.zeros(self.last, bool)
        revenues, following = (self.table.columns[place].slice(0, self.last) for place in (self.revenue, self.revenue + 1))
        front = rows_like(revenues, FRONT) & longer
        self.splits = bool((front & rows_like(following, SURELY_BEHIND)).any())
        return front & rows_like(following, BEHIND) if self.splits else np.zeros(self.last, bool)

    def blanks_in_front(self) -> np.ndarray:
        """The rows in which a field behind the first begins with a blank."""
        found = np.zeros(self.last, bool)
        for column in self.table.columns[1:]:
            if column.codes is not None and len(column.texts):
                blank = flags(pa.compute.starts_with(column.texts, " "))
                if blank.any():
                    found |= column.spread(blank, False)[: self.last]
        return found

    def beside(self, unread: np.ndarray) -> Shifts:
        """Those of the marked rows, whose revenue can't be read, that have an amount in the column behind it, which is none of numbers."""
        following, rows = self.revenue + 1, np.flatnonzero(unread)
        if not len(rows) or following >= self.width or following in self.amounts:
            return Shifts()
        amounts = amounts_of(part(self.table.columns[following], rows), self.forms)
        has = ~np.isnan(amounts)
        none = np.zeros(int(has.sum()), np.int32)
        return Shifts(rows[has], amounts[has], none, none)

    def look(self, fields: list, odd: bool) -> Shift | None:
        """What is said of a row; None where it is in its place. odd: a value of a date or an amount is there and can't be read."""
        if len(fields) > self.usual:
            by = len(fields) - self.usual
            behind = any(map(has_value, fields[self.usual :]))
            # Delimiters at the end of a row that is right as it stands shift nothing.
            moved = not behind and self.is_right(fields, 0, 0)
            if found := self.realigned(fields, by, amounts=True, every=True, moved=moved):
                return found
            if behind:
                return Shift(self.likely(self.field(fields, self.revenue + by)))
        filled = next((place for place in range(len(fields), 0, -1) if has_value(fields[place - 1])), 0)
        if filled > self.width or odd:
            for by in range(max(filled - self.width, 1), min(len(fields) - self.width, MOST_JOINED) + 1):
                if found := self.realigned(fields, by, amounts=True, every=odd):
                    return found
        if self.splits and filled <= self.width < len(fields) and is_split(*fields[self.revenue : self.revenue + 2]) and self.is_right(fields, self.revenue, 1):
            return self.shift(fields, self.revenue, 1)
        if not odd:
            return None
        return self.realigned(fields, 1, amounts=False, every=False) or self.amount_beside(fields)

    def amount_beside(self, fields: list) -> Shift | None:
        """Looks for the amount in the column behind that of revenue, which is none of numbers."""
        forms, following = self.forms, self.revenue + 1
        if following >= self.width or following in self.amounts:
            return None
        cell = self.field(fields, self.revenue)
        if forms.is_null(cell) or forms.amount(cell) is not None:
            return None
        amount = forms.amount(self.field(fields, following))
        return None if amount is None else Shift(amount)

    def realigned(self, fields: list, by: int, amounts: bool, every: bool, moved: bool = False) -> Shift | None:
        """The row with so many fields joined to one: first to one behind which a blank stands, then to an amount, then to any from the last on.
        moved: only where that gives the row another revenue."""
        if by > MOST_JOINED:
            return None
        places = range(min(len(fields) - by, self.width))
        order = chain(
            (p for p in places if fields[p + 1].startswith(" ")),
            (p for p in places if p in self.amounts and has_value(fields[p + 1])) if amounts else (),
            reversed(places) if every else (),
        )
        first = next((p for p in order if self.is_right(fields, p, by) and not (moved and self.revenue_of(fields, p, by) == self.revenue_of(fields, 0, 0))), None)
        return None if first is None else self.shift(fields, first, by)

    def shift(self, fields: list, first: int, by: int) -> Shift:
        return Shift(self.revenue_of(fields, first, by) or 0.0, first, by)

    def revenue_of(self, fields: list, first: int, by: int) -> float | None:
        """The revenue when fields are joined to the first one."""
        return self.forms.amount(self.value(fields, self.revenue, first, by))

    def is_right(self, fields: list, first: int, by: int) -> bool:
        """Whether the row has an order_id, a date and amounts when fields are joined to the first one."""
        for role, column in self.looked_at:
            value = self.value(fields, column, first, by)
            if role == "order_id":
                right = has_value(value)
            elif role == "order_date":
                right = self.forms.dated(value)
            else:
                right = self.forms.amount(value) is not None or (role != "revenue" and self.forms.is_null(value))
            if not right:
                return False
        return True

    def value(self, fields: list, column: int, first: int, by: int) -> Cell:
        """A column's field when fields are joined to the first one."""
        if column == first:
            return self.delimiter.join(fields[first : first + by + 1])
        return self.field(fields, column if column < first else column + by)

    @staticmethod
    def field(fields: list, column: int) -> Cell:
        return fields[column] if column < len(fields) else None

    def likely(self, cell: Cell) -> float:
        """The likeliest amount of a field."""
        if self.forms.is_null(cell):
            return 0.0
        amount = self.forms.amount(cell)
        return likely_value(cell) if amount is None else amount
