"""## Rows that are no orders

Totals, repeated headers, rules and notes (contract/RULES.md, Rows that are no orders). What a row shows by itself is told for whole
columns, of the rows that may be none; what the sums above it say, row by row.
"""

import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import TEXT, Column
from forms import Forms
from names import normalized_name
from readings import texts_of
from rowfacts import PRICED, UNPRICED, RowFacts
from table import Table
from textarrays import part, told
from textkernels import flags, trimmed_texts
from words import AMOUNTS, TOTALS, is_total

# What rows are; in arrays a kind is its place.
ORDER, HEADER, RULE, NOTE, TOTAL, SUSPECT, END = "", "header", "rule", "note", "total", "suspect", "end"
KINDS = (ORDER, HEADER, RULE, NOTE, TOTAL, SUSPECT, END)
IS_ORDER, IS_HEADER, IS_RULE, IS_NOTE, IS_TOTAL, IS_SUSPECT, IS_END = range(len(KINDS))
NEAR = 50  # ten-thousandths
LEAST_ROWS = 3  # that a sum has where no word says that it is one
CANDIDATES_AT_ONCE = 1 << 16


@dataclass
class OddRows:
    """What rows that may be no orders show by themselves, one element a row."""

    rows: np.ndarray
    kinds: np.ndarray  # uint8: IS_HEADER, IS_RULE or IS_NOTE; IS_ORDER where the sums say what the row is
    undated: np.ndarray
    declared: np.ndarray  # as totals by the workbook
    worded: np.ndarray  # has a word for a total
    unpriced: np.ndarray
    without_id: np.ndarray


def odd_rows_of(table: Table, roles: dict[str, int], forms: Forms, facts: RowFacts, among: np.ndarray) -> OddRows:
    """The rows among some that may be no orders, and what they show."""
    without_id = facts.keys < 0
    declared = np.isin(table.row_numbers, np.array(sorted(table.grid.total_rows), np.int64)) if table.grid.total_rows else np.zeros(len(among), bool)
    maybe = facts.undated | without_id | declared
    ids = table.columns[roles["order_id"]]
    total_ids = total_texts(ids)
    if total_ids.any():
        maybe |= ids.spread(total_ids, False)
    rows = np.flatnonzero(maybe & among)
    odd = OddRows(rows, np.zeros(len(rows), np.uint8), facts.undated[rows], declared[rows], np.zeros(len(rows), bool), np.zeros(len(rows), bool), without_id[rows])
    if not len(rows):
        return odd
    revenues = facts.money[rows]
    odd.unpriced = revenues == UNPRICED
    columns = table.columns
    amounts = {roles[role] for role in AMOUNTS if role in roles}
    odd.worded = total_words(columns, rows, odd.without_id, amounts, ids.spread(total_ids, False)[rows])
    places = np.flatnonzero(odd.undated)  # of those in rows that may be one of the others
    for kind, tell in ((IS_HEADER, headers_in), (IS_RULE, rules_in), (IS_NOTE, notes_in)):
        if len(places):
            is_kind = tell(table, rows[places], odd.without_id[places], amounts, forms)
            odd.kinds[places[is_kind]] = kind
            places = places[~is_kind]
    return odd


def headers_in(table: Table, rows: np.ndarray, _without_id: np.ndarray, _amounts: set[int], _forms: Forms) -> np.ndarray:
    """The rows of which each value equals the header of its column, two at least."""
    possible, values = np.ones(len(rows), bool), np.zeros(len(rows), np.int32)
    for column in sorted(range(len(table.columns)), key=lambda column: len(table.columns[column].texts)):
        left = np.flatnonzero(possible)
        if not len(left):
            break
        name = normalized_name(table.headers[column])
        cells = texts_of(part(table.columns[column], rows[left]))
        has = cells.kinds == TEXT
        same = np.zeros(len(left), bool)
        if name and has.any():
            same = cells.spread(np.array([normalized_name(text) == name for text in cells.words], bool), False)
        values[left] += has
        possible[left] = ~has | same
    return possible & (values >= 2)


def rules_in(table: Table, rows: np.ndarray, without_id: np.ndarray, amounts: set[int], forms: Forms) -> np.ndarray:
    """The rows whose values hold no letter and no digit, and of which none stands for nothing in an order."""
    possible = np.ones(len(rows), bool)
    for column, cells in enumerate(table.columns):
        left = np.flatnonzero(possible)
        if not len(left):
            break
        some = part(cells, rows[left])
        wrong = some.filled & (some.kinds != TEXT)
        if some.codes is not None and len(some.texts):
            texts = trimmed_texts(some.texts)
            wrong |= some.spread(with_letters_or_digits(texts), False)
            if column in amounts:
                words = forms.nothing_in(texts) & ~flags(pa.compute.equal(texts, ""))
                wrong |= some.spread(words, False) & ~without_id[left]
        possible[left] = ~wrong
    return possible


def with_letters_or_digits(texts: pa.Array) -> np.ndarray:
    plain = flags(pa.compute.match_substring_regex(texts, "[0-9A-Za-z]"))
    others = ~plain & ~flags(pa.compute.string_is_ascii(texts))
    return plain | told(texts, others, lambda text: any(unicodedata.category(char)[0] in "LN" for char in text))


def notes_in(table: Table, rows: np.ndarray, _without_id: np.ndarray, amounts: set[int], _forms: Forms) -> np.ndarray:
    """The rows without a date that have one value only, a text of words, or that are a key with what belongs to it."""
    values, possible = np.zeros(len(rows), np.int32), np.ones(len(rows), bool)
    key, words = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
    for column, cells in enumerate(table.columns):
        left = np.flatnonzero(possible)
        if not len(left):
            break
        some = part(cells, rows[left])
        has = some.filled
        if column in amounts:
            possible[left] &= ~has
            continue
        first = has & (values[left] == 0)
        values[left] += has
        possible[left] &= ~(first & (some.kinds != TEXT))
        if first.any() and some.codes is not None and len(some.texts):
            texts = trimmed_texts(some.texts)
            is_key = flags(pa.compute.ends_with(texts, ":"))
            is_words = flags(pa.compute.match_substring_regex(texts, r"^(?:#|\*|//)"))
            is_words |= told(texts, ~is_words & ~is_key, lambda text: any(map(str.isspace, text)))
            key[left] |= first & some.spread(is_key, False)
            words[left] |= first & some.spread(is_words, False)
        # What has several values is a note only where the first one is a key.
        possible[left] &= key[left] | (values[left] <= 1)
    return possible & (values > 0) & (key | words)


def total_texts(column: Column) -> np.ndarray:
    """Which of a column's texts say that a row is a total; spread them to have the rows."""
    if column.codes is None or not len(column.texts):
        return np.zeros(len(column.texts), bool)
    texts = trimmed_texts(column.texts)
    ascii_texts = flags(pa.compute.string_is_ascii(texts))
    several = flags(pa.compute.match_substring(texts, " ")) | flags(pa.compute.match_substring(texts, ":")) | ~ascii_texts
    word = flags(pa.compute.is_in(pa.compute.ascii_lower(texts), pa.array(sorted(TOTALS), pa.large_string()))) & ascii_texts
    return word | told(texts, several, is_total)


def total_words(columns: list[Column], rows: np.ndarray, without_id: np.ndarray, amounts: set[int], by_id: np.ndarray) -> np.ndarray:
    """The rows of which the order_id, or where that is null the first text with a letter outside the columns of numbers, says that it is a total."""
    found = by_id & ~without_id
    left = np.flatnonzero(without_id)
    for column, cells in enumerate(columns):
        if not len(left):
            break
        if column in amounts:
            continue
        some = part(cells, rows[left])
        if some.codes is None or not len(some.texts):
            continue
        lettered = some.spread(with_letters(some.texts), False)
        found[left] |= lettered & some.spread(total_texts(some), False)
        left = left[~lettered]
    return found


def with_letters(texts: pa.Array) -> np.ndarray:
    plain = flags(pa.compute.match_substring_regex(texts, "[A-Za-z]"))
    others = ~plain & ~flags(pa.compute.string_is_ascii(texts))
    return plain | told(texts, others, lambda text: any(char == "∑" or unicodedata.category(char)[0] == "L" for char in text))


def tell_totals(odd: OddRows, units: np.ndarray, facts: RowFacts, counted: np.ndarray) -> np.ndarray:
    """Puts the kinds of the odd rows that the sums above them tell; which of these are certain. units are of all rows, in
    ten-thousandths; counted marks the rows that count whatever the sums are."""
    certain = np.ones(len(odd.rows), bool)
    left = np.flatnonzero(odd.kinds == IS_ORDER)
    if not len(left):
        return certain
    above = counted & (facts.money == PRICED)
    units_above = np.cumsum(np.where(above, units, 0))
    rows_above = np.cumsum(above, dtype=np.int32)
    teller = TotalTeller()
    for start in range(0, len(left), CANDIDATES_AT_ONCE):
        places = left[start : start + CANDIDATES_AT_ONCE]
        rows = odd.rows[places]
        shown = zip(
            units_above[rows].tolist(),
            rows_above[rows].tolist(),
            units[rows].tolist(),
            (facts.money[rows] == PRICED).tolist(),
            *(array[places].tolist() for array in (odd.undated, odd.declared, odd.worded, odd.unpriced, odd.without_id)),
        )
        told_kinds = [teller.look(*row) for row in shown]
        odd.kinds[places] = [kind for kind, _ in told_kinds]
        certain[places] = [sure for _, sure in told_kinds]
    return certain


@dataclass
class Candidates:
    """Rows of a part of a table whose kinds the sums above them tell, one element a row. above and counted have the sum of the rows of the part
    that count anyhow up to the row, and how many have a revenue."""

    rows: np.ndarray
    above: np.ndarray
    counted: np.ndarray
    units: np.ndarray
    priced: np.ndarray
    flags: tuple[np.ndarray, ...]  # undated, declared, worded, unpriced, without_id


def candidates_of(odd: OddRows, units: np.ndarray, facts: RowFacts, counted: np.ndarray) -> Candidates:
    """The rows of a part whose kinds the sums tell, for tell_candidates; the arguments are those of tell_totals."""
    left = np.flatnonzero(odd.kinds == IS_ORDER)
    rows = odd.rows[left]
    above = counted & (facts.money == PRICED)
    flags_there = tuple(array[left] for array in (odd.undated, odd.declared, odd.worded, odd.unpriced, odd.without_id))
    sums = np.cumsum(np.where(above, units, 0)) if len(units) else units
    return Candidates(rows, sums[rows], np.cumsum(above, dtype=np.int32)[rows], units[rows], facts.money[rows] == PRICED, flags_there)


def tell_candidates(teller: "TotalTeller", part_of: Candidates, units: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The kinds of a part's candidates, and whether they are certain; before the part stand so many units in so many rows that count anyhow."""
    shown = zip(part_of.above.tolist(), part_of.counted.tolist(), part_of.units.tolist(), part_of.priced.tolist(), *(array.tolist() for array in part_of.flags))
    told_kinds = [teller.look(above + units, counted + rows, *rest) for above, counted, *rest in shown]
    return np.array([kind for kind, _ in told_kinds], np.uint8), np.array([sure for _, sure in told_kinds], bool)


class TotalTeller:
    """Tells totals among rows that it sees in their order."""

    def __init__(self):
        self.units = self.rows = 0  # of the rows before that it has found to be orders
        self.last_units = self.last_rows = 0  # the sum above the last total or suspected one, and its rows

    def look(self, above: int, rows: int, revenue: int, priced: bool, undated: bool, declared: bool, worded: bool, unpriced: bool, without_id: bool) -> tuple[int, bool]:
        """A row's kind, and whether that is certain; above is the sum of the rows before that count anyhow, of so many rows with a revenue."""
        above, rows = above + self.units, rows + self.rows
        since = rows - self.last_rows
        near = priced and rows > 0 and abs(above - revenue) <= NEAR
        near_since = priced and since > 0 and abs(above - self.last_units - revenue) <= NEAR
        kind, certain = IS_ORDER, True
        if declared:
            kind = IS_TOTAL
        elif worded and (undated or near or near_since):
            kind, certain = IS_TOTAL, near or near_since or unpriced
        elif revenue and ((near and rows >= LEAST_ROWS) or (near_since and since >= LEAST_ROWS)):
            if without_id:
                kind = IS_TOTAL
            elif undated:
                kind, certain = IS_SUSPECT, False
        if kind != IS_ORDER:
            self.last_units, self.last_rows = above, rows
        elif priced:
            self.units += revenue
            self.rows += 1
        return kind, certain
