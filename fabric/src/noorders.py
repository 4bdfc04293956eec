"""## Rows that are no orders

Totals, repeated headers, rules and notes (contract/RULES.md, Rows that are no orders).
"""

import unicodedata

from forms import Forms
from names import normalized_name
from table import Table
from values import Cell, as_text, has_value, trimmed
from words import AMOUNTS, is_total

ORDER, HEADER, RULE, NOTE, TOTAL, SUSPECT, END = "", "header", "rule", "note", "total", "suspect", "end"
KINDS = (HEADER, RULE, NOTE, TOTAL, SUSPECT, END)
NEAR = 50  # ten-thousandths
LEAST_ROWS = 3  # that a sum has where no word says that it is one


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

    def __init__(self, table: Table, forms: Forms, roles: dict[str, int]):
        self.table, self.forms, self.roles = table, forms, roles
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
        values = [(column, cells[row]) for column, cells in enumerate(self.table.cells) if has_value(cells[row])]
        order_id = self.table.cells[self.roles["order_id"]][row]
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
            return TOTAL, one_row or self.forms.is_null(self.table.cells[self.roles["revenue"]][row])
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
