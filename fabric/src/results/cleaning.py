"""## Cleaning

Which rows stay, and which values become null (contract/RULES.md, Cleaning). Nothing else changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from columns import BOOLEAN, DAY, MOMENT, NULL, NUMBER, TEXT, Column
from forms import Forms
from plaintexts import OPEN
from readings import amounts_of, days_of, nulls_of, texts_of
from survey import Survey
from table import Table
from textkernels import matching
from typed import Typed, entries_of, occurrences, spread_over, stored_column, typed_column
from values import EXACT, as_text
from words import AMOUNTS

ALWAYS_TEXT = ("order_id", "channel", "region", "product_category")
ARROW_TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
MOST_TEXT_BYTES = 1 << 31  # of a string array
# Texts of a text file that a number of a double, a day or a moment gives back as they are. Of 15 digits a double keeps each.
COMES_BACK = {
    NUMBER: r"^(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,8})\.[0-9]{0,5}[1-9])$",
    DAY: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    MOMENT: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$",
}


@dataclass(frozen=True, eq=False)
class CleanedColumn:
    """A column's values before the rows are chosen: each different one once where places says which one a row has, else one a row."""

    kind: str  # of ARROW_TYPES
    values: Column  # by entry: texts, or numbers of one kind
    places: np.ndarray | None = None  # whole numbers, one a row of the file: its entry, -1 is null

    def entries(self) -> pa.Array:
        """The values of all entries; texts as large_string."""
        return arrow_of(self.values, self.kind)

    def array(self, rows: np.ndarray) -> pa.Array:
        """The values of some rows of the file; texts as large_string."""
        if self.places is None:
            return arrow_of(self.values.take(rows), self.kind)
        places = self.places[rows]
        if len(self.values) < len(rows):
            return self.entries().take(pa.array(places, mask=places < 0))
        return arrow_of(spread_over(self.values, places), self.kind)

    def coded(self, rows: np.ndarray) -> tuple[pa.Array, np.ndarray] | None:
        """The different texts of some rows in the order in which they first stand there, and each row's place among them, -1 for null;
        None where the values are no texts that stand once each."""
        if self.kind != "string" or self.values.codes is None:
            return None
        codes = self.values.codes[rows] if self.places is None else np.append(self.values.codes, np.int32(-1))[self.places[rows]]
        texts = self.values.texts
        first = np.full(len(texts) + 1, len(rows), np.int32)
        first[codes[::-1]] = np.arange(len(rows) - 1, -1, -1, dtype=np.int32)  # the last that is put into a place stays
        first = first[:-1]
        if len(first) == 0 or (first[-1] < len(rows) and bool((first[1:] > first[:-1]).all())):
            return texts, codes
        order = np.argsort(first, kind="stable")[: int((first < len(rows)).sum())]
        new = np.full(len(texts) + 1, -1, np.int32)
        new[order] = np.arange(len(order), dtype=np.int32)
        return texts.take(pa.array(order)), new[codes]


class CleanedColumns(Mapping[str, pa.Array]):
    """The cleaned columns by name, one value a row. An array is made when it is asked for: all of them may not fit into memory."""

    def __init__(self, parts: dict[str, CleanedColumn], keep: np.ndarray):
        self.parts, self.keep = parts, keep

    def __getitem__(self, name: str) -> pa.Array:
        found = self.parts[name].array(self.keep)
        # More than 2 GB of texts are no string.
        return found.cast(pa.string()) if pa.types.is_large_string(found.type) and found.nbytes < MOST_TEXT_BYTES else found

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


@dataclass
class Cleaned:
    """The cleaned rows."""

    parts: dict[str, CleanedColumn]
    keep: np.ndarray  # int64: the rows of the file that stay
    rows: dict[str, int]  # as in run_metadata.json
    first: np.ndarray  # bool: a row is the first of its order

    @cached_property
    def columns(self) -> Mapping[str, pa.Array]:
        """The columns by name, one value a row, of the type that ARROW_TYPES has for their kind."""
        return CleanedColumns(self.parts, self.keep)

    @property
    def kinds(self) -> dict[str, str]:
        return {name: part.kind for name, part in self.parts.items()}

    @property
    def count(self) -> int:
        return self.rows["written"]


def clean(found: Survey) -> Cleaned:
    """Cleans a table whose validation did not fail: it has order_id, order_date and revenue."""
    assert found.outcome is not None
    keep = found.outcome.sums.rows
    parts, bad_dates, bad_numbers = cleaned_parts(found.table, found.forms, keep)
    return Cleaned(parts, keep, row_counts(found, len(keep), bad_dates, bad_numbers), first_of_each_order(parts["order_id"], keep))


def cleaned_parts(table: Table, forms: Forms, keep: np.ndarray, kinds: dict[str, str] | None = None) -> tuple[dict[str, CleanedColumn], int, int]:
    """The cleaned columns by name, and how many dates and numbers of kept rows are none. kinds says how the columns are written whose values do,
    where the rows are a part of a table."""
    parts: dict[str, CleanedColumn] = {}
    bad_dates = bad_numbers = 0
    kinds = kinds or {}
    for name, column in zip(table.names, table.columns):
        if name in ALWAYS_TEXT:
            parts[name] = part_of_texts(column)
        elif name == "order_date":
            parts[name], bad_dates = part_of_dates(column, forms, keep)
        elif name in AMOUNTS:
            parts[name], bad = part_of_amounts(column, forms, keep, whole=name == "quantity")
            if name in kinds:
                parts[name] = replace(parts[name], kind=kinds[name])
            bad_numbers += bad
        else:
            read_by = forms if table.is_csv else None
            parts[name] = part_of_others(column, typed_column(column, name, read_by), keep, read_by, kinds.get(name))
    return parts, bad_dates, bad_numbers


def row_counts(found: Survey, written: int, bad_dates: int, bad_numbers: int) -> dict[str, int]:
    """How the rows of the file became cleaned rows."""
    outcome = found.outcome
    assert outcome is not None
    missing = outcome.missing
    return {
        "read": found.table.row_count,
        "left_out": sum(kind["rows"] for kind in outcome.left_out),
        "shifted": missing["shifted_rows"].count,
        "without_order_id": missing["no_order_id"].count,
        "duplicate_order_id": missing["repeated_order_id"].count,
        "written": written,
        "invalid_dates": bad_dates,
        "invalid_numbers": bad_numbers,
    }


def first_of_each_order(ids: CleanedColumn, keep: np.ndarray) -> np.ndarray:
    """Which of the kept rows is the first with its text."""
    if ids.values.codes is None:  # no row has one
        return np.arange(len(keep)) == 0
    entries = keep if ids.places is None else ids.places[keep]
    texts = np.append(ids.values.codes, np.int32(-1))[entries]
    rows = np.arange(len(texts), dtype=np.int32)
    first = np.zeros(len(ids.values.texts) + 1, np.int32)
    first[texts[::-1]] = rows[::-1]  # the last that is put into a place stays
    return first[texts] == rows


def part_of_texts(column: Column) -> CleanedColumn:
    """The texts of a column of any cells (values.as_text)."""
    if column.numbers is not None:
        return CleanedColumn("string", *entries_of(texts_of(column)))
    bare = stored_column(column)
    return CleanedColumn("string", bare.values, bare.places)


def part_of_dates(column: Column, forms: Forms, keep: np.ndarray) -> tuple[CleanedColumn, int]:
    """The days of order_date, and how many kept rows have something else there."""
    if is_of(column, DAY):
        return CleanedColumn("date", column), 0
    entries, places = entries_of(column)
    days = days_of(entries, forms)
    missing = np.isnan(days)
    return CleanedColumn("date", Column.of_numbers(DAY, days, missing), places), rows_with(missing & ~nulls_of(entries, forms), places, keep)


def part_of_amounts(column: Column, forms: Forms, keep: np.ndarray, whole: bool) -> tuple[CleanedColumn, int]:
    """The numbers of a column of amounts, and how many kept rows have something else there; whole: as integers where all are."""
    values, places, bad = column, None, 0
    if not is_of(column, NUMBER):
        entries, places = entries_of(column)
        amounts = amounts_of(entries, forms)
        missing = np.isnan(amounts)
        values, bad = Column.of_numbers(NUMBER, amounts, missing), rows_with(missing & ~nulls_of(entries, forms), places, keep)
    kind = number_kind(values, kept_entries(values, places, keep)) if whole else "double"
    return CleanedColumn(kind, values, places), bad


def is_of(column: Column, kind: int) -> bool:
    """Whether all cells are of a kind that is no text, or null: then they are what they are, and nothing has to be copied."""
    return column.codes is None and bool(((column.kinds == kind) | (column.kinds == NULL)).all())


def rows_with(entries: np.ndarray, places: np.ndarray | None, keep: np.ndarray) -> int:
    """How many kept rows have one of the entries that are marked."""
    if not entries.any():
        return 0
    return int(np.count_nonzero(entries[keep] if places is None else np.append(entries, False)[places[keep]]))


def kept_entries(values: Column, places: np.ndarray | None, keep: np.ndarray) -> np.ndarray:
    """Which entries the kept rows have that are not null."""
    if places is not None:
        return (occurrences(places[keep], len(values)) > 0) & (values.kinds != NULL)
    used = np.zeros(len(values), bool)
    used[keep] = True
    return used & (values.kinds != NULL)


class Shape(NamedTuple):
    """What the kept rows of a column hold; that of several parts of a table is their sum."""

    kinds: frozenset[int]
    whole: bool  # every number is whole and exact
    same: bool  # the texts of a text file are those of what they read as

    def __add__(self, other: "Shape") -> "Shape":  # type: ignore[override]
        return Shape(self.kinds | other.kinds, self.whole and other.whole, self.same and other.same)

    @property
    def kind(self) -> str:
        """What a column that no rule names is written as: typed where all values have one type, else text."""
        # In a text file a code such as 007 reads as a number, but is none: it would not come back as it was.
        if not self.kinds or not self.same:
            return "string"
        if self.kinds == {NUMBER}:
            return "int64" if self.whole else "double"
        if self.kinds == {BOOLEAN}:
            return "bool"
        if self.kinds <= {DAY, MOMENT}:
            return "timestamp" if MOMENT in self.kinds else "date"
        return "string"


def shape_of(column: Column, typed: Typed, keep: np.ndarray, forms: Forms | None) -> Shape:
    """What some rows of a column hold; forms are those of a text file."""
    values = typed.values
    kept = kept_entries(values, typed.places, keep)
    kinds = frozenset(np.unique(values.kinds[kept]).tolist())
    if kinds - {NUMBER, BOOLEAN, DAY, MOMENT}:
        return Shape(kinds, False, False)
    same = forms is None or come_back(values, entries_of(column)[0], kept, forms)
    return Shape(kinds, kinds != {NUMBER} or number_kind(values, kept) == "int64", same)


def part_of_others(column: Column, typed: Typed, keep: np.ndarray, forms: Forms | None, kind: str | None = None) -> CleanedColumn:
    """A column that no rule names keeps its values, as kind says where the rows are a part of a table."""
    kind = shape_of(column, typed, keep, forms).kind if kind is None else kind
    return part_of_texts(column) if kind == "string" else CleanedColumn(kind, typed.values, typed.places)


def come_back(values: Column, cells: Column, kept: np.ndarray, forms: Forms) -> bool:
    """Whether the texts of a text file are those of what they read as, but for blanks at their ends."""
    left = kept & (values.kinds != TEXT)
    for kind, pattern in COMES_BACK.items():
        which = values.kinds == kind
        if which.any():
            same = which & matching(cells.texts, pattern)
            # By a decimal comma 1.234 is 1234.
            left &= ~(same & ~matching(cells.texts, OPEN) if kind == NUMBER and forms.numbers.mark == "," else same)
    return all(as_text(values.cell(entry)) == as_text(cells.cell(entry)) for entry in np.flatnonzero(left).tolist())


def number_kind(values: Column, kept: np.ndarray) -> str:
    """int64 where every number is whole and exact, else double."""
    if values.numbers is None:
        return "int64"
    numbers = values.numbers[kept]
    return "int64" if bool(((np.floor(numbers) == numbers) & (np.abs(numbers) <= EXACT)).all()) else "double"


def arrow_of(column: Column, kind: str) -> pa.Array:
    """A column of texts, or of numbers of one kind, as an array; texts as large_string. What is no value of the kind is null, or anything
    where no kept row has it."""
    if kind == "string":
        if column.codes is None:
            return pa.nulls(len(column), pa.large_string())
        return column.texts.take(pa.array(column.codes, mask=column.codes < 0))
    if column.numbers is None:
        return pa.nulls(len(column), ARROW_TYPES[kind])
    null, numbers = (column.kinds == NULL) | (column.kinds == TEXT), column.numbers
    if kind == "double":
        return pa.array(numbers, mask=null)
    if kind == "bool":
        return pa.array(numbers != 0, mask=null)
    if kind == "timestamp":
        numbers = np.where(column.kinds == DAY, numbers * 86400, numbers)
    with np.errstate(invalid="ignore"):
        whole = pa.array(numbers.astype(np.int32 if kind == "date" else np.int64), mask=null)
    return whole.cast(pa.timestamp("s")).cast(pa.timestamp("us")) if kind == "timestamp" else whole.cast(ARROW_TYPES[kind])
