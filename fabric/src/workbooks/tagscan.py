"""## Tags, many at once

The tags of a piece of XML, found with array operations: a million rows have seventy million of them. Only what is written in the usual way is known
here; whatever else stands in a row or a text lets it be read tag by tag.
"""

import re

import numpy as np
import pyarrow as pa

# The tags that are known.
OTHER, ROW_TAG, ROW_END, CELL_TAG, CELL_END, VALUE_TAG, VALUE_END, EMPTY_VALUE = range(8)
FORMULA_TAG, FORMULA_WITH, FORMULA_END, EMPTY_FORMULA, INLINE_TAG, INLINE_END, TEXT_TAG, TEXT_KEPT, TEXT_END, ITEM_TAG, ITEM_END = range(8, 19)
# Each with its first bytes, and whether only the next tag may follow (else text, attributes or both are read apart).
SPELLED: list[tuple[int, bytes, bool]] = [
    (ROW_TAG, b"<row", False), (ROW_END, b"</row>", True), (CELL_TAG, b"<c ", False), (CELL_TAG, b"<c>", False), (CELL_TAG, b"<c/", False), (CELL_END, b"</c>", True),
    (VALUE_TAG, b"<v>", False), (VALUE_END, b"</v>", True), (EMPTY_VALUE, b"<v/>", True), (EMPTY_VALUE, b"<v />", True),
    (FORMULA_TAG, b"<f>", False), (FORMULA_WITH, b"<f ", False), (FORMULA_END, b"</f>", True),
    (INLINE_TAG, b"<is>", True), (INLINE_END, b"</is>", True), (TEXT_TAG, b"<t>", False), (TEXT_KEPT, b'<t xml:s', False), (TEXT_END, b"</t>", True),
    (ITEM_TAG, b"<si>", True), (ITEM_END, b"</si>", True),
]  # fmt: skip
KEPT = b'<t xml:space="preserve">'
PADDING = b"\0" * 64  # words are read beyond the last tag
# Of a text between tags: what XML does not allow in it, and references that are not one of the five names.
ODD_TEXT = re.compile(rb"\]\]>|&(?!(?:amp|lt|gt|quot|apos);)")
ATTRIBUTE = rb'[ \t\r\n]+([A-Za-z_][A-Za-z0-9_.:-]*)="([ !#-%\'-;=-~]*)"'  # plain characters without references
ATTRIBUTES = re.compile(ATTRIBUTE)
TAG_REST = re.compile(rb"((?:" + ATTRIBUTE + rb")*)[ \t\r\n]*(/?)>[ \t\r\n]*")


def word_of(letters: bytes) -> int:
    """The first eight bytes as a number."""
    return int.from_bytes(letters[:8].ljust(8, b"\0"), "little")


def spelling_tables() -> tuple[np.ndarray, ...]:
    """By a tag's first two letters its place in SPELLED, counted from 1; by the place: the tag, its first bytes as a word, the mask for them, its length."""
    first = np.zeros(1 << 16, np.uint8)
    tags, words, masks, lengths = [OTHER], [0], [0], [0]
    for place, (tag, letters, alone) in enumerate(SPELLED, start=1):
        first[int.from_bytes(letters[1:3], "little")] = place
        tags.append(tag)
        words.append(word_of(letters))
        masks.append((1 << 8 * len(letters)) - 1)
        lengths.append(len(letters) if alone else 0)
    return first, np.array(tags, np.uint8), np.array(words, np.uint64), np.array(masks, np.uint64), np.array(lengths, np.int64)


FIRST_LETTERS, TAG_OF, WORD_OF, MASK_OF, LENGTH_OF = spelling_tables()
# The masks of a word's first bytes, by their number.
MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


class Tags:
    """The tags of a piece of XML that begins with one and holds whole ones only, and no comments, declarations and processing instructions."""

    def __init__(self, piece: bytes):
        self.piece = piece
        self.size = len(piece)
        self.padded = piece + PADDING
        self.bytes = np.frombuffer(self.padded, np.uint8)
        # Every eight bytes that follow each other, as a number.
        self.words: np.ndarray = np.ndarray((self.size + 56,), "<u8", self.padded, 0, (1,))
        self.at = np.flatnonzero(self.bytes == 60)
        self.ends = np.append(self.at[1:], self.size)  # where the next one begins
        self.first = self.words[self.at]
        spelled = FIRST_LETTERS[(self.first >> np.uint64(8)) & np.uint64(0xFFFF)]
        tags = TAG_OF[spelled]
        tags[(self.first & MASK_OF[spelled]) != WORD_OF[spelled]] = OTHER
        lengths = LENGTH_OF[spelled]
        odd = (lengths != self.ends - self.at) & (lengths != 0)
        if odd.any():
            # Blanks between tags mean nothing. Most that stand there are a line's end.
            after = self.bytes[self.at + lengths]
            blank = odd & (self.ends - self.at > lengths) & ((after == 10) | (after == 32) | (after == 13) | (after == 9))
            if (blank & (self.ends - self.at != lengths + 1)).any():
                letters = np.cumsum((self.bytes != 10) & (self.bytes != 32) & (self.bytes != 13) & (self.bytes != 9), dtype=np.int32)
                blank &= letters[self.ends - 1] == letters[self.at + lengths - 1]
            tags[odd & ~blank] = OTHER
        kept = np.flatnonzero(tags == TEXT_KEPT)
        if len(kept):
            whole = (self.words[self.at[kept] + 8] == np.uint64(word_of(KEPT[8:16]))) & (self.words[self.at[kept] + 16] == np.uint64(word_of(KEPT[16:])))
            tags[kept[~whole]] = OTHER
        self.tags = tags

    def padded_tags(self) -> np.ndarray:
        """Every eight tags that follow each other, as a number."""
        tags = np.append(self.tags, np.zeros(8, np.uint8))
        return np.ndarray((len(self.tags) + 1,), "<u8", tags.tobytes(), 0, (1,))

    @property
    def is_text(self) -> bool:
        """Whether all of it is UTF-8."""
        try:
            return self.piece.isascii() or bool(self.piece.decode("utf-8"))
        except UnicodeDecodeError:
            return False

    def odd_places(self) -> list[int]:
        """The places of what XML does not allow in texts, or what is rare in them."""
        if b"&" not in self.piece and b"]" not in self.piece:
            return []
        return [found.start() for found in ODD_TEXT.finditer(self.piece)]

    def written_otherwise(self, starts: np.ndarray, stops: np.ndarray) -> np.ndarray:
        """Which of the texts, in the order in which they stand, have references, escapes or other line ends."""
        found = np.zeros(len(starts), bool)
        places = [np.flatnonzero(self.bytes == char) for char in (38, 13) if bytes((char,)) in self.piece]
        if b"_" in self.piece:
            places.append(np.array([found.start() for found in re.finditer(rb"_x", self.piece)], np.int64))
        if places and len(starts):
            at = np.concatenate(places)
            text = np.searchsorted(starts, at, "right") - 1
            within = (text >= 0) & (at < stops[text])
            found[text[within]] = True
        return found

    def texts(self, starts: np.ndarray, stops: np.ndarray) -> pa.Array:
        """The bytes between these places as texts, without a copy: at even places; those at odd places are null."""
        count = len(starts)
        offsets = np.empty(2 * count + 1, np.int32)
        offsets[:-1:2], offsets[1::2] = starts, stops
        offsets[-1] = offsets[-2] if count else 0
        valid = np.full(count // 4 + 1, 0x55, np.uint8)
        return pa.Array.from_buffers(pa.string(), 2 * count, [pa.py_buffer(valid), pa.py_buffer(offsets), pa.py_buffer(self.padded)])


def attributes_of(rest: bytes) -> tuple[dict[str, str], bool] | None:
    """The attributes of a tag, from behind its name to the next tag, by their names with prefixes, and whether it is empty; None where something is unusual."""
    found = TAG_REST.fullmatch(rest)
    if found is None:
        return None
    attributes: dict[str, str] = {}
    for name, value in ATTRIBUTES.findall(found[1]):
        key = name.decode()
        if key in attributes:
            return None
        attributes[key] = value.decode()
    return attributes, found[4] == b"/"


ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
ENTITY = re.compile("&(amp|lt|gt|quot|apos);")


def xml_text(written: bytes) -> str:
    """A text as XML means it."""
    text = written.decode("utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return ENTITY.sub(lambda found: ENTITIES[found[1]], text) if "&" in text else text
