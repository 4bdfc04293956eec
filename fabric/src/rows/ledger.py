"""## What the rows come to

Each row's order, amount and kind when the values are read in one way, in arrays, and the figures of a choice of rows
(contract/RULES.md, Orders and order lines).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from columns import Column
from forms import Forms
from keytexts import lost_digits_in
from noorders import IS_END, IS_ORDER, IS_SUSPECT, IS_TOTAL, KINDS, odd_rows_of, tell_totals
from readings import NO_DAY, days_of, keys_of, whole_days
from realigning import realigned_field
from rowfacts import PRICED, UNPRICED, UNREAD, RowFacts, facts_of
from shifted import Aligner, Shifts
from sums import ten_thousandths
from table import Table
from textarrays import equal_earlier, first_of_each, part

NO_ROWS = np.zeros(0, np.int64)
FIRST_ROWS = 5  # that are named


@dataclass
class Counted:
    """Rows, int64, with their money in ten-thousandths. Of what several parts of a table count only the first rows are kept; more says how
    many others there are."""

    rows: np.ndarray = field(default_factory=lambda: NO_ROWS)
    units: int = 0
    absolute: int = 0
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.rows) + self.more

    @staticmethod
    def of(rows: np.ndarray, units: np.ndarray) -> "Counted":
        """units has the money of each of the rows."""
        return Counted(rows, int(units.sum()), int(np.abs(units).sum())) if len(rows) else Counted()

    @staticmethod
    def merged(parts: Iterable["Counted"]) -> "Counted":
        """Those of several parts, which share no row, with the first rows of all."""
        parts = list(parts)
        rows = np.sort(np.concatenate([NO_ROWS, *(part.rows for part in parts)]))[:FIRST_ROWS]
        count = sum(part.count for part in parts)
        return Counted(rows, sum(part.units for part in parts), sum(part.absolute for part in parts), count - len(rows))


class Choice(NamedTuple):
    """Which rows that are no ordinary ones are in the sums."""

    counted: bool  # rows that are no orders
    realign: bool  # shifted rows that can be realigned


@dataclass
class Sums:
    """Those of one way to take repeated order_ids."""

    facts: RowFacts
    all_units: np.ndarray  # of all rows of the table
    rows: np.ndarray = field(default_factory=lambda: NO_ROWS)  # int64: the kept rows in their order
    first: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # of each of them: it is the first row of its order
    total: int = 0
    unread: Counted = field(default_factory=Counted)
    undated: Counted = field(default_factory=Counted)
    no_amount: np.ndarray = field(default_factory=lambda: NO_ROWS)  # rows

    @property
    def units(self) -> np.ndarray:
        """The revenue of each kept row in ten-thousandths, 0 where it is null or can't be read; int64, or Python's integers beyond it."""
        return np.where(self.facts.money[self.rows] == PRICED, self.all_units[self.rows], 0)

    @property
    def without_amount(self) -> Counted:
        """The rows of orders to which no row gives a revenue."""
        return Counted(self.no_amount)

    @property
    def days(self) -> tuple[int, int] | None:
        """The first and the last day of the kept rows since 1970; None where they have none."""
        days = self.facts.days[self.rows]
        days = days[days != NO_DAY]
        return (int(days.min()), int(days.max())) if len(days) else None


@dataclass
class Figures:
    """What the rows of a choice come to that have an order_id."""

    first: Sums  # of the first row of each order_id
    lines: Sums  # of all rows
    orders: int = 0
    repeated: Counted = field(default_factory=Counted)
    different: int = 0
    same: int = 0
    other: int = 0
    other_priced: bool = False  # one of the others has a revenue
    unpriced: bool = False  # a row that repeats an order_id has none
    lost: bool = False  # an order_id that repeats may have lost digits


class Ledger:
    """The rows of a table whose values are read in one way. kind has what each row is, by its place in KINDS; units its revenue in
    ten-thousandths, or what that probably is."""

    def __init__(self, table: Table, forms: Forms, roles: dict[str, int], options: dict):
        self.table, self.forms, self.roles = table, forms, roles
        self.last = data_rows(table, options)
        self.facts = facts_of({role: table.columns[place] for role, place in roles.items()}, forms)
        self.shifts = Aligner(table, forms, roles, self.last).find(self.facts) if table.is_csv else Shifts()
        self.take_realigned()
        self.units = ten_thousandths(self.facts.amounts)
        self.kind = np.zeros(table.row_count, np.uint8)
        self.kind[self.last :] = IS_END
        self.unsure = 0  # totals that may be orders
        if options.get("rows_no_orders") != "count":
            self.sort_out()
        self.facts.undated = self.facts.odd = np.zeros(0, bool)  # not needed any more
        self.kinds = {name: self.of_kind(place) for place, name in enumerate(KINDS) if place != IS_ORDER}

    def take_realigned(self) -> None:
        """Takes the facts of rows that can be realigned as they then are."""
        shifts, facts = self.shifts.realignable, self.facts
        if not len(shifts.rows):
            return
        order_ids, moments = (realigned_field(self.table, shifts, self.roles[role]) for role in ("order_id", "order_date"))
        ids = self.table.columns[self.roles["order_id"]]
        facts.keys, facts.key_count = keys_of(ids.replaced(dict(zip(shifts.rows.tolist(), order_ids))))
        facts.days[shifts.rows] = whole_days(days_of(Column.of(moments), self.forms))
        facts.money[shifts.rows] = PRICED
        facts.amounts = facts.amounts.copy()
        facts.amounts[shifts.rows] = shifts.amounts

    def sort_out(self) -> None:
        """Finds the rows that are no orders."""
        in_place = np.ones(len(self.kind), bool)
        in_place[self.last :] = False
        counted = in_place.copy()
        in_place[self.shifts.rows] = False
        odd = odd_rows_of(self.table, self.roles, self.forms, self.facts, in_place)
        counted[self.shifts.lost.rows] = counted[odd.rows] = False
        certain = tell_totals(odd, self.units, self.facts, counted)
        self.kind[odd.rows] = odd.kinds
        self.unsure = int(((odd.kinds == IS_TOTAL) & ~certain).sum())

    def of_kind(self, kind: int) -> Counted:
        """The rows of a kind with their revenue; what can't be read counts as nothing."""
        rows = np.flatnonzero(self.kind == kind)
        return Counted.of(rows, np.where(self.facts.money[rows] == PRICED, self.units[rows], 0))

    def chosen(self, choice: Choice) -> np.ndarray:
        """The rows that are in the sums of a choice, with an order_id or without, as marks."""
        found = self.kind != IS_END if choice.counted else self.kind == IS_ORDER
        found[self.shifts.lost.rows if choice.realign else self.shifts.rows] = False
        return found

    def figures(self, choice: Choice) -> Figures:
        """Counts the rows of a choice."""
        facts = self.facts
        rows = np.flatnonzero(self.chosen(choice) & (facts.keys >= 0))
        keys = facts.keys[rows]
        is_first, places = first_of_each(keys, facts.key_count)
        priced = np.zeros(facts.key_count, bool)
        priced[keys[facts.money[rows] == PRICED]] = True
        lines = self.sums(rows, is_first, priced)
        if is_first.all():
            return Figures(lines, lines, len(rows))
        found = Figures(self.sums(rows[is_first], np.ones(int(is_first.sum()), bool), priced), lines, int(is_first.sum()))
        again = rows[~is_first]
        found.repeated = Counted.of(again, self.units[again])
        self.compare(found, again, rows[places[keys[~is_first]]])
        return found

    def sums(self, rows: np.ndarray, first: np.ndarray, priced: np.ndarray) -> Sums:
        """The sums of kept rows; priced marks the keys to which a row gives a revenue."""
        facts = self.facts
        found = Sums(facts, self.units, rows, first)
        money = facts.money[rows]
        found.total = int(found.units.sum()) if len(rows) else 0
        unread, unpriced = rows[money == UNREAD], rows[money == UNPRICED]
        found.unread = Counted.of(unread, self.units[unread])
        found.no_amount = unpriced[~priced[facts.keys[unpriced]]]
        undated = (facts.days[rows] == NO_DAY) & (first | (money != UNPRICED))
        if undated.any():
            found.undated = Counted.of(rows[undated], np.where(money[undated] == PRICED, self.units[rows[undated]], 0))
        return found

    def compare(self, found: Figures, again: np.ndarray, heads: np.ndarray) -> None:
        """Counts the rows that repeat an order_id by what they are beside the first one, and whether they equal an earlier one."""
        facts = self.facts
        priced = facts.money[again] == PRICED
        different = priced & ((facts.money[heads] != PRICED) | (facts.amounts[heads] != facts.amounts[again]))
        rows = np.union1d(again, heads)
        same = self.equal_earlier(rows)[np.searchsorted(rows, again)]
        other = ~different & ~same
        found.different, found.same, found.other = int(different.sum()), int(same.sum()), int(other.sum())
        found.other_priced = bool((other & priced).any())
        found.unpriced = bool((facts.money[again] == UNPRICED).any())
        found.lost = self.lost_digits(again)

    def equal_earlier(self, rows: np.ndarray) -> np.ndarray:
        """Which of some rows are equal in every column to one before them with the same order_id."""
        return equal_earlier(self.table.columns, rows, self.facts.keys[rows])

    def lost_digits(self, rows: np.ndarray) -> bool:
        """Whether one of some order_ids may have lost its last digits."""
        return bool(lost_digits_in(part(self.table.columns[self.roles["order_id"]], rows), self.table.format).any())

    def without_id(self, choice: Choice) -> Counted:
        """The rows of a choice that have no order_id."""
        rows = np.flatnonzero(self.chosen(choice) & (self.facts.keys < 0))
        return Counted.of(rows, self.units[rows])

    def money_left_out(self, choice: Choice) -> Counted:
        """The shifted rows that a choice leaves out."""
        return self.lost_rows if choice.realign else self.shifted

    @property
    def shifted(self) -> Counted:
        """All shifted rows."""
        return self.money_of_shifts(self.shifts)

    def numbers(self, rows: np.ndarray) -> list[int]:
        """The numbers in the file of some rows."""
        return self.table.row_numbers[rows].tolist()

    @property
    def realignable(self) -> Counted:
        return self.money_of_shifts(self.shifts.realignable)

    @property
    def lost_rows(self) -> Counted:
        """Shifted rows that can only be left out."""
        return self.money_of_shifts(self.shifts.lost)

    @staticmethod
    def money_of_shifts(shifts: Shifts) -> Counted:
        return Counted.of(shifts.rows, ten_thousandths(shifts.amounts))

    @property
    def may_be_orders(self) -> int:
        """Rows of which it is not certain that they are no orders."""
        return self.unsure + int((self.kind == IS_SUSPECT).sum())


def data_rows(table: Table, options: dict) -> int:
    """How many of the rows are data: the last ones may be said to be none."""
    return max(table.row_count - options.get("end_rows", 0), 0)
