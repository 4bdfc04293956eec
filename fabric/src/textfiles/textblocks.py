"""## Text files by blocks

A text is split at the ends of its records into blocks, of which few are in memory at a time. What every splitter of fields takes as
the rules do is told from the rest, by its quotes: the rest is split record by record (contract/RULES.md, Text files).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from content import Content
from dialect import Encoding
from quoting import Records, StrayQuote

BLOCK = 1 << 24  # bytes of the file that are read at a time
MOST_RECORD = 1 << 24  # bytes of a record in UTF-8
LF, CR, QUOTE, BACKSLASH = 10, 13, 34, 92
STANDS_FOR_DELIMITER = b"\0"  # of several bytes: no text has a zero character


@dataclass(frozen=True)
class TextForm:
    """How a text file is written, as far as it is known. skipped: bytes of the first line that names the delimiter, in UTF-8."""

    encoding: Encoding
    delimiter: str
    skipped: int = 0

    @property
    def mark(self) -> bytes:
        """The delimiter as one byte."""
        mark = self.delimiter.encode("utf-8")
        return mark if len(mark) == 1 else STANDS_FOR_DELIMITER

    def restored(self, text: bytes) -> bytes:
        """A text with the delimiter as it is in the file."""
        return text.replace(STANDS_FOR_DELIMITER, self.delimiter.encode("utf-8")) if self.mark == STANDS_FOR_DELIMITER else text


@dataclass
class Block:
    """Some records. regular are those whose fields are separated by every delimiter and line end outside of quotes, as one text; odd are
    the others, split into fields, by their places among the block's records."""

    regular: bytes
    odd: dict[int, list[bytes]] = field(default_factory=dict)


def blocks_of(content: Content, form: TextForm, quoting: str) -> Iterator[Block]:
    """The blocks of a text. Raises StrayQuote, whose row counts from the beginning of the next block."""
    records = Records(form.mark, escaped=quoting == "backslash", plain=quoting == "none")
    rest, skipped = b"", form.skipped
    several = form.delimiter.encode("utf-8") if form.mark == STANDS_FOR_DELIMITER else None
    for piece in form.encoding.in_utf8(content, BLOCK):
        rest += piece
        if skipped:
            if len(rest) < skipped:
                continue
            rest, skipped = rest[skipped:], 0
        text = rest
        if several:
            text = rest = rest.replace(several, STANDS_FOR_DELIMITER)
            # The beginning of a delimiter waits for the rest of it.
            text = rest[: len(rest) - next((cut for cut in range(len(several) - 1, 0, -1) if rest.endswith(several[:cut])), 0)]
        block, done = split_off(text, records, False)
        rest = rest[done:]
        if block.regular or block.odd:
            yield block
        if len(rest) > MOST_RECORD:
            raise StrayQuote(1, long=True)
    if rest[skipped:]:
        yield split_off(rest[skipped:], records, True)[0]


def split_off(text: bytes, records: Records, whole: bool) -> tuple[Block, int]:
    """The whole records at the beginning of a text, and the place behind them; all where the text is whole."""
    if not records.quotes or b'"' not in text:
        done = len(text) if whole else last_line_end(text)
        if short_lines(text, done):
            return Block(text if done == len(text) else text[:done]), done
    return Splitter(text, records, whole).split()


def last_line_end(text: bytes) -> int:
    """The place behind the last line end; a CR at the end may be the first of CRLF."""
    return max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1


def short_lines(text: bytes, end: int) -> bool:
    """Whether no line is longer than a record may be."""
    place = 0
    while end - place > MOST_RECORD:
        limit = place + MOST_RECORD + 1
        behind = max(text.rfind(b"\n", place, limit), text.rfind(b"\r", place, limit)) + 1
        if behind <= place:
            return False
        place = behind
    return True


class Splitter:
    """Finds, in a text that begins with a record, its records and those that are odd."""

    def __init__(self, text: bytes, records: Records, whole: bool):
        self.text, self.records, self.whole = text, records, whole
        data = np.frombuffer(text, np.uint8)
        self.quotes = np.flatnonzero(data == QUOTE) if records.quotes else np.zeros(0, np.int64)
        ends = line_ends(data) + 1
        if whole and len(data) and (not len(ends) or ends[-1] < len(data)):
            ends = np.append(ends, len(data))
        elif not whole and len(ends) and ends[-1] == len(data) and data[-1] == CR:
            ends = ends[:-1]
        parity = np.searchsorted(self.quotes, ends) & 1
        # What stands outside of quotes depends on how many quotes are before the record: each of both is prepared.
        self.ends = [ends[parity == 0], ends[parity == 1]]
        self.faults = self.faulty(data)

    def faulty(self, data: np.ndarray) -> list[np.ndarray]:
        """Where quotes stand that neither begin nor end a field nor are doubled in it, for an even and an odd number of quotes before the record;
        and the backslashes before quotes and backslashes, where they mean something."""
        quotes, none = self.quotes, np.zeros(0, np.int64)
        if not len(quotes):
            return [none, none]
        edges = np.zeros(256, bool)
        edges[[LF, CR, self.records.delimiter[0]]] = True
        twins = np.diff(quotes) == 1
        begins = edges[data[np.maximum(quotes - 1, 0)]] | np.append(False, twins)
        closes = edges[data[np.minimum(quotes + 1, len(data) - 1)]] | np.append(twins, False)
        begins[0] |= quotes[0] == 0
        closes[-1] |= quotes[-1] == len(data) - 1
        fits = [begins.copy(), closes.copy()]
        fits[0][1::2] = closes[1::2]
        fits[1][1::2] = begins[1::2]
        found = [quotes[~fit] for fit in fits]
        if self.records.escaped:
            behind = data[1:]
            escapes = np.flatnonzero((data[:-1] == BACKSLASH) & ((behind == QUOTE) | (behind == BACKSLASH)))
            found = [np.union1d(places, escapes) for places in found]
        return found

    def split(self) -> tuple[Block, int]:
        """The whole records, and the place behind them. Raises StrayQuote, whose row counts in the text."""
        place = row = 0
        regular: list[bytes] = []
        odd: dict[int, list[bytes]] = {}
        while place < len(self.text):
            stop, rows = self.regular_to(place, row)
            if stop > place:
                if regular and regular[-1].endswith(b"\r") and self.text[place] == LF:
                    before = regular[-1].rstrip(b"\r")
                    regular[-1] = before + b"\n" * (len(regular[-1]) - len(before))  # the two are no CRLF
                regular.append(self.text[place:stop])
                row += rows
                place = stop
            if place == len(self.text) or (not self.whole and not self.next_fault(place)):
                break
            found = self.one(place, row)
            if found is None:
                break
            odd[row], place = found
            row += 1
        return Block(b"".join(regular), odd), place

    def side(self, place: int) -> int:
        """Whether an odd number of quotes stands before a place."""
        return int(np.searchsorted(self.quotes, place)) & 1

    def next_fault(self, place: int) -> bool:
        faults = self.faults[self.side(place)]
        return bool(len(faults)) and bool(faults[-1] >= place)

    def regular_to(self, place: int, row: int) -> tuple[int, int]:
        """Where the record with the next fault begins, or the last record ends, and how many records are before."""
        side = self.side(place)
        ends, faults = self.ends[side], self.faults[side]
        fault = int(np.searchsorted(faults, place))
        first = int(np.searchsorted(ends, place, "right"))
        last = int(np.searchsorted(ends, faults[fault], "right")) if fault < len(faults) else len(ends)
        if last <= first:
            return place, 0
        lengths = np.diff(ends[first:last], prepend=place)
        if len(self.text) > MOST_RECORD and (lengths > MOST_RECORD).any():
            raise StrayQuote(row + int(np.argmax(lengths > MOST_RECORD)) + 1, long=True)
        return int(ends[last - 1]), last - first

    def one(self, place: int, row: int) -> tuple[list[bytes], int] | None:
        """The record at a place, split by itself."""
        try:
            found = self.records.at(self.text, place, self.whole)
        except StrayQuote:
            raise StrayQuote(row + 1) from None
        if found is not None and found[1] - place > MOST_RECORD:
            raise StrayQuote(row + 1, long=True)
        return found


def line_ends(data: np.ndarray) -> np.ndarray:
    """The places of the last characters of line ends."""
    found = np.flatnonzero((data == LF) | (data == CR))
    if not len(found):
        return found
    is_first = (data[found] == CR) & (data[np.minimum(found + 1, len(data) - 1)] == LF)
    return found[~is_first] if is_first.any() else found
