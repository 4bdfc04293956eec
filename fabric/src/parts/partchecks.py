"""## Checks of parts

What fails the checks in each part, by the numbers of the rows, and what all parts come to.
"""

from dataclasses import dataclass, field

import numpy as np

from checks import Failing, ToldRows, failing_in
from cleaning import ALWAYS_TEXT, Shape, part_of_amounts, shape_of
from dateranges import days_of_orders
from forms import Forms
from grouping import MOST_GROUPS
from inputparts import InputPart
from ledger import Choice, Counted, Sums
from names import column_letters
from noorders import END
from partledger import RowMarks, StoredLedger
from parttables import Layout, part_survey, part_table
from parttallies import binned_part
from realigning import realign
from rowfacts import UNPRICED
from survey import Survey
from table import Table
from textchecks import Currencies, Spellings, StrangeTexts
from typed import typed_values
from values import Cell, trimmed
from words import AMOUNTS

MOST_TOLD_CURRENCIES = 1 << 10  # names that a column of currencies may hold
MOST_SHOWN = 400  # characters of a cell that is an example
BINS_OF = dict[int, list[int]]


@dataclass
class PartOutcome:
    """What a part's rows come to when all is decided: what outcome.Outcome says of a whole table, as far as the checks and the cleaning ask."""

    ledger: StoredLedger
    choice: Choice
    row_is: str
    again: np.ndarray  # bool: a row repeats an order_id
    items: np.ndarray  # rows: lines without a revenue of orders that have one

    @property
    def no_orders(self) -> list[Counted]:
        return [rows for name, rows in self.kinds.items() if name == END or not self.choice.counted]

    @property
    def kinds(self) -> dict[str, Counted]:
        return {name: self.ledger.of_kind(place) for place, name in self.ledger.names_of_kinds()}

    @property
    def sums(self) -> Sums:
        facts = self.ledger.facts
        keep = self.ledger.chosen(self.choice) & (facts.keys >= 0)
        if self.row_is == "order":
            keep &= ~self.again
        rows = np.flatnonzero(keep)
        unpriced = rows[facts.money[rows] == UNPRICED]
        return Sums(facts, self.ledger.units, rows, ~self.again[rows], no_amount=unpriced[~np.isin(unpriced, self.items)])


@dataclass
class Decided:
    """What tasks are told of how an input is read."""

    layout: Layout
    forms: Forms
    looked: bool
    choice: Choice
    row_is: str

    def read(self, kept: tuple) -> tuple[InputPart, Survey, RowMarks]:
        """A part with what is known of its rows, and what they are told of others."""
        ((stored, _, _), told), marks = kept
        part = stored["part"]
        ledger = StoredLedger(stored, told[0] if told else None)
        table = part_table(self.layout, part)
        told_rows = RowMarks.merged(marks)
        again = np.zeros(table.row_count, bool)
        again[told_rows.repeated] = True
        found = part_survey(self.layout, table, self.forms)
        if self.looked:
            if self.choice.realign:
                realign(table, ledger.shifts.realignable)
            found.outcome = PartOutcome(ledger, self.choice, self.row_is, again, told_rows.items)  # type: ignore[assignment]
        return part, found, told_rows


@dataclass
class PartFacts:
    """What the checks, the histograms and the cleaning need to know of a part, or of all."""

    failing: Failing
    days: np.ndarray
    bins: BINS_OF
    shapes: dict[str, Shape]
    too_many: set[str] = field(default_factory=set)  # columns that hold no groups


def part_facts(decided: Decided, kept: tuple, ends: dict[int, tuple]) -> PartFacts:
    """Those of a part; ends are those of the histograms that are counted."""
    _, found, marks = decided.read(kept)
    table = found.table
    told = ToldRows(marks.repeated if decided.row_is != "order_line" else marks.repeated[:0], marks.other_cases)
    failing = numbered_failing(table, failing_in(found, told))
    place = table.index("order_date")
    days = days_of_orders(found, table.columns[place]) if place is not None else np.zeros(0, np.int64)
    bins = {place: binned_part(typed_values(found, place), of) for place, of in ends.items()}
    result = PartFacts(failing, days, bins, column_shapes(found))
    return limited_facts(result)


def column_shapes(found: Survey) -> dict[str, Shape]:
    """What the kept rows hold in the columns that are written as their values are."""
    shapes: dict[str, Shape] = {}
    if found.outcome is None:
        return shapes
    table, keep, read_by = found.table, found.outcome.sums.rows, found.forms if found.table.is_csv else None
    for place, (name, column) in enumerate(zip(table.names, table.columns)):
        if name == "quantity":
            shapes[name] = Shape(frozenset(), part_of_amounts(column, found.forms, keep, whole=True)[0].kind == "int64", True)
        elif name not in ALWAYS_TEXT and name != "order_date" and name not in AMOUNTS:
            shapes[name] = shape_of(column, typed_values(found, place), keep, read_by)
    return shapes


def numbered_failing(table: Table, failing: Failing) -> Failing:
    """What fails in a part, by the numbers of the rows, of which the first ones are kept."""
    numbers = table.row_numbers

    def numbered(counted: Counted) -> Counted:
        return Counted.merged([Counted(numbers[counted.rows], counted.units, counted.absolute)])

    return Failing(
        {name: numbered(rows) for name, rows in failing.rows.items()},
        [Currencies(of.severity, of.column, {name: numbered(rows) for name, rows in of.rows.items()}) for of in failing.currencies],
        numbered_strange(numbers, failing.strange),
        {role: {name: (int(numbers[first]), units) for name, (first, units) in names.items()} for role, names in failing.spellings.items()},
    )


def numbered_strange(numbers: np.ndarray, strange: StrangeTexts) -> StrangeTexts:
    columns = {int(numbers[row]): column for row, column in strange.columns.items()}
    found = StrangeTexts(Counted.merged([Counted(numbers[strange.cells.rows])]), columns, strange.header, strange.letters)
    if strange.eastern is not None:
        found.eastern = found if strange.eastern is strange else numbered_strange(numbers, strange.eastern)
    return found


def plus_facts(one: PartFacts, other: PartFacts) -> PartFacts:
    """What two sets of parts come to."""
    bins = {place: (np.array(one.bins[place]) + np.array(other.bins[place])).tolist() for place in one.bins}
    shapes = {name: one.shapes[name] + other.shapes[name] for name in one.shapes}
    return limited_facts(PartFacts(plus_failing(one.failing, other.failing), np.union1d(one.days, other.days), bins, shapes, one.too_many | other.too_many))


def limited_facts(facts: PartFacts) -> PartFacts:
    """Gives up the spellings of columns that hold no groups, and the currencies of a column that names none."""
    for role, names in facts.failing.spellings.items():
        if role in facts.too_many or len(names) > MOST_GROUPS:
            facts.too_many.add(role)
            names.clear()
    for of in facts.failing.currencies:
        if len(of.rows) > MOST_TOLD_CURRENCIES:
            least = sorted(of.rows, key=lambda name: (of.rows[name].count, name))[: len(of.rows) - MOST_TOLD_CURRENCIES + 1]
            of.rows["…"] = Counted.merged([of.rows.pop(name) for name in least])
    return facts


def plus_failing(one: Failing, other: Failing) -> Failing:
    currencies = [
        Currencies(mine.severity, mine.column, {name: Counted.merged([of.rows[name] for of in (mine, theirs) if name in of.rows]) for name in {*mine.rows, *theirs.rows}})
        for mine, theirs in zip(one.currencies, other.currencies)
    ]
    rows = {name: Counted.merged([one.rows[name], other.rows[name]]) for name in one.rows}
    spellings = {role: plus_spellings(one.spellings.get(role, {}), other.spellings.get(role, {})) for role in one.spellings}
    return Failing(rows, currencies, plus_strange(one.strange, other.strange), spellings)


def plus_spellings(one: Spellings, other: Spellings) -> Spellings:
    found = dict(one)
    for name, (first, units) in other.items():
        mine = found.get(name)
        found[name] = (first, units) if mine is None else (min(mine[0], first), mine[1] + units)
    return found


def plus_strange(one: StrangeTexts, other: StrangeTexts) -> StrangeTexts:
    letters = (one.letters[0] + other.letters[0], one.letters[1] + other.letters[1])
    header = one.header if one.header is not None else other.header
    found = StrangeTexts(Counted.merged([one.cells, other.cells]), {**one.columns, **other.columns}, header, letters)
    if one.eastern is not None or other.eastern is not None:
        found.eastern = plus_strange(*(StrangeTexts(of.cells, of.columns, of.header) for of in (one.eastern or one, other.eastern or other)))
    found.columns = {row: found.columns[row] for row in found.cells.rows.tolist()}
    return found


class SampledColumn:
    """A column of which the cells of some rows are there, by their numbers."""

    def __init__(self, cells: dict[int, list[Cell]], place: int):
        self.cells, self.place = cells, place

    def cell(self, number: int) -> Cell:
        return self.cells[int(number)][self.place]


class SampledTable(Table):
    """The table of an input in parts, in which rows are said by their numbers: with the cells that are shown as examples."""

    rows = 0

    @property
    def row_count(self) -> int:
        return self.rows

    def address(self, column: int, row: int) -> str:
        return f"{column_letters(column)}{row}"

    def take_cells(self, cells: dict[int, list[Cell]]) -> None:
        self.columns = [SampledColumn(cells, place) for place in range(len(self.names))]  # type: ignore[misc]


def sampled_cells(decided: Decided, kept: tuple, numbers: list[int]) -> dict[int, list[Cell]]:
    """The cells of some rows of a part, texts without blanks at their ends and cut."""
    _, found, _ = decided.read((kept, []))
    table = found.table
    rows = np.flatnonzero(np.isin(table.row_numbers, np.array(numbers, np.int64)))
    return {int(table.row_numbers[row]): [shown_cell(column.cell(row)) for column in table.columns] for row in rows.tolist()}


def shown_cell(cell: Cell) -> Cell:
    return (trimmed(cell) or "")[:MOST_SHOWN] if isinstance(cell, str) else cell
