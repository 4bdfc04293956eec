"""## Shifted rows

Rows of a text file that an unquoted delimiter has shifted (contract/RULES.md, Shifted rows).
"""

import re
from collections import Counter
from dataclasses import dataclass

from forms import Forms
from likely import likely_value
from table import Table
from values import Cell, has_value, trimmed
from words import AMOUNTS

MOST_JOINED = 20  # delimiters in one field
FRONT = re.compile(r"[+-]?[1-9][0-9]{0,2}")
BEHIND = re.compile(r"[0-9]{3}(?:\.[0-9]+)?")


@dataclass
class Shift:
    """A shifted row. Of one that can be realigned the fields first to first + joined are one, and amount is its revenue; else what it would probably add."""

    amount: float
    first: int = 0
    joined: int = 0  # 0: it can only be left out


def split_amount(first: Cell, second: Cell) -> tuple[bool, bool]:
    """Whether two fields look like the parts of one amount, and whether nothing else looks so."""
    front, behind = (trimmed(cell) or "" if type(cell) is str else "" for cell in (first, second))
    split = FRONT.fullmatch(front) is not None and BEHIND.fullmatch(behind) is not None
    return split, split and (behind[0] == "0" or "." in behind)


class Aligner:
    """Finds shifted rows; last is how many rows are data."""

    def __init__(self, table: Table, forms: Forms, roles: dict[str, int], last: int):
        self.table, self.forms, self.roles = table, forms, roles
        self.width = len(table.headers)
        self.delimiter = table.text["delimiter"]
        self.amounts = {roles[role] for role in AMOUNTS if role in roles}
        self.revenue = roles["revenue"]
        self.counts = [len(table.fields(r)) for r in range(last)]
        usual = Counter(self.counts)
        self.usual = max(max(usual, key=lambda n: (usual[n], n), default=0), self.width)
        self.splits = self.revenue + 1 < self.width and any(
            n > self.width and split_amount(table.cells[self.revenue][r], table.cells[self.revenue + 1][r])[1] for r, n in enumerate(self.counts)
        )

    def look(self, row: int, odd: bool) -> Shift | None:
        """What is said of a row; None where it is in its place. odd: a value of a date or an amount is there and can't be read."""
        fields = self.table.fields(row)
        if self.counts[row] > self.usual:
            by = self.counts[row] - self.usual
            behind = any(map(has_value, fields[self.usual :]))
            # Delimiters at the end of a row that is right as it stands shift nothing.
            moved = not behind and self.is_right(fields, 0, 0)
            if found := self.realigned(fields, by, amounts=True, every=True, moved=moved):
                return found
            if behind:
                return Shift(self.likely(self.field(fields, self.revenue + by)))
        filled = max((i for i, cell in enumerate(fields, start=1) if has_value(cell)), default=0)
        if filled > self.width or odd:
            for by in range(max(filled - self.width, 1), min(len(fields) - self.width, MOST_JOINED) + 1):
                if found := self.realigned(fields, by, amounts=True, every=odd):
                    return found
        if self.splits and filled <= self.width < len(fields) and split_amount(*fields[self.revenue : self.revenue + 2])[0] and self.is_right(fields, self.revenue, 1):
            return self.shift(fields, self.revenue, 1)
        if not odd:
            return None
        return self.realigned(fields, 1, amounts=False, every=False) or self.beside(row)

    def beside(self, row: int) -> Shift | None:
        """Looks for the amount in the column behind that of revenue, which is none of numbers."""
        cells, forms, following = self.table.cells, self.forms, self.revenue + 1
        if following >= self.width or following in self.amounts:
            return None
        cell = cells[self.revenue][row]
        if forms.is_null(cell) or forms.amount(cell) is not None:
            return None
        amount = forms.amount(cells[following][row])
        return None if amount is None else Shift(amount)

    def realigned(self, fields: list[str], by: int, amounts: bool, every: bool, moved: bool = False) -> Shift | None:
        """The row with so many fields joined to one: first to one behind which a blank stands, then to an amount, then to any from the last on.
        moved: only where that gives the row another revenue."""
        if by > MOST_JOINED:
            return None
        places = range(min(len(fields) - by, self.width))
        order = [p for p in places if fields[p + 1].startswith(" ")]
        if amounts:
            order += [p for p in places if p in self.amounts and has_value(fields[p + 1])]
        if every:
            order += reversed(places)
        first = next((p for p in order if self.is_right(fields, p, by) and not (moved and self.revenue_of(fields, p, by) == self.revenue_of(fields, 0, 0))), None)
        return None if first is None else self.shift(fields, first, by)

    def shift(self, fields: list[str], first: int, by: int) -> Shift:
        return Shift(self.revenue_of(fields, first, by) or 0.0, first, by)

    def revenue_of(self, fields: list[str], first: int, by: int) -> float | None:
        """The revenue when fields are joined to the first one."""
        return self.forms.amount(self.value(fields, self.revenue, first, by))

    def is_right(self, fields: list[str], first: int, by: int) -> bool:
        """Whether the row has an order_id, a date and amounts when fields are joined to the first one."""
        for role, column in self.roles.items():
            value = self.value(fields, column, first, by)
            if role == "order_id":
                right = has_value(value)
            elif role == "order_date":
                right = self.forms.dated(value)
            elif role in AMOUNTS:
                right = self.forms.amount(value) is not None or (role != "revenue" and self.forms.is_null(value))
            else:
                continue
            if not right:
                return False
        return True

    def value(self, fields: list[str], column: int, first: int, by: int) -> Cell:
        """A column's field when fields are joined to the first one."""
        if column == first:
            return self.delimiter.join(fields[first : first + by + 1])
        return self.field(fields, column if column < first else column + by)

    @staticmethod
    def field(fields: list[str], column: int) -> Cell:
        return fields[column] if column < len(fields) else None

    def likely(self, cell: Cell) -> float:
        """The likeliest amount of a field."""
        if self.forms.is_null(cell):
            return 0.0
        amount = self.forms.amount(cell)
        return likely_value(cell) if amount is None else amount


def realign(table: Table, shifts: dict[int, Shift]) -> None:
    """Puts the values of rows back in their places."""
    new: list[dict[int, Cell]] = [{} for _ in table.columns]
    for row, shift in shifts.items():
        fields = table.fields(row)
        joined = table.text["delimiter"].join(fields[shift.first : shift.first + shift.joined + 1])
        whole: list[Cell] = [*fields[: shift.first], joined, *fields[shift.first + shift.joined + 1 :]]
        for column, cells in enumerate(new):
            cells[row] = whole[column] if column < len(whole) else None
        place, strange = int(table.places[row]), table.grid.strange
        for column in range(len(fields) if strange else 0):
            if (place, column) in strange:
                strange.discard((place, column))
                strange.add((place, column if column <= shift.first else max(shift.first, column - shift.joined)))
    for column, cells in enumerate(new):
        table.replace(column, cells)
