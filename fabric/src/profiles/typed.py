"""## Typed values

A column's values as the profile counts them, by the forms that were found (contract/RULES.md, Values). What a text reads as is
found once for each different text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import DAY, MOMENT, NULL, NUMBER, TEXT, Column, number_of
from forms import Forms, PlainForms
from plaintexts import flags_of, matching, may_read, moments_in, numbers_in, sizes_of, without_blanks
from readings import amounts_of, nulls_of
from survey import Survey
from values import Cell, date_in, number_in, time_in
from words import AMOUNTS

KEY_NUMBER = r"^(?:0|[1-9][0-9]{0,14})$"  # an order_id that a number does not change
PIECE_ROWS = 1 << 20  # rows that are looked at together, so that what is found of them stays small


@dataclass(frozen=True, eq=False)
class Typed:
    """The values of a column. An entry is a different cell where places says which one a row has, else a row; texts have no blanks at
    their ends, and each stands once."""

    values: Column  # by entry
    places: np.ndarray | None  # int32, one a row: its entry, -1 is null
    rows: int
    padded: np.ndarray | None = None  # by entry: a text that has blanks at an end in the file; None where none has

    @cached_property
    def counts(self) -> np.ndarray | None:
        """How many rows have each entry, int32; None where an entry is a row."""
        return None if self.places is None else occurrences(self.places, len(self.values))

    def count(self, entries: np.ndarray) -> int:
        """How many rows have one of the entries that are marked."""
        return int(np.count_nonzero(entries)) if self.counts is None else int(self.counts[entries].sum())

    @property
    def blank_ends(self) -> int:
        return 0 if self.padded is None else self.count(self.padded)

    def first_rows(self, entries: np.ndarray, most: int) -> list[int]:
        """The first rows that have one of the entries that are marked."""
        if self.places is None:
            return np.flatnonzero(entries)[:most].tolist()
        with_null = np.append(entries, False)
        found: list[int] = []
        for start in range(0, self.rows, PIECE_ROWS):
            found += (np.flatnonzero(with_null[self.places[start : start + PIECE_ROWS]])[: most - len(found)] + start).tolist()
            if len(found) == most:
                break
        return found

    def cell(self, row: int) -> Cell:
        """The value of one row."""
        entry = row if self.places is None else int(self.places[row])
        return None if entry < 0 else self.values.cell(entry)


def spread_over(values: Column, places: np.ndarray) -> Column:
    """The column of rows that have the entries at places; -1 is null."""
    if len(values) == 0:
        return Column.empty(len(places))
    null = places < 0
    kinds = np.where(null, NULL, values.kinds[places]).astype(np.uint8)
    numbers = None if values.numbers is None else np.where(null, 0.0, values.numbers[places])
    codes = None if values.codes is None else np.where(null, -1, values.codes[places]).astype(np.int32)
    return Column(kinds, numbers, codes, values.texts)


def occurrences(places: np.ndarray, size: int) -> np.ndarray:
    """How often each place below size occurs, int32; -1 is none. In pieces, as numpy counts in a copy of eight bytes each."""
    found = np.zeros(size + 1, np.int32)
    for start in range(0, len(places), PIECE_ROWS):
        piece = places[start : start + PIECE_ROWS] + 1
        most = int(piece.max()) + 1
        np.add(found[:most], np.bincount(piece), out=found[:most], casting="unsafe")
    return found[1:]


def entries_of(column: Column) -> tuple[Column, np.ndarray | None]:
    """The different cells of a column of texts, with the place of each row's; of another column its rows."""
    if column.numbers is not None or column.codes is None:
        return column, None
    return column_of_texts(column.texts), column.codes


def column_of_texts(texts: pa.Array) -> Column:
    """A column of texts that differ."""
    return Column(np.full(len(texts), TEXT, np.uint8), None, np.arange(len(texts), dtype=np.int32), texts)


def typed_values(found: Survey, column: int) -> Typed:
    """As stored, texts without blanks at their ends; in a text file a text is what it reads as."""
    table = found.table
    return typed_column(table.columns[column], table.names[column], found.forms if table.is_csv else None)


def typed_column(column: Column, name: str, forms: Forms | None) -> Typed:
    """The values of a column; name is what its role says that texts are read as, by the forms of a text file."""
    stored = stored_column(column)
    texts = stored.values.texts
    if forms is None or stored.values.codes is None or not len(texts):
        return stored
    # Each text is read once; entries that differ in blanks at their ends share one.
    read, numbers = read_texts(texts, name, forms)
    codes, is_text = stored.values.codes, stored.values.kinds == TEXT
    kinds = np.where(is_text, read[codes], NULL).astype(np.uint8)
    if numbers is not None:
        numbers = np.where(kinds == TEXT, 0.0, numbers[codes])
    if not np.array_equal(kinds, stored.values.kinds):
        codes = np.where(kinds == TEXT, codes, np.int32(-1))
    padded = None if stored.padded is None else stored.padded & (kinds == TEXT)
    return Typed(Column(kinds, numbers, codes, texts), stored.places, stored.rows, padded)


def stored_column(column: Column) -> Typed:
    """The cells of a column as they are stored, texts without blanks at their ends; one of blanks only is null."""
    entries, places = entries_of(column)
    if entries.codes is None:
        return Typed(entries, places, len(column))
    cut, blank = blank_ends_of(entries.texts)
    bare, kinds, codes, padded = entries.texts, entries.kinds, entries.codes, None
    if cut.any():
        padded = np.append(cut & ~blank, False)[codes]
        encoded = without_blanks(bare).dictionary_encode()
        bare, codes = encoded.dictionary, np.append(encoded.indices.to_numpy(), -1).astype(np.int32)[codes]
    if blank.any():
        null = np.append(blank, False)[entries.codes]
        kinds, codes = np.where(null, NULL, kinds).astype(np.uint8), np.where(null, -1, codes).astype(np.int32)
    return Typed(Column(kinds, entries.numbers, codes, bare), places, len(column), padded)


def blank_ends_of(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Which texts have blanks at their ends, and which are nothing else."""
    cut, blank = np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    for start in range(0, len(texts), PIECE_ROWS):
        piece = texts.slice(start, PIECE_ROWS)
        sizes = sizes_of(without_blanks(piece))
        cut[start : start + PIECE_ROWS] = sizes != sizes_of(piece)
        blank[start : start + PIECE_ROWS] = sizes == 0
    return cut, blank


def read_texts(texts: pa.Array, name: str, forms: Forms) -> tuple[np.ndarray, np.ndarray | None]:
    """What the trimmed texts of a text file's column read as: their kinds, and their numbers where one has any."""
    pieces = [read_piece(texts.slice(start, PIECE_ROWS), name, forms) for start in range(0, len(texts), PIECE_ROWS)]
    kinds = np.concatenate([kinds for kinds, _ in pieces])
    if ((kinds == TEXT) | (kinds == NULL)).all():
        return kinds, None
    return kinds, np.concatenate([numbers for _, numbers in pieces])


def read_piece(texts: pa.Array, name: str, forms: Forms) -> tuple[np.ndarray, np.ndarray]:
    """What some trimmed texts read as: their kinds and numbers."""
    kinds = np.where(sizes_of(texts) > 0, TEXT, NULL).astype(np.uint8)
    numbers = np.zeros(len(texts))

    def put(values: np.ndarray, kind: int, which=True) -> None:
        found = ~np.isnan(values) & which
        kinds[found], numbers[found] = kind, values[found]

    plain = isinstance(forms, PlainForms)
    if name == "order_id":
        put(numbers_in(texts), NUMBER, matching(texts, KEY_NUMBER))
        return kinds, numbers
    if name in AMOUNTS and not plain:
        column = column_of_texts(texts)
        put(amounts_of(column, forms), NUMBER)
        kinds[nulls_of(column, forms)] = NULL
        return kinds, numbers
    days, moments = moments_in(texts)
    if name == "order_date" and not plain:
        words = flags_of(pc.is_in(pc.utf8_lower(texts), value_set=pa.array(list(forms.nulls), texts.type)))
        put(days / 86400, DAY, ~words)
        put(moments, MOMENT, ~words)
    else:
        put(days / 86400, DAY)
        put(moments, MOMENT)
        put(numbers_in(texts, comma=not plain and forms.numbers.mark == ","), NUMBER)
    left = np.flatnonzero(kinds == TEXT)
    if len(left) and not (name == "order_date" and not plain):
        left = left[may_read(texts if len(left) == len(texts) else texts.take(pa.array(left)))]
    read = reader_of(name, forms)
    for place, text in zip(left.tolist(), texts.take(pa.array(left)).to_pylist()):
        value = read(text)
        if value is None:
            kinds[place] = NULL
        elif not isinstance(value, str):
            kinds[place], numbers[place] = number_of(value)
    return kinds, numbers


def reader_of(name: str, forms: Forms) -> Callable[[str], Cell]:
    """What reads a trimmed text of a column that is neither of keys nor of amounts."""
    if isinstance(forms, PlainForms):
        return plain_value
    if name == "order_date":
        return lambda text: None if forms.is_null_word(text) else or_text(forms.read_date(text), text)
    return lambda text: other_value(forms, text)


def or_text(value, text: str):
    return text if value is None else value


def plain_value(text: str) -> Cell:
    """A number, boolean, date, date-time or time of day by the plain forms, else the text."""
    number = number_in(text)
    if number is not None:
        return number
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    moment: date | datetime | None = date_in(text)
    return or_text(time_in(text) if moment is None else moment, text)


def other_value(forms: Forms, text: str) -> Cell:
    """What a text of a column reads as that the rules don't name."""
    plain = plain_value(text)
    if type(plain) is bool or (plain is not text and plain is time_in(text)):
        return plain
    number = forms.numbers.other(text)
    return or_text(forms.dates.other(text) if number is None else number, text)
