"""## The fields of a block

From a block's records to columns, each with its different texts once.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from dialect import MARKS
from quoting import Records
from textblocks import CR, LF, QUOTE, STANDS_FOR_DELIMITER, Block, TextForm
from values import has_value

MOST_TEXT_COLUMNS = 16384
MOST_FIELDS = 1 << 20  # of a record, those without a value too
SELDOM = 100  # a number of fields that fewer than one record in so many has does not make columns
STAND_INS = [sign for sign in range(1, 128) if not chr(sign).isprintable() and sign not in b"\t\r\n"]
DIFFERENT = pa.dictionary(pa.int32(), pa.binary())


class TooManyColumns(Exception):
    """A record has a value behind the last column that is read; row counts from 1."""

    def __init__(self, row: int):
        super().__init__(f"columns in row {row}")
        self.row = row


@dataclass
class Coded:
    """Fields of one column: codes are places in texts (binary), -1 where a record has no such field. places: their records; None where those are all."""

    codes: np.ndarray  # int8, int16 or int32
    texts: pa.Array
    places: np.ndarray | None = None

    @staticmethod
    def of(codes: np.ndarray, texts: pa.Array, places: np.ndarray | None = None) -> "Coded":
        """With codes as narrow as they can be."""
        kind = next(kind for kind in (np.int8, np.int16, np.int32) if len(texts) <= np.iinfo(kind).max)
        return Coded(codes.astype(kind), texts, places)


@dataclass
class Part:
    """A block's fields by column, in pieces, and how many each record has: one number where all have as many."""

    rows: int
    columns: list[list[Coded]] = field(default_factory=list)
    widths: np.ndarray | int = 0

    def put(self, column: int, fields: Coded) -> None:
        while len(self.columns) <= column:
            self.columns.append([])
        self.columns[column].append(fields)


def text_part(block: Block, form: TextForm, records: Records) -> Part:
    """The columns of a block. Raises TooManyColumns."""
    regular = Regular(block.regular, form, records)
    odd = dict(block.odd)
    rows = regular.rows + len(odd) + len(regular.wide)
    if not odd and not regular.wide:
        return Part(rows, [[fields] for fields in regular.columns], regular.widths)
    places = np.delete(np.arange(rows), np.fromiter(odd, np.int64, len(odd)))
    if regular.wide:
        odd |= {int(places[row]): fields for row, fields in regular.wide.items()}
        places = np.delete(places, np.fromiter(regular.wide, np.int64, len(regular.wide)))
    widths = np.zeros(rows, np.int32)
    widths[places] = regular.widths
    part = Part(rows, [], widths)
    for column, fields in enumerate(regular.columns):
        part.put(column, Coded(fields.codes, fields.texts, places))
    by_column: dict[int, tuple[list[int], list[bytes]]] = {}
    for row in sorted(odd):
        record = odd[row]
        widths[row] = len(record)
        if len(record) > MOST_TEXT_COLUMNS:
            if len(record) > MOST_FIELDS or any(has_value(text.decode("utf-8", "replace")) for text in record[MOST_TEXT_COLUMNS:]):
                raise TooManyColumns(row + 1)
            record = record[:MOST_TEXT_COLUMNS]
        for column, text in enumerate(record):
            rows_of, texts = by_column.setdefault(column, ([], []))
            rows_of.append(row)
            texts.append(text)
    for column, (rows_of, texts) in by_column.items():
        encoded = pa.array(texts, pa.binary()).dictionary_encode()
        part.put(column, Coded.of(encoded.indices.to_numpy(), encoded.dictionary, np.array(rows_of, np.int64)))
    return part


class Regular:
    """The columns of regular records. wide: records with far more fields than the others, split into them, by their places among all;
    rows and widths are those of the others."""

    def __init__(self, text: bytes, form: TextForm, records: Records):
        self.records = records
        self.wide: dict[int, list[bytes]] = {}
        self.delimiter = form.mark[0]
        self.columns: list[Coded] = []
        self.widths: np.ndarray | int = 0
        self.rows = 0
        if not text:
            return
        if not self.delimiter and all(sign in text for sign in STAND_INS):
            self.wide = dict(enumerate(records.every(text)))
            return
        self.quoted = records.quotes and b'"' in text
        if self.quoted and b"\r\n" in text:
            text = with_line_feeds(text)
        self.text = text
        widths, stops = self.shape()
        if len(widths) and widths[0] <= MOST_TEXT_COLUMNS and (widths == widths[0]).all():
            self.widths = int(widths[0])
            self.read(text, self.widths)
        else:
            self.read_ragged(widths, stops)

    def read(self, text: bytes, width: int) -> None:
        """Splits the fields of records that all have so many. That must be so: of more fields than it knows of pyarrow writes into other memory."""
        names = [str(column) for column in range(width)]
        delimiter = self.delimiter
        if not delimiter:  # pyarrow takes none that is zero
            delimiter = next(sign for sign in STAND_INS if sign not in text)
            text = text.replace(STANDS_FOR_DELIMITER, bytes([delimiter]))
        if text.startswith(MARKS["utf-8"]):  # else these would be taken for one
            text = MARKS["utf-8"] + text
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=names),
            parse_options=pyarrow.csv.ParseOptions(delimiter=chr(delimiter), quote_char='"' if self.quoted else False, newlines_in_values=self.quoted, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, DIFFERENT), check_utf8=False, null_values=[], strings_can_be_null=False),
        )
        self.rows = table.num_rows
        for column in table.columns:
            whole = column.unify_dictionaries().combine_chunks() if column.num_chunks > 1 else column.chunk(0)
            texts = whole.dictionary
            if delimiter != self.delimiter and self.quoted:
                texts = pyarrow.compute.replace_substring(texts, bytes([delimiter]), STANDS_FOR_DELIMITER)
            self.columns.append(Coded.of(whole.indices.to_numpy(), texts))

    def shape(self) -> tuple[np.ndarray, np.ndarray]:
        """How many fields each record has, and where its last field ends."""
        data = np.frombuffer(self.text, np.uint8)
        is_mark = data == self.delimiter
        is_mark |= data == LF
        returns = b"\r" in self.text
        if returns:
            is_mark |= data == CR
        if self.quoted:
            is_mark &= np.cumsum(data == QUOTE, dtype=np.uint8) & 1 == 0  # that the sum begins again at 256 leaves odd and even as they are
        marks = np.flatnonzero(is_mark)
        signs = data[marks]
        if returns:
            single = (signs != CR) | (data[np.minimum(marks + 1, len(data) - 1)] != LF)
            marks, signs = marks[single], signs[single]
        ends = np.flatnonzero(signs != self.delimiter)
        stops = marks[ends]
        if returns:
            stops -= (data[stops] == LF) & (data[np.maximum(stops - 1, 0)] == CR) & (stops > 0)
        if not len(marks) or signs[-1] == self.delimiter or marks[-1] < len(data) - 1:
            ends, stops = np.append(ends, len(marks)), np.append(stops, len(data))
        return np.diff(ends, prepend=-1).astype(np.int32), stops

    def read_ragged(self, widths: np.ndarray, stops: np.ndarray) -> None:
        """Splits the fields of records of which not all have as many: shorter ones are filled up, and much longer ones split by themselves."""
        width = usual_width(np.bincount(widths))
        fill = np.maximum(width - widths, 0)
        filled = np.insert(np.frombuffer(self.text, np.uint8), np.repeat(stops, fill), self.delimiter)
        wide = np.flatnonzero(widths > width)
        if len(wide):
            filled = self.without_wide(filled, wide, stops, np.cumsum(fill))
            widths = np.delete(widths, wide)
        if len(widths):
            self.read(filled.tobytes(), width)
        self.widths = widths
        for column in range(int(widths.min(initial=width)), len(self.columns)):
            fields = self.columns[column]
            fields.codes[widths <= column] = -1
            self.columns[column] = without_unused(fields)

    def without_wide(self, filled: np.ndarray, wide: np.ndarray, stops: np.ndarray, moved: np.ndarray) -> np.ndarray:
        """The text without wide records, which are split by themselves. moved: how far the end of each record's last field was moved by what was filled in."""
        data = np.frombuffer(self.text, np.uint8)
        keep = np.ones(len(filled), bool)
        for row in wide.tolist():
            start = int(stops[row - 1]) + len(line_end_at(self.text, int(stops[row - 1]))) if row else 0
            record = self.text[start : int(stops[row])]
            if self.quoted and b'"' in record:
                found = self.records.at(self.text, start, True, b"\n")
                assert found is not None  # the text is whole
                self.wide[row], behind = found
            else:
                self.wide[row], behind = record.split(bytes([self.delimiter])), int(stops[row]) + len(line_end_at(self.text, int(stops[row])))
            keep[start + moved[row] : behind + moved[row]] = False
        # Where a record is left out, a CR before it and an LF behind it must not become one line end.
        ended = stops < len(data)
        ends, moved = stops[ended], moved[ended]
        alone = (data[ends] == CR) & (data[np.minimum(ends + 1, len(data) - 1)] != LF)
        filled[(ends + moved)[alone]] = LF
        return filled[keep]


def line_end_at(text: bytes, place: int) -> bytes:
    return b"\r\n" if text.startswith(b"\r\n", place) else text[place : place + 1]


def without_unused(fields: Coded) -> Coded:
    """Fields without the texts that do not occur in them."""
    used = np.zeros(len(fields.texts), bool)
    used[fields.codes[fields.codes >= 0]] = True
    if used.all():
        return fields
    new = np.append(np.cumsum(used) - 1, -1)
    return Coded.of(new[fields.codes], fields.texts.filter(pa.array(used)), fields.places)


def with_line_feeds(text: bytes) -> bytes:
    """The text with LF for CRLF inside of quotes."""
    data = np.frombuffer(text, np.uint8)
    returns = np.flatnonzero((data[:-1] == CR) & (data[1:] == LF))
    inside = returns[np.searchsorted(np.flatnonzero(data == QUOTE), returns) & 1 == 1]
    return np.delete(data, inside).tobytes() if len(inside) else text


def usual_width(counts: np.ndarray) -> int:
    """How many columns records make, counts[n] of which have n fields: as many as the widest has, but for those that are seldom, or far wider than most."""
    different = np.flatnonzero(counts)
    rows, fields = int(counts.sum()), int((counts * np.arange(len(counts))).sum())
    as_wide = np.cumsum(counts[::-1])[::-1][different]
    fits = (as_wide * SELDOM >= rows) & (different * rows <= 4 * fields) & (different <= MOST_TEXT_COLUMNS)
    return int(different[fits].max(initial=1))
