"""## Checks of texts and keys

What only the whole file tells: other encodings, lost digits, currencies, and groups that are one.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import Column
from keytexts import eastern_letters, has_eastern, is_misread, lost_digits_in, same_groups
from ledger import Counted
from numbershapes import number_shapes
from numbertexts import number_text_of
from readings import texts_of
from rounding import money
from survey import Survey
from table import Table
from textarrays import counts_of, first_of_each, some_texts
from textkernels import flags, trimmed_texts
from values import as_text, trimmed
from verdicts import MOST_EXAMPLES, example, outcome, share_of_rows
from words import CURRENCY_COLUMNS, CURRENCY_OF, RECOMMENDED, lowered, plain_name

Spellings = dict[str, tuple[int, int]]  # the first row and the revenue, in ten-thousandths, of each text


@dataclass
class StrangeTexts:
    """The cells of texts that are not in the file's encoding, or may be in another: one of each row that has one. The header's is told
    beside them by its column. Which texts of Windows-1252 may be in another depends on all of them: letters, of the others and of its own,
    say so; eastern are the cells if they are."""

    cells: Counted = field(default_factory=Counted)
    columns: dict[int, int] = field(default_factory=dict)  # of the first cells, by row
    header: int | None = None
    letters: tuple[int, int] = (0, 0)
    eastern: "StrangeTexts | None" = None

    @property
    def decided(self) -> "StrangeTexts":
        return self.eastern if self.eastern is not None and self.letters[0] > self.letters[1] else self


def text_encoding(table: Table, strange: StrangeTexts) -> dict:
    """Texts that are not in the file's encoding, or may be in another; only text files have one."""
    strange = strange.decided
    header, rows = strange.header is not None, strange.cells.count
    found = [] if strange.header is None else [example(table.header_address(strange.header), trimmed(table.headers[strange.header]))]
    for row in strange.cells.rows[:MOST_EXAMPLES].tolist():
        found += first_cells(table, strange.columns[row], np.array([row]))
    found = found[:MOST_EXAMPLES]
    if not found:
        return outcome("text_encoding", "warning", True, 0, "Every text is in the file's encoding.")
    # The header is no row of the file's, so that it is told beside them.
    who = [*(["the header"] if header else []), *([share_of_rows(rows, table.row_count)] if rows else [])]
    verb = "has" if header + rows == 1 else "have"
    message = f"{' and '.join(who)} {verb} a text that is not in the encoding, or may be in another."
    message = message[0].upper() + message[1:]
    return outcome("text_encoding", "warning", False, header + rows, message, found)


def strange_texts(table: Table, with_header: bool = True) -> StrangeTexts:
    """The strange texts of a table; a part of one may be without its header."""
    if not table.is_csv:
        return StrangeTexts()
    texts: Counter = Counter(header for header in table.headers if with_header and not header.isascii())
    for column in table.columns:
        counts = counts_of(column)
        foreign = ~flags(pa.compute.string_is_ascii(column.texts)) & (counts > 0)
        texts.update(dict(zip(some_texts(column.texts, foreign), counts[foreign].tolist())))
    odd = {text for text in texts if is_misread(text)}
    found = cells_of(table, odd, with_header)
    if table.text["encoding"] == "windows-1252":
        found.letters = eastern_letters(texts.items())
        eastern = {text for text in texts if has_eastern(text)}
        found.eastern = cells_of(table, odd | eastern, with_header) if eastern - odd else found
    return found


def cells_of(table: Table, odd: set[str], with_header: bool) -> StrangeTexts:
    """The cells with an odd text or with bytes that are not of the file's encoding."""
    strange = table.grid.strange
    if not odd and not strange:
        return StrangeTexts()
    found = StrangeTexts()
    header = table.grid.place_of(table.header_row) if with_header else None
    if header is not None:
        found.header = next((c for c, text in enumerate(table.headers) if text in odd or (header, c) in strange), None)
    first = first_strange(table, odd)
    found.cells = Counted(np.flatnonzero(first < len(table.columns)))
    found.columns = {row: int(first[row]) for row in found.cells.rows[:MOST_EXAMPLES].tolist()}
    return found


def first_strange(table: Table, odd: set[str]) -> np.ndarray:
    """The first column of each row that has an odd text, or one that is marked as strange; the number of columns where there is none."""
    first = np.full(table.row_count, len(table.columns), np.int32)
    marks = np.array([mark for mark in table.grid.strange if mark[1] < len(table.columns)], np.int64).reshape(-1, 2)
    if len(marks) and table.row_count:
        rows = np.minimum(np.searchsorted(table.places, marks[:, 0]), table.row_count - 1)
        known = table.places[rows] == marks[:, 0]
        np.minimum.at(first, rows[known], marks[known, 1].astype(np.int32))
    values = pa.array(sorted(odd), pa.large_string())
    for place in range(len(table.columns) - 1, -1, -1):
        column = table.columns[place]
        if odd and column.codes is not None:
            is_odd = flags(pa.compute.is_in(column.texts, values))
            if is_odd.any():
                first = np.where(column.spread(is_odd, False), np.minimum(first, place), first)
    return first


def inexact_ids(found: Survey, rows: np.ndarray) -> np.ndarray:
    """Those of some rows of which the order_id has lost digits."""
    column = found.table.index("order_id")
    return rows[:0] if column is None else rows[lost_digits_in(found.table.columns[column], found.table.format)[rows]]


def order_id_exact(found: Survey, lost: Counted) -> dict:
    """Order_ids that have lost digits."""
    table = found.table
    column = table.index("order_id")
    if column is None or not lost.count:
        return outcome("order_id_exact", "warning", True, 0, "Every order_id is exact.")
    ending = "has an order_id" if lost.count == 1 else "have an order_id"
    how = "stored as a number that has no room for the last ones" if table.format == "parquet" else "of which Excel has lost the last ones"
    message = f"{share_of_rows(lost.count, table.row_count)} {ending} of more than 15 digits, {how}."
    return outcome("order_id_exact", "warning", False, lost.count, message, first_cells(table, column, lost.rows))


def first_cells(table: Table, column: int, rows: np.ndarray) -> list[dict]:
    """The first cells of a column in some rows, as examples."""
    return [example(table.address(column, r), as_text(table.columns[column].cell(r))) for r in rows[:MOST_EXAMPLES].tolist()]


class Currencies(NamedTuple):
    """The rows of a column by the currency that they name."""

    severity: str  # of the check where there are several
    column: int
    rows: dict[str, Counted]


def currencies_in(found: Survey, rows: np.ndarray) -> list[Currencies]:
    """The currencies of some rows: those in the texts of revenue, and those of a column of currencies."""
    table, several = found.table, []
    for severity, column, currencies in (("error", table.index("revenue"), revenue_currencies), ("warning", currency_column(found), column_currencies)):
        if column is None:
            continue
        named, names = currencies(found, table.columns[column])
        named = named[rows]
        has = np.flatnonzero(named >= 0)
        order = has[np.argsort(named[has], kind="stable")]
        starts = np.searchsorted(named[order], np.arange(len(names) + 1))
        runs = {name: rows[order[starts[place] : starts[place + 1]]] for place, name in enumerate(names)}
        several.append(Currencies(severity, column, {name: Counted(run) for name, run in runs.items() if len(run)}))
    return several


def one_currency(table: Table, currencies: list[Currencies]) -> dict:
    """Amounts in several currencies: in the texts of revenue an error, by a column of currencies a warning."""
    for severity, column, rows in currencies:
        if len(rows) < 2:
            continue
        most = min(rows, key=lambda name: (-rows[name].count, name))
        others = Counted.merged(of for name, of in rows.items() if name != most)
        verb = "is" if others.count == 1 else "are"
        message = f"{share_of_rows(others.count, table.row_count)} {verb} in another currency than most."
        return outcome("one_currency", severity, False, others.count, message, first_cells(table, column, others.rows))
    return outcome("one_currency", "error", True, 0, "All amounts are in one currency.")


def revenue_currencies(found: Survey, column: Column) -> tuple[np.ndarray, list[str]]:
    """The currency in each text of revenue by its place among the currencies, -1 where there is none; and these."""
    texts = trimmed_texts(column.texts)
    shapes, nothing = number_shapes(texts), found.forms.nothing_in(texts)
    others = ~shapes.known & ~nothing
    named = [shapes.currencies[place] if place >= 0 else None for place in np.where(nothing, -1, shapes.currency).tolist()]
    for place, text in zip(np.flatnonzero(others).tolist(), some_texts(texts, others)):
        shown = number_text_of(text)
        named[place] = shown.currency if shown else None
    return by_place(column, named)


def column_currencies(_found: Survey, column: Column) -> tuple[np.ndarray, list[str]]:
    """The currency in each cell of a column of currencies, as revenue_currencies."""
    texts = texts_of(column)
    return by_place(texts, [CURRENCY_OF.get(lowered(text), lowered(text)) for text in texts.words])


def by_place(column: Column, names: list[str | None]) -> tuple[np.ndarray, list[str]]:
    """What each text of a column names, by its place among the different names; -1 is nothing."""
    places: dict[str, int] = {}
    codes = np.array([places.setdefault(name, len(places)) if name else -1 for name in names], np.int64)
    return column.spread(codes, -1), list(places)


def currency_column(found: Survey) -> int | None:
    """The first column without a role whose name says that it holds currencies."""
    taken = set(found.roles.values())
    return next((c for c, header in enumerate(found.table.headers) if c not in taken and plain_name(header) in CURRENCY_COLUMNS), None)


def group_names(table: Table, spellings: dict[str, Spellings]) -> dict:
    """Groups that differ in case, white space or characters without a width only, with their sums."""
    examples = []
    for role, names in spellings.items():
        for group in same_groups(sorted(names, key=lambda name: names[name][0])):
            told = ", ".join(f"{name} ({money(names[name][1]):.2f})" for name in group)
            examples.append(example(table.header_address(table.names.index(role)), told))
    if not examples:
        return outcome("group_names", "warning", True, 0, "No groups differ in case or blanks only.")
    groups = "1 group is" if len(examples) == 1 else f"{len(examples):,} groups are"
    return outcome("group_names", "warning", False, len(examples), f"{groups} written in several ways that differ in case or blanks only.", examples[:MOST_EXAMPLES])


def spellings_in(found: Survey, every: bool = False) -> dict[str, Spellings]:
    """The spellings in the columns of groups, as several_spellings; revenue is 0 where the required columns are not known."""
    table = found.table
    rows = np.arange(table.row_count) if found.outcome is None else found.outcome.sums.rows
    units = np.zeros(len(rows), np.int64) if found.outcome is None else found.outcome.sums.units
    places = {role: table.index(role) for role in RECOMMENDED}
    return {role: several_spellings(table.columns[place], rows, units, every) for role, place in places.items() if place is not None}


def several_spellings(column: Column, rows: np.ndarray, units: np.ndarray, every: bool = False) -> Spellings:
    """The spellings, in some rows, of the groups that have several; every: all, as other parts of the table may have others."""
    texts = texts_of(column.take(rows))
    if texts.codes is None:
        return {}
    has = np.flatnonzero(texts.codes >= 0)
    codes = texts.codes[has]
    is_first = first_of_each(codes, len(texts.texts))[0]
    order = codes[is_first]  # of the first ones
    names = texts.texts.take(pa.array(order)).to_pylist()
    wanted = set(names) if every else {name for group in same_groups(names) for name in group}
    if not wanted:
        return {}
    sums = np.zeros(len(texts.texts), units.dtype)
    np.add.at(sums, codes, units[has])
    firsts = rows[has[is_first]].tolist()
    return {name: (first, int(total)) for name, first, total in zip(names, firsts, sums[order].tolist()) if name in wanted}
