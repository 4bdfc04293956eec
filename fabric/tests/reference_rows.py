"""The rows that are no orders and the shifted rows, looked at one by one: what the arrays of noorders.py and shifted.py must come to."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from forms import Forms
from likely import likely_value
from names import normalized_name
from table import Table
from values import Cell, as_text, has_value, trimmed
from words import AMOUNTS, is_total

ORDER, HEADER, RULE, NOTE, TOTAL, SUSPECT, END = "", "header", "rule", "note", "total", "suspect", "end"
NEAR = 50  # ten-thousandths
LEAST_ROWS = 3
MOST_JOINED = 20
FRONT = re.compile(r"[+-]?[1-9][0-9]{0,2}")
BEHIND = re.compile(r"[0-9]{3}(?:\.[0-9]+)?")


class RunningSum:
    """The revenue of the rows above, and how many there are."""

    def __init__(self):
        self.units, self.rows = 0, 0

    def add(self, units: int) -> None:
        self.units += units
        self.rows += 1

    def is_near(self, units: int, least: int) -> bool:
        return self.rows >= least and abs(self.units - units) <= NEAR


class KindFinder:
    """Tells rows that are no orders. It sees the rows in their order; revenue is in ten-thousandths."""

    def __init__(self, table: Table, cells: list[list[Cell]], forms: Forms, roles: dict[str, int]):
        self.table, self.cells, self.forms, self.roles = table, cells, forms, roles
        self.headers = [normalized_name(header) for header in table.headers]
        self.amounts = {roles[role] for role in AMOUNTS if role in roles}
        self.declared = table.grid.total_rows
        self.all, self.since = RunningSum(), RunningSum()

    def count(self, revenue: int | None) -> None:
        """Adds a row that counts to the sums."""
        if revenue is not None:
            self.all.add(revenue)
            self.since.add(revenue)

    def look(self, row: int, dated: bool, revenue: int | None) -> tuple[str, bool]:
        """A row's kind, and whether that is certain."""
        kind, certain = self.kind_of(row, dated, revenue)
        if kind == ORDER:
            self.count(revenue)
        elif kind in (TOTAL, SUSPECT):
            self.since = RunningSum()
        return kind, certain

    def is_sum(self, revenue: int | None, least: int) -> bool:
        if revenue is None:
            return False
        return self.all.is_near(revenue, least) or self.since.is_near(revenue, least)

    def kind_of(self, row: int, dated: bool, revenue: int | None) -> tuple[str, bool]:
        one_row = self.is_sum(revenue, 1)
        if dated and not one_row and not self.declared:
            return ORDER, True
        values = [(column, cells[row]) for column, cells in enumerate(self.cells) if has_value(cells[row])]
        order_id = self.cells[self.roles["order_id"]][row]
        if not dated:
            if self.is_header(values):
                return HEADER, True
            if self.is_rule(row, values, order_id):
                return RULE, True
            if self.is_note(values):
                return NOTE, True
        if self.table.row_numbers[row] in self.declared:
            return TOTAL, True
        if (not dated or one_row) and self.is_total_word(values, order_id):
            return TOTAL, one_row or self.forms.is_null(self.cells[self.roles["revenue"]][row])
        if revenue and self.is_sum(revenue, LEAST_ROWS):
            if not has_value(order_id):
                return TOTAL, True
            if not dated:
                return SUSPECT, False
        return ORDER, True

    def is_header(self, values: list[tuple[int, Cell]]) -> bool:
        """Whether each value equals the header of its column, two at least."""
        return len(values) >= 2 and all(self.headers[column] and normalized_name(as_text(cell)) == self.headers[column] for column, cell in values)

    def is_rule(self, row: int, values: list[tuple[int, Cell]], order_id: Cell) -> bool:
        """Whether the values hold no letter and no digit, and none stands for nothing in an order."""
        if any(type(cell) is not str or any(unicodedata.category(char)[0] in "LN" for char in cell) for _, cell in values):
            return False
        if not has_value(order_id):
            return True
        texts = (trimmed(cell) for column, cell in values if column in self.amounts)
        return not any(self.forms.is_null_word(text) for text in texts)

    def is_note(self, values: list[tuple[int, Cell]]) -> bool:
        """Whether a row without a date has one value only, a text of words, or is a key with what belongs to it."""
        if not values or any(column in self.amounts for column, _ in values) or type(values[0][1]) is not str:
            return False
        text = trimmed(values[0][1])
        if text.endswith(":"):
            return True
        return len(values) == 1 and (text.startswith(("#", "*", "//")) or any(char.isspace() for char in text))

    def is_total_word(self, values: list[tuple[int, Cell]], order_id: Cell) -> bool:
        """Whether the order_id, or where that is null the first text with a letter outside the columns of numbers, says that the row is a total."""
        if has_value(order_id):
            return type(order_id) is str and is_total(trimmed(order_id))
        for column, cell in values:
            if column not in self.amounts and type(cell) is str and any(char == "∑" or unicodedata.category(char)[0] == "L" for char in cell):
                return is_total(trimmed(cell))
        return False


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

    def __init__(self, table: Table, cells: list[list[Cell]], forms: Forms, roles: dict[str, int], last: int):
        self.table, self.cells, self.forms, self.roles = table, cells, forms, roles
        self.width = len(table.headers)
        self.delimiter = table.text["delimiter"]
        self.amounts = {roles[role] for role in AMOUNTS if role in roles}
        self.revenue = roles["revenue"]
        self.counts = [len(table.fields(r)) for r in range(last)]
        usual = Counter(self.counts)
        self.usual = max(max(usual, key=lambda n: (usual[n], n), default=0), self.width)
        self.splits = self.revenue + 1 < self.width and any(
            n > self.width and split_amount(cells[self.revenue][r], cells[self.revenue + 1][r])[1] for r, n in enumerate(self.counts)
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
        cells, forms, following = self.cells, self.forms, self.revenue + 1
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
