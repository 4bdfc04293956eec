"""## Checks of texts and keys

What only the whole file tells: other encodings, lost digits, currencies, and groups that are one.
"""

from collections import Counter
from string import ascii_uppercase

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import Column
from keytexts import has_eastern, is_misread, lost_digits_in, maybe_eastern, same_groups
from numbershapes import number_shapes
from numbertexts import number_text_of
from readings import texts_of
from rounding import money
from survey import Survey
from table import Table
from textarrays import counts_of, first_of_each, flags, some_texts, trimmed_texts
from values import as_text, trimmed
from verdicts import MOST_EXAMPLES, example, outcome, share_of_rows
from words import CURRENCY_COLUMNS, CURRENCY_OF, RECOMMENDED, lowered, plain_name


def text_encoding(table: Table) -> dict:
    """Texts that are not in the file's encoding, or may be in another; only text files have one."""
    found, rows = strange_cells(table) if table.is_csv else ([], 0)
    if not found:
        return outcome("text_encoding", "warning", True, 0, "Every text is in the file's encoding.")
    # The header is no row of the file's, so that it is told beside them.
    header = found[0]["cell"].lstrip(ascii_uppercase) == str(table.header_row)
    who = [*(["the header"] if header else []), *([share_of_rows(rows, table.row_count)] if rows else [])]
    verb = "has" if header + rows == 1 else "have"
    message = f"{' and '.join(who)} {verb} a text that is not in the encoding, or may be in another."
    message = message[0].upper() + message[1:]
    return outcome("text_encoding", "warning", False, header + rows, message, found)


def strange_cells(table: Table) -> tuple[list[dict], int]:
    """The first of the first such cells, one of each row that has one, the header's row too; and how many such rows there are besides that."""
    texts: Counter = Counter(header for header in table.headers if not header.isascii())
    for column in table.columns:
        counts = counts_of(column)
        foreign = ~flags(pa.compute.string_is_ascii(column.texts)) & (counts > 0)
        texts.update(dict(zip(some_texts(column.texts, foreign), counts[foreign].tolist())))
    odd = {text for text in texts if is_misread(text)}
    if table.text["encoding"] == "windows-1252" and maybe_eastern(texts.items()):
        odd.update(text for text in texts if has_eastern(text))
    strange = table.grid.strange
    if not odd and not strange:
        return [], 0
    found = []
    header = table.grid.place_of(table.header_row)
    if header is not None:
        place = next((c for c, text in enumerate(table.headers) if text in odd or (header, c) in strange), None)
        if place is not None:
            found.append(example(table.header_address(place), trimmed(table.headers[place])))
    first = first_strange(table, odd)
    rows = np.flatnonzero(first < len(table.columns))
    for row in rows[:MOST_EXAMPLES].tolist():
        found += first_cells(table, int(first[row]), np.array([row]))
    return found[:MOST_EXAMPLES], len(rows)


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


def order_id_exact(found: Survey, rows: np.ndarray) -> dict:
    """Order_ids that have lost digits."""
    table = found.table
    column = table.index("order_id")
    lost = rows[:0] if column is None else rows[lost_digits_in(table.columns[column], table.format)[rows]]
    if column is None or not len(lost):
        return outcome("order_id_exact", "warning", True, 0, "Every order_id is exact.")
    ending = "has an order_id" if len(lost) == 1 else "have an order_id"
    how = "stored as a number that has no room for the last ones" if table.format == "parquet" else "of which Excel has lost the last ones"
    message = f"{share_of_rows(len(lost), table.row_count)} {ending} of more than 15 digits, {how}."
    return outcome("order_id_exact", "warning", False, len(lost), message, first_cells(table, column, lost))


def first_cells(table: Table, column: int, rows: np.ndarray) -> list[dict]:
    """The first cells of a column in some rows, as examples."""
    return [example(table.address(column, r), as_text(table.columns[column].cell(r))) for r in rows[:MOST_EXAMPLES].tolist()]


def one_currency(found: Survey, rows: np.ndarray) -> dict:
    """Amounts in several currencies: in the texts of revenue an error, by a column of currencies a warning."""
    table = found.table
    passed = outcome("one_currency", "error", True, 0, "All amounts are in one currency.")
    for severity, column, currencies in (("error", table.index("revenue"), revenue_currencies), ("warning", currency_column(found), column_currencies)):
        if column is None:
            continue
        named, names = currencies(found, table.columns[column])
        named = named[rows]
        counts = np.bincount(named[named >= 0], minlength=len(names)).tolist()
        if sum(count > 0 for count in counts) < 2:
            continue
        most = min(range(len(names)), key=lambda place: (-counts[place], names[place]))
        others = rows[(named >= 0) & (named != most)]
        verb = "is" if len(others) == 1 else "are"
        message = f"{share_of_rows(len(others), table.row_count)} {verb} in another currency than most."
        return outcome("one_currency", severity, False, len(others), message, first_cells(table, column, others))
    return passed


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


def group_names(found: Survey) -> dict:
    """Groups that differ in case, white space or characters without a width only, with their sums."""
    table, examples = found.table, []
    rows = np.arange(table.row_count) if found.outcome is None else found.outcome.sums.rows
    for role in RECOMMENDED:
        column = table.index(role)
        if column is None:
            continue
        for names in several_spellings(table.columns[column], rows, found):
            told = ", ".join(f"{name} ({money(units):.2f})" for name, units in names.items())
            examples.append(example(table.header_address(column), told))
    if not examples:
        return outcome("group_names", "warning", True, 0, "No groups differ in case or blanks only.")
    groups = "1 group is" if len(examples) == 1 else f"{len(examples):,} groups are"
    return outcome("group_names", "warning", False, len(examples), f"{groups} written in several ways that differ in case or blanks only.", examples[:MOST_EXAMPLES])


def several_spellings(column: Column, rows: np.ndarray, found: Survey) -> list[dict[str, int]]:
    """The spellings of each group that has several in some rows, in the order of the first ones, with their revenue in ten-thousandths;
    0 where the required columns are not known."""
    texts = texts_of(column.take(rows))
    if texts.codes is None:
        return []
    has = np.flatnonzero(texts.codes >= 0)
    codes = texts.codes[has]
    is_first = first_of_each(codes, len(texts.texts))[0]
    order = codes[is_first]  # of the first ones
    names = texts.texts.take(pa.array(order)).to_pylist()
    groups = same_groups(names)
    if not groups:
        return []
    units = np.zeros(len(rows), np.int64) if found.outcome is None else found.outcome.sums.units
    sums = np.zeros(len(texts.texts), units.dtype)
    np.add.at(sums, codes, units[has])
    of_name = dict(zip(names, sums[order].tolist()))
    return [{name: of_name[name] for name in group} for group in groups]
