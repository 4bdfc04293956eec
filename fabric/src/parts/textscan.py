"""## Text files in parts

Where a text file can be cut into parts that are read by themselves: at the ends of records, which its quotes tell. A piece of the file is
looked at without what stands before it, once for each of the two cases: an even or an odd number of quotes before it.
"""

import codecs
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from textblocks import BACKSLASH, CR, LF, QUOTE

CONTINUES = 3  # bytes of a character of UTF-8 behind its first one, at most


@dataclass
class Cuts:
    """What a piece of a text holds where so many quotes stand before it."""

    first: int = -1  # place in the file behind the first end of a record in the piece; -1 where none ends there
    records: int = 0  # that end in the piece
    faults: bool = False  # a quote stands in the middle of a field


@dataclass
class Scanned:
    """A piece of a text file."""

    valid: bool = True  # UTF-8
    several: bool = False  # a character of several bytes
    zeros: bool = False
    quotes: int = 0
    escapes: bool = False  # a backslash stands before a quote or another one
    cuts: tuple[Cuts, Cuts] = field(default_factory=lambda: (Cuts(), Cuts()))


def scanned(path: Path, start: int, stop: int, begin: int, delimiter: bytes, quoted: bool) -> Scanned:
    """Looks at the bytes from start to stop of a file whose text begins at begin; quoted: a quotation mark may enclose fields."""
    with open(path, "rb") as file:
        file.seek(max(start - 1, 0))
        before = file.read(start - max(start - 1, 0))
        data = file.read(stop - start)
        behind = file.read(CONTINUES)
    if start == begin:
        before = b""
    found = Scanned(zeros=b"\0" in data)
    found.valid, found.several = utf8_in(data, behind, start > begin)
    letters = np.frombuffer(before + data + behind[:1], np.uint8)
    own = slice(len(before), len(before) + len(data))
    ends = record_ends(letters, own)
    quotes = np.flatnonzero(letters[own] == QUOTE) + own.start if quoted else np.zeros(0, np.int64)
    found.quotes = len(quotes)
    if quoted:
        found.escapes = bool(((letters[:-1] == BACKSLASH) & ((letters[1:] == QUOTE) | (letters[1:] == BACKSLASH))).any())
    parity = np.searchsorted(quotes, ends, "right") & 1
    for side, cuts in enumerate(found.cuts):
        outside = ends[parity == side]
        cuts.records = len(outside)
        cuts.first = int(outside[0]) + 1 - own.start + start if len(outside) else -1
        cuts.faults = has_faults(letters, quotes, side, delimiter)
    return found


def utf8_in(data: bytes, behind: bytes, cut: bool) -> tuple[bool, bool]:
    """Whether bytes are valid UTF-8, and whether they hold a valid character of several bytes. The end of a character at the beginning belongs
    to the piece before, where there is one (cut)."""
    if data.isascii():
        return behind[:1].isascii() or behind[:1][0] >= 0xC0, False
    skip = leading(data) if cut else 0
    whole = data[skip:] + behind[: leading(behind)]
    try:
        codecs.decode(whole, "utf-8")
    except UnicodeDecodeError:
        text = whole.decode("utf-8", "surrogateescape")
        return False, any(char > "\x7f" and not "\udc80" <= char <= "\udcff" for char in text)
    return True, not whole.isascii()


def leading(data: bytes) -> int:
    """How many bytes at the beginning can only go on with a character."""
    count = 0
    while count < min(len(data), CONTINUES) and data[count] & 0xC0 == 0x80:
        count += 1
    return count


def record_ends(letters: np.ndarray, own: slice) -> np.ndarray:
    """The places, in a run of the letters, of the last characters of line ends."""
    found = np.flatnonzero((letters[own] == LF) | (letters[own] == CR)) + own.start
    if not len(found):
        return found
    following = letters[np.minimum(found + 1, len(letters) - 1)]
    return found[~((letters[found] == CR) & (following == LF) & (found + 1 < len(letters)))]


def has_faults(letters: np.ndarray, quotes: np.ndarray, side: int, delimiter: bytes) -> bool:
    """Whether a quote neither begins nor ends a field nor is doubled in it; side: whether an odd number of quotes stands before all."""
    if not len(quotes):
        return False
    edges = np.zeros(256, bool)
    edges[[LF, CR, delimiter[0]]] = True
    before, behind = letters[np.maximum(quotes - 1, 0)], letters[np.minimum(quotes + 1, len(letters) - 1)]
    begins = edges[before] | (before == QUOTE) | (quotes == 0)
    closes = edges[behind] | (behind == QUOTE) | (quotes == len(letters) - 1)
    begin = (np.arange(len(quotes)) + side) % 2 == 0
    return not bool(np.where(begin, begins, closes).all())
