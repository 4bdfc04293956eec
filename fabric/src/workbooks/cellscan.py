"""## The cells of many rows at once

Where the cells of some rows stand in the XML and what their tags say, found with array operations. A row that is written in an unusual way is
only marked: it is read tag by tag (`worksheet.py`).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from package import is_true
from tagscan import (
    CELL_END,
    CELL_TAG,
    EMPTY_FORMULA,
    EMPTY_VALUE,
    FORMULA_END,
    FORMULA_TAG,
    FORMULA_WITH,
    INLINE_END,
    INLINE_TAG,
    KEPT,
    MASKS,
    OTHER,
    ROW_END,
    ROW_TAG,
    TEXT_END,
    TEXT_KEPT,
    TEXT_TAG,
    VALUE_END,
    VALUE_TAG,
    Tags,
    attributes_of,
    word_of,
)  # fmt: skip
from worksheet import MOST_COLUMNS, MOST_ROWS

# The tags that a cell may hold, behind its own start tag: where its text's tag stands among them (-1: none), whether it has a formula and a place for a value.
CELL_SHAPES: list[tuple[tuple[int, ...], int, bool, bool]] = [
    ((), -1, False, False),
    ((CELL_END,), -1, False, False),
    ((VALUE_TAG, VALUE_END, CELL_END), 0, False, True),
    ((EMPTY_VALUE, CELL_END), -1, False, True),
    ((INLINE_TAG, TEXT_TAG, TEXT_END, INLINE_END, CELL_END), 1, False, False),
    ((FORMULA_TAG, FORMULA_END, CELL_END), -1, True, False),
    ((FORMULA_TAG, FORMULA_END, VALUE_TAG, VALUE_END, CELL_END), 2, True, True),
    ((FORMULA_TAG, FORMULA_END, EMPTY_VALUE, CELL_END), -1, True, True),
    ((EMPTY_FORMULA, CELL_END), -1, True, False),
    ((EMPTY_FORMULA, VALUE_TAG, VALUE_END, CELL_END), 1, True, True),
    ((EMPTY_FORMULA, EMPTY_VALUE, CELL_END), -1, True, True),
]
CLOSED_SHAPE, INLINE_SHAPE = 0, 4
NO_SHAPE = len(CELL_SHAPES)
SHAPE_LENGTH = np.array([len(tags) for tags, _, _, _ in CELL_SHAPES] + [0], np.int64)
SHAPE_TEXT = np.array([at for _, at, _, _ in CELL_SHAPES] + [-1], np.int64)
SHAPE_FORMULA = np.array([formula for _, _, formula, _ in CELL_SHAPES] + [False])
SHAPE_SAVED = np.array([saved for _, _, _, saved in CELL_SHAPES] + [False])

CELL_TYPES = ("n", "s", "str", "inlineStr", "b", "e", "d")
NUMBER_TYPE, SHARED_TYPE, FORMULA_TEXT, INLINE_TEXT, BOOLEAN_TYPE, ERROR_TYPE, DATE_TYPE = range(7)
NUMBERED, ADDRESSED = (np.uint64(word_of(letters)) for letters in (b'<row r="', b'<c r="'))
LONGEST_REST = 40  # bytes of a cell's attributes behind its address, and blanks behind them
REST_MASKS = [MASKS[np.clip(np.arange(LONGEST_REST + 1) - start, 0, 8)] for start in range(0, LONGEST_REST, 8)]
MIXERS = [np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5, 0x85EBCA77C2B2AE63)]
SLOTS = 12  # bits
MOST_LEARNT = 512  # ways to write attributes, in one piece of rows


@dataclass
class FoundRows:
    """The rows of a piece, and the cells of those that are written as usual."""

    starts: np.ndarray  # places of the rows in the piece, with that of its end
    odd: np.ndarray  # which rows are to be read tag by tag
    numbers: np.ndarray  # as they say, 0: as it comes
    hidden: np.ndarray
    row: np.ndarray  # of each cell: its row's place
    column: np.ndarray
    type: np.ndarray
    style: np.ndarray
    start: np.ndarray  # where its text begins and ends; the same for one without a text
    stop: np.ndarray
    formula: np.ndarray
    saved: np.ndarray

    def select(self, which: np.ndarray) -> "FoundRows":
        """With some of the cells."""
        cells = (part[which] for part in (self.row, self.column, self.type, self.style, self.start, self.stop, self.formula, self.saved))
        return FoundRows(self.starts, self.odd, self.numbers, self.hidden, *cells)


class CellScanner:
    """Finds cells; remembers the ways to write a cell's attributes."""

    def __init__(self) -> None:
        self.slots = np.zeros(1 << SLOTS, np.int16)  # by the mixed words: the place below, 0 is unknown
        self.known = [np.zeros(1, np.uint64) for _ in REST_MASKS]
        self.lengths = np.zeros(1, np.int64)
        self.types = np.zeros(1, np.uint8)
        self.styles = np.zeros(1, np.int32)
        self.closed = np.zeros(1, bool)
        self.usual = np.zeros(1, bool)
        self.row_rests: dict[bytes, tuple[bool, bool, bool]] = {}
        self.formula_tags: dict[bytes, int] = {}

    def scan(self, tags: Tags) -> FoundRows:
        """The rows of a piece that begins with one and ends with one."""
        kinds = tags.tags
        kept = kinds == TEXT_KEPT
        kinds[kept] = TEXT_TAG
        rows = np.flatnonzero(kinds == ROW_TAG)
        numbers, digits, odd, hidden, empty = self.row_tags(tags, rows)
        with_attributes = np.flatnonzero(kinds == FORMULA_WITH)
        for place in with_attributes.tolist():
            kinds[place] = self.formula_tag(tags, place)
        ends = np.append(rows[1:], len(kinds))
        last = kinds[ends - 1]
        odd |= np.where(empty, ends - rows != 1, last != ROW_END)
        following = np.append(kinds, [ROW_TAG])[rows + 1]
        odd |= ~empty & (following != CELL_TAG) & (following != ROW_END)
        cells = np.flatnonzero(kinds == CELL_TAG)
        bounds = np.searchsorted(cells, np.append(rows, len(kinds)))
        counts = np.diff(bounds)
        row = np.repeat(np.arange(len(rows)), counts)
        # More than one end of a row stand in it.
        row_ends = np.flatnonzero(kinds == ROW_END)
        inner = row_ends[np.append(kinds, [ROW_TAG])[row_ends + 1] != ROW_TAG]
        odd[np.searchsorted(rows, inner, "right") - 1] = True
        shape, shape_odd = shapes_of(tags, cells)
        odd[row[shape_odd]] = True
        column, rest, address_odd = self.addresses(tags, cells, row, rows, digits, counts, bounds)
        odd[row[address_odd]] = True
        known = self.rests(tags, rest, tags.ends[cells])
        kind, style = self.types[known], self.styles[known]
        inline = (kind == INLINE_TEXT) & (SHAPE_SAVED[shape])
        wrong = ~self.usual[known] | (self.closed[known] != (shape == CLOSED_SHAPE)) | inline | ((shape == INLINE_SHAPE) & (kind != INLINE_TEXT))
        odd[row[wrong]] = True
        if len(row):
            later = (row[1:] == row[:-1]) & (column[1:] <= column[:-1])
            odd[row[1:][later]] = True
        at = SHAPE_TEXT[shape]
        tag = np.where(at >= 0, cells + 1 + at, 0)
        start = tags.at[tag] + np.where(kept[tag], len(KEPT), len("<v>"))
        stop = np.where(at >= 0, tags.ends[tag], start)
        starts = np.append(tags.at[rows], tags.size)
        if not tags.is_text:
            odd[:] = True
        elif places := tags.odd_places():
            odd[np.searchsorted(starts, places, "right") - 1] = True
        found = FoundRows(starts, odd, numbers, hidden, row, column, kind, style, start, stop, SHAPE_FORMULA[shape], SHAPE_SAVED[shape])
        return found.select(~odd[row]) if odd.any() else found

    def row_tags(self, tags: Tags, rows: np.ndarray) -> tuple[np.ndarray, ...]:
        """What the rows' own tags say: numbers, 0 for none, and how many digits they have; which rows are unusual, which are hidden, which are empty."""
        at = tags.at[rows]
        numbered = tags.first[rows] == NUMBERED
        words = tags.words[np.minimum(at + len(b'<row r="'), tags.size)]
        numbers, digits, going = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64), numbered.copy()
        for place in range(7):
            digit = ((words >> np.uint64(8 * place)) & np.uint64(0xFF)) - np.uint64(ord("0"))
            going &= digit <= 9
            numbers = np.where(going, numbers * 10 + digit.astype(np.int64), numbers)
            digits += going
        wrong = tags.bytes[np.minimum(at + len(b'<row r="') + digits, tags.size)] != ord('"')
        odd = numbered & (wrong | (numbers == 0) | (numbers > MOST_ROWS) | (words & np.uint64(0xFF) == ord("0")))
        start = np.where(numbered & ~odd, at + len(b'<row r="') + digits + 1, at + len(b"<row"))
        rests = tags.texts(start, tags.ends[rows]).dictionary_encode()
        known = [self.row_fact(rest) for rest in rests.dictionary.cast(pa.binary()).to_pylist()]
        facts = np.array(known, bool).reshape(-1, 3)[np.frombuffer(rests.indices.buffers()[1], np.int32, 2 * len(rows))[::2]]
        return numbers, digits, odd | facts[:, 0], facts[:, 1].copy(), facts[:, 2].copy()

    def row_fact(self, rest: bytes) -> tuple[bool, bool, bool]:
        fact = self.row_rests.get(rest)
        if fact is None:
            fact = row_facts(rest)
            if len(self.row_rests) < 1 << 16:
                self.row_rests[rest] = fact
        return fact

    def formula_tag(self, tags: Tags, place: int) -> int:
        """Which kind of tag a formula's with attributes is."""
        tag, _, text = tags.piece[int(tags.at[place]) : int(tags.ends[place])].partition(b">")
        kind = self.formula_tags.get(tag)
        if kind is None:
            found = attributes_of(tag[2:] + b">")
            kind = OTHER if found is None else EMPTY_FORMULA if found[1] else FORMULA_TAG
            if len(self.formula_tags) < 1 << 16:
                self.formula_tags[tag] = kind
        return OTHER if kind == EMPTY_FORMULA and text.strip() else kind

    def addresses(self, tags: Tags, cells: np.ndarray, row: np.ndarray, rows: np.ndarray, digits: np.ndarray, counts: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, ...]:
        """The cells' columns, where the rest of their attributes begins, and which are unusual. digits: how many each row's number has."""
        at = tags.at[cells]
        addressed = (tags.first[cells] & MASKS[6]) == ADDRESSED
        first, second, third = (tags.bytes[at + place] for place in (6, 7, 8))
        column = first.astype(np.int64) - 64
        letters = 1 + (second >= 65).astype(np.int64)
        two = letters == 2
        odd = (first - np.uint8(65) > 25) | (two & (second > 90))
        if two.any():
            column = np.where(two, column * 26 + second - 64, column)
            three = two & (third >= 65)
            odd |= three & (third > 90)
            column = np.where(three, column * 26 + third - 64, column)
            letters += three
        column -= 1
        odd |= column >= MOST_COLUMNS
        # The digits are those of the row, with the quotation mark behind them.
        words = tags.words[np.minimum(tags.at[rows] + len(b'<row r="'), tags.size)] & MASKS[digits + 1]
        of_row = words[row]
        count = digits[row]
        place = at + 6 + letters
        odd |= (tags.words[place] & MASKS[count + 1]) != of_row
        odd |= count == 0
        rest = place + count + 1
        if not addressed.all():
            # In a row without addresses each cell is the next one.
            of_rows = np.add.reduceat(np.append(addressed, False).astype(np.int64), bounds[:-1]) if len(rows) else np.zeros(0, np.int64)
            of_rows = np.where(counts > 0, of_rows, 0)
            column = np.where(addressed, column, np.arange(len(cells)) - bounds[:-1][row])
            odd = np.where(addressed, odd | (of_rows != counts)[row], (of_rows > 0)[row] | (column >= MOST_COLUMNS))
            rest = np.where(addressed, rest, at + 2)
        return column, rest, odd

    def rests(self, tags: Tags, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
        """What is known of the attributes from here to there; 0 where they are unusual."""
        length = stop - start
        fits = (length > 0) & (length <= LONGEST_REST)
        length = np.where(fits, length, 0)
        start = np.where(fits, start, 0)
        longest = int(length.max(initial=0))
        # Words that none of them has are left out: the length tells them apart then.
        words = [tags.words[start + 8 * place] & masks[length] for place, masks in enumerate(REST_MASKS) if longest > 8 * place]
        mixed = np.zeros(len(start), np.uint64)
        for word, mixer in zip(words, MIXERS):
            mixed ^= word * mixer
        slot = (mixed >> np.uint64(64 - SLOTS)).astype(np.int64)
        known = self.slots[slot]
        unknown = self.compare(known, words) & (length > 0)
        for _ in range(MOST_LEARNT):
            if not unknown.any():
                break
            cell = int(unknown.argmax())
            if self.slots[slot[cell]]:  # taken by another
                unknown &= slot != slot[cell]
                continue
            self.learn(int(slot[cell]), [word[cell] for word in words], tags.piece[int(start[cell]) : int(stop[cell])])
            same = np.flatnonzero(unknown & (slot == slot[cell]))
            known[same] = self.slots[slot[cell]]
            wrong = self.compare(known[same], [word[same] for word in words])
            known[same[wrong]] = 0
            unknown[same] = wrong
        known[~self.matches(known, words)] = 0
        return known

    def compare(self, known: np.ndarray, words: list[np.ndarray]) -> np.ndarray:
        """Which of them are not yet known."""
        return (known == 0) | ~self.matches(known, words)

    def matches(self, known: np.ndarray, words: list[np.ndarray]) -> np.ndarray:
        right = np.ones(len(known), bool)
        for mine, word in zip(self.known, words):
            right &= mine[known] == word
        return right & (self.lengths[known] <= 8 * len(words))

    def learn(self, slot: int, words: list[np.uint64], rest: bytes) -> None:
        self.slots[slot] = len(self.types)
        usual, kind, style, closed = cell_facts(rest)
        words = words + [np.uint64(0)] * (len(self.known) - len(words))
        self.known = [np.append(mine, word) for mine, word in zip(self.known, words)]
        self.lengths = np.append(self.lengths, len(rest))
        self.types = np.append(self.types, np.uint8(kind))
        self.styles = np.append(self.styles, np.int32(style))
        self.closed = np.append(self.closed, closed)
        self.usual = np.append(self.usual, usual)


def shapes_of(tags: Tags, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the shapes each cell has, and which cells have none or are followed by no cell and no row's end."""
    following = tags.padded_tags()[cells + 1]
    shape = np.full(len(cells), NO_SHAPE, np.int64)
    kinds = np.append(tags.tags, np.zeros(8, np.uint8))
    for place, (inner, _, _, _) in enumerate(CELL_SHAPES):
        if inner:
            shape[(following & MASKS[len(inner)]) == np.uint64(word_of(bytes(inner)))] = place
    after = following & MASKS[1]
    shape[(shape == NO_SHAPE) & ((after == CELL_TAG) | (after == ROW_END))] = CLOSED_SHAPE
    after = kinds[cells + 1 + SHAPE_LENGTH[shape]]
    return shape, (shape == NO_SHAPE) | ((after != CELL_TAG) & (after != ROW_END))


def row_facts(rest: bytes) -> tuple[bool, bool, bool]:
    """Of a row's tag behind its number: whether it is unusual, hidden, empty."""
    found = attributes_of(rest)
    if found is None or any(name.rpartition(":")[2] == "r" for name in found[0]):
        return True, False, False
    return False, is_true(found[0].get("hidden")), found[1]


def cell_facts(rest: bytes) -> tuple[bool, int, int, bool]:
    """Of a cell's tag behind its address: whether it is usual, the cell's type and format, and whether it is closed."""
    found = attributes_of(rest)
    unusual = False, 0, 0, False
    if found is None:
        return unusual
    kind, style = NUMBER_TYPE, 0
    for name, value in found[0].items():
        if name.rpartition(":")[2] not in ("r", "s", "t"):
            continue
        if name == "s" and value.isdigit() and len(value) < 8:
            style = int(value)
        elif name == "t" and value in CELL_TYPES:
            kind = CELL_TYPES.index(value)
        else:
            return unusual
    return True, kind, style, found[1]
