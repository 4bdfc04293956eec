"""The ledger row by row, an object for each: what the arrays of ledger.py must come to."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from forms import Forms
from keytexts import lost_digits
from likely import likely_value
from reference_rows import END, ORDER, SUSPECT, TOTAL, Aligner, KindFinder, Shift
from sums import ten_thousandths, units_of
from table import Table
from values import as_text, trimmed
from words import AMOUNTS

KINDS = ("header", "rule", "note", "total", "suspect", "end")
PRICED, UNPRICED, UNREAD = range(3)  # what a revenue is: a number, null, neither


class Entry(NamedTuple):
    """What the figures need of a row."""

    row: int
    order_id: str | None
    amount: float  # the revenue, or what it probably is where it can't be read
    units: int  # that in ten-thousandths
    money: int
    day: date | None
    kind: str
    shift: Shift | None


@dataclass
class Counted:
    """Rows with their money, in ten-thousandths."""

    rows: list[int] = field(default_factory=list)
    units: int = 0
    absolute: int = 0

    def add(self, row: int, units: int) -> None:
        self.rows.append(row)
        self.units += units
        self.absolute += abs(units)


class Choice(NamedTuple):
    """Which rows that are no ordinary ones are in the sums."""

    counted: bool  # rows that are no orders
    realign: bool  # shifted rows that can be realigned

    def has(self, entry: Entry) -> bool:
        return (entry.kind == ORDER or self.counted) and (entry.shift is None or (self.realign and entry.shift.joined > 0))


@dataclass
class Sums:
    """Those of one way to take repeated order_ids."""

    kept: list[Entry] = field(default_factory=list)
    total: int = 0
    unread: Counted = field(default_factory=Counted)
    undated: Counted = field(default_factory=Counted)
    no_amount: list[int] = field(default_factory=list)

    def add(self, entry: Entry, first: bool) -> None:
        """Takes a row; first: it is the first one of its order."""
        self.kept.append(entry)
        if entry.money == PRICED:
            self.total += entry.units
        elif entry.money == UNREAD:
            self.unread.add(entry.row, entry.units)
        if entry.day is None and (first or entry.money != UNPRICED):
            self.undated.add(entry.row, entry.units if entry.money == PRICED else 0)


@dataclass
class Figures:
    """What the rows of a choice come to that have an order_id."""

    orders: int = 0
    first: Sums = field(default_factory=Sums)  # of the first row of each order_id
    lines: Sums = field(default_factory=Sums)  # of all rows
    repeated: Counted = field(default_factory=Counted)
    different: int = 0
    same: int = 0
    other: int = 0
    other_priced: bool = False  # one of the others has a revenue
    unpriced: bool = False  # a row that repeats an order_id has none
    lost: bool = False  # an order_id that repeats may have lost digits


class Ledger:
    """The rows of a table whose values are read in one way."""

    def __init__(self, table: Table, forms: Forms, roles: dict[str, int], options: dict):
        self.table, self.forms, self.roles = table, forms, roles
        self.cells = [column.cells() for column in table.columns]
        self.last = max(table.row_count - options.get("end_rows", 0), 0)
        self.kinds: dict[str, Counted] = {kind: Counted() for kind in KINDS}
        self.unsure = 0  # totals that may be orders
        self.shifts: dict[int, Shift] = {}
        self.entries: list[Entry] = []
        self.read(sort_out=options.get("rows_no_orders") != "count")

    def read(self, sort_out: bool) -> None:
        table, forms = self.table, self.forms
        ids, dates, revenues = (self.cells[self.roles[role]] for role in ("order_id", "order_date", "revenue"))
        amounts = [forms.amount(cell) for cell in revenues]
        units = ten_thousandths(amounts).tolist()
        aligner = Aligner(table, self.cells, forms, self.roles, self.last) if table.is_csv else None
        odd, undated = self.odd_rows()
        kinds = KindFinder(table, self.cells, forms, self.roles)
        for row in range(table.row_count):
            revenue = None if amounts[row] is None else units[row]
            if row >= self.last:
                self.kinds[END].add(row, revenue or 0)
                continue
            money, amount = PRICED, amounts[row] or 0.0
            order_id, moment, price = ids[row], dates[row], revenues[row]
            shift = aligner.look(row, row in odd) if aligner and (row in odd or aligner.counts[row] > aligner.width) else None
            kind, certain = ORDER, True
            if aligner and shift is not None:
                self.shifts[row] = shift
                if shift.joined == 0:
                    continue
                fields = table.fields(row)
                places = (self.roles[role] for role in ("order_id", "order_date", "revenue"))
                order_id, moment, price = (aligner.value(fields, place, shift.first, shift.joined) for place in places)
                amount, revenue = shift.amount, units_of(shift.amount)
                kinds.count(revenue)
            elif sort_out:
                kind, certain = kinds.look(row, row not in undated, revenue)
            if kind != ORDER:
                self.kinds[kind].add(row, revenue or 0)
                self.unsure += kind == TOTAL and not certain
            if revenue is None:
                money, amount = (UNPRICED, 0.0) if forms.is_null(price) else (UNREAD, likely_value(price))
                revenue = units_of(amount)
            self.entries.append(Entry(row, as_text(order_id), amount, revenue, money, forms.day(moment), kind, shift))

    def odd_rows(self) -> tuple[set[int], set[int]]:
        """The rows in which a value of a date or an amount is there and can't be read, and those without a date."""
        forms = self.forms
        odd: set[int] = set()
        undated: set[int] = set()
        for role in ("order_date", *AMOUNTS):
            if role not in self.roles:
                continue
            cells = self.cells[self.roles[role]]
            if role == "order_date":
                # What is read as a day is one; else it may be one in another order or century.
                undated.update(r for r in range(self.last) if forms.day(cells[r]) is None and not forms.dated(cells[r]))
                odd.update(r for r in undated if not forms.is_null(cells[r]))
            else:
                odd.update(r for r in range(self.last) if forms.amount(cells[r]) is None and not forms.is_null(cells[r]))
        return odd, undated

    def figures(self, choice: Choice) -> Figures:
        """Counts the rows of a choice."""
        found = Figures()
        first: dict[str, Entry] = {}
        priced: set[str] = set()
        again: dict[str, list[Entry]] = {}
        for entry in self.entries:
            if entry.order_id is None or not choice.has(entry):
                continue
            found.lines.add(entry, entry.order_id not in first)
            if entry.money == PRICED:
                priced.add(entry.order_id)
            if entry.order_id in first:
                found.repeated.add(entry.row, entry.units)
                again.setdefault(entry.order_id, [first[entry.order_id]]).append(entry)
            else:
                first[entry.order_id] = entry
                found.first.add(entry, True)
        found.orders = len(first)
        for sums in (found.first, found.lines):
            sums.no_amount = [e.row for e in sums.kept if e.money == UNPRICED and e.order_id not in priced]
        for entries in again.values():
            self.compare(entries, found)
        return found

    def compare(self, entries: list[Entry], found: Figures) -> None:
        """Counts the rows that repeat an order_id by what they are beside the first one, and whether they equal an earlier one."""
        head = entries[0]
        seen = {self.whole_row(head.row)}
        for entry in entries[1:]:
            whole = self.whole_row(entry.row)
            same = whole in seen
            seen.add(whole)
            different = entry.money == PRICED and (head.money != PRICED or head.amount != entry.amount)
            found.different += different
            found.unpriced = found.unpriced or entry.money == UNPRICED
            found.same += same
            if not different and not same:
                found.other += 1
                found.other_priced = found.other_priced or entry.money == PRICED
            found.lost = found.lost or lost_digits(self.cells[self.roles["order_id"]][entry.row], self.table.format)

    def whole_row(self, row: int) -> tuple:
        """A row's values, for comparison: texts without blanks at their ends; true and 1 differ."""
        if self.table.is_csv:
            return tuple(trimmed(str(cell or "")) for cell in (column[row] for column in self.cells))
        return tuple(trimmed(cell) if type(cell) is str else ("boolean", cell) if type(cell) is bool else cell for cell in (column[row] for column in self.cells))

    @property
    def may_be_orders(self) -> int:
        """Rows of which it is not certain that they are no orders."""
        return self.unsure + len(self.kinds[SUSPECT].rows)
