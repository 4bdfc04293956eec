"""## The columns of a text file

What the blocks gave, put together: the columns, how many fields each row has, and the fields behind the columns.
"""

import ctypes
import re

import numpy as np
import pyarrow as pa

from columns import NO_TEXTS, NULL, TEXT, Column
from distincttexts import united
from grid import CellMarks, Grid
from textblocks import STANDS_FOR_DELIMITER, TextForm
from textfields import Coded, Part, usual_width
from values import Cell

SURROGATES = re.compile("[\udc80-\udcff]")
MANY_ROWS = 1 << 20


class Gathering:
    """Takes the parts of a text file in their order; rows is how many there are so far."""

    def __init__(self, form: TextForm):
        self.form = form
        self.parts: list[tuple[int, Part]] = []
        self.rows = 0
        self.strange: dict[int, list[np.ndarray]] = {}

    def add(self, part: Part) -> None:
        """Takes a part. Bytes that are none of UTF-8 are read as Windows-1252, one by one, and noted."""
        for column, several in enumerate(part.columns):
            for fields in several:
                fields.texts, odd = self.put_right(fields.texts)
                if odd is not None:
                    self.strange.setdefault(column, []).append(self.rows + marked_places(fields, odd))
        self.parts.append((self.rows, part))
        self.rows += part.rows

    def put_right(self, texts: pa.Array) -> tuple[pa.Array, np.ndarray | None]:
        """Texts (binary) as characters, and which had bytes that are none of UTF-8; None where none had."""
        holds_mark = self.form.mark == STANDS_FOR_DELIMITER and STANDS_FOR_DELIMITER in bytes_of(texts)
        if not holds_mark:
            if self.form.encoding.valid:
                return texts.view(pa.string()), None
            try:
                return texts.cast(pa.string()), None
            except pa.ArrowInvalid:
                pass
        words = [self.form.restored(text).decode("utf-8", "surrogateescape") for text in texts.to_pylist()]
        odd = np.array([SURROGATES.search(word) is not None for word in words], bool)
        right = [SURROGATES.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), word) if found else word for word, found in zip(words, odd)]
        return pa.array(right, pa.string()), odd if odd.any() else None

    def grid(self) -> Grid:
        """The rows of the file; what was taken is used up."""
        widths = self.widths()
        different = np.bincount(widths) if len(widths) and widths.strides[0] else np.zeros(0, np.int64)
        width = usual_width(different) if len(different) else int(widths.max(initial=0))
        columns = []
        for number in range(width):
            columns.append(self.column(number))
            if self.rows > MANY_ROWS:
                give_back_memory()
        strange = {column: np.sort(np.concatenate(places)) for column, places in self.strange.items()}
        return Grid(np.arange(1, self.rows + 1), columns, widths=widths, beyond=self.beyond(width), strange=CellMarks(strange))

    def widths(self) -> np.ndarray:
        """How many fields each row has."""
        different = {part.widths if isinstance(part.widths, int) else -1 for _, part in self.parts}
        if len(different) == 1 and -1 not in different:
            return np.broadcast_to(np.int32(different.pop()), self.rows)  # takes no memory
        return np.concatenate([np.zeros(0, np.int32), *(np.broadcast_to(np.asarray(part.widths, np.int32), part.rows) for _, part in self.parts)])

    def column(self, number: int) -> Column:
        """A column of all parts, which give theirs away."""
        taken: list[tuple[int, int, Coded]] = []
        for start, part in self.parts:
            if number < len(part.columns):
                taken += [(start, part.rows, fields) for fields in part.columns[number]]
                part.columns[number] = []
        pieces = [fields.texts for _, _, fields in taken]
        for _, _, fields in taken:
            fields.texts = NO_TEXTS
        texts, new = united(pieces)
        if not len(texts):
            return Column.empty(self.rows)
        codes = np.full(self.rows, -1, np.int32)
        for (start, rows, fields), places in zip(taken, new):
            found = places[fields.codes] if (fields.codes >= 0).all() else np.append(places, np.int32(-1))[fields.codes]
            target = codes[start : start + rows]
            target[slice(None) if fields.places is None else fields.places] = found
        missing = codes < 0
        # A column without a gap takes no memory for its kinds.
        kinds = np.where(missing, NULL, TEXT).astype(np.uint8) if missing.any() else np.broadcast_to(np.uint8(TEXT), self.rows)
        return Column(kinds, None, codes, texts)

    def beyond(self, width: int) -> dict[int, list[Cell]]:
        """The fields behind the columns, by row."""
        found: dict[int, list[Cell]] = {}
        for start, part in self.parts:
            for several in part.columns[width:]:
                for fields in several:
                    words = fields.texts.to_pylist()
                    places = np.arange(part.rows) if fields.places is None else fields.places
                    for row, code in zip((start + places).tolist(), fields.codes.tolist()):
                        if code >= 0:
                            found.setdefault(row, []).append(words[code])
        return found


def give_back_memory() -> None:
    """Gives the system what was freed: the C library keeps pieces as small as those of blocks, which for 20 million rows are half a gigabyte."""
    pa.default_memory_pool().release_unused()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):  # another C library
        pass


def bytes_of(texts: pa.Array) -> bytes:
    """All bytes of texts."""
    letters = texts.buffers()[2]
    return b"" if letters is None else letters.to_pybytes()


def marked_places(fields: Coded, odd: np.ndarray) -> np.ndarray:
    """The places of the fields whose texts are odd."""
    rows = np.flatnonzero(np.append(odd, False)[fields.codes])
    return rows if fields.places is None else fields.places[rows]
