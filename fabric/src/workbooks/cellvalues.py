"""## The values of many cells at once

From the bytes of the cells that the scan has found to kinds, numbers and texts. What is written in an unusual way is looked at one by one, by the
same rules (`worksheet.py`).
"""

import numpy as np
import pyarrow as pa

from cellscan import BOOLEAN_TYPE, CELL_TYPES, ERROR_TYPE, FORMULA_TEXT, INLINE_TEXT, NUMBER_TYPE, SHARED_TYPE, FoundRows
from columns import BOOLEAN, NULL, NUMBER, TEXT, number_of
from numberformats import NUMBER_SHOWN, TIME_SHOWN, moments_of_serials
from package import DAMAGES, unescaped
from sheetcolumns import Texts
from tagscan import Tags, xml_text
from values import Cell
from worksheet import CellValues

ONE_BY_ONE = 32  # so few values are read one by one where one of them is unusual


class FoundValues:
    """The values of found cells: kinds, numbers and the codes of texts; odd rows hold a value that is to be refused."""

    def __init__(self, tags: Tags, found: FoundRows, values: CellValues, texts: Texts):
        self.tags, self.found, self.values, self.texts = tags, found, values, texts
        count = len(found.row)
        self.kinds = np.zeros(count, np.uint8)
        self.numbers = np.zeros(count)
        self.codes = np.full(count, -1, np.int32)
        self.errors: list[tuple[int, str]] = []  # cells, and what they say
        has_text = found.stop > found.start
        for kind in np.flatnonzero(np.bincount(found.type[has_text], minlength=len(CELL_TYPES))).tolist():
            cells = np.flatnonzero(has_text & (found.type == kind))
            if kind == NUMBER_TYPE:
                self.read_numbers(cells)
            elif kind == SHARED_TYPE:
                self.read_shared(cells)
            elif kind in (FORMULA_TEXT, INLINE_TEXT):
                self.read_texts(cells)
            elif kind == BOOLEAN_TYPE:
                self.read_booleans(cells)
            else:
                self.read_singly(cells)

    def read_numbers(self, cells: np.ndarray) -> None:
        numbers, read = self.parsed(cells, pa.float64())
        read &= np.isfinite(numbers)
        if not read.all():
            self.read_singly(cells[~read])
            cells, numbers = cells[read], numbers[read]
        numbers = numbers + 0.0  # no negative zero
        self.kinds[cells] = NUMBER
        self.numbers[cells] = numbers
        if self.values.formats:
            shown = np.array([*self.values.formats, NUMBER_SHOWN], np.uint8)[np.minimum(self.found.style[cells], len(self.values.formats))]
            dated = np.flatnonzero(shown != NUMBER_SHOWN)
            if len(dated):
                kinds, moments = moments_of_serials(numbers[dated], shown[dated] == TIME_SHOWN, self.values.date1904)
                self.kinds[cells[dated]], self.numbers[cells[dated]] = kinds, moments

    def read_shared(self, cells: np.ndarray) -> None:
        starts = self.found.start[cells]
        digits = (self.tags.bytes[starts] - np.uint8(48) <= 9) & (self.tags.bytes[starts + 1] | 0x20 != ord("x"))  # a sign or 0x is none
        places, read = self.parsed(cells, pa.int32())
        read &= digits & (places >= 0) & (places < len(self.values.shared))
        if not read.all():
            self.read_singly(cells[~read])
            cells, places = cells[read], places[read]
        self.kinds[cells] = TEXT
        self.codes[cells] = places

    def read_booleans(self, cells: np.ndarray) -> None:
        digit = self.tags.bytes[self.found.start[cells]] - np.uint8(48)
        read = (digit <= 1) & (self.found.stop[cells] - self.found.start[cells] == 1)
        self.kinds[cells[read]] = BOOLEAN
        self.numbers[cells[read]] = digit[read]
        self.read_singly(cells[~read])

    def read_texts(self, cells: np.ndarray) -> None:
        encoded = self.tags.texts(self.found.start[cells], self.found.stop[cells]).dictionary_encode()
        written = encoded.dictionary.cast(pa.large_binary())
        first = self.texts.add(meant_texts(written))
        self.kinds[cells] = TEXT
        self.codes[cells] = np.frombuffer(encoded.indices.buffers()[1], np.int32, 2 * len(cells))[::2] + first

    def read_singly(self, cells: np.ndarray) -> None:
        """Cells with an unusual value."""
        found = self.found
        for cell in cells.tolist():
            kind = CELL_TYPES[found.type[cell]]
            text = xml_text(self.tags.piece[int(found.start[cell]) : int(found.stop[cell])])
            try:
                value: Cell = self.values.value(kind, str(found.style[cell]), unescaped(text) if kind == "inlineStr" else text)
            except DAMAGES:
                found.odd[found.row[cell]] = True  # where it is refused
                continue
            if isinstance(value, str):
                self.kinds[cell], self.codes[cell] = TEXT, self.texts.code(value)
                if found.type[cell] == ERROR_TYPE:
                    self.errors.append((cell, value))
            elif value is not None:
                self.kinds[cell], self.numbers[cell] = number_of(value)

    def without_value(self, cells: np.ndarray) -> np.ndarray:
        """Which of the cells have no value; an empty text of the workbook's table is none."""
        codes = self.codes[cells]
        empty = self.values.shared.empty
        return (self.kinds[cells] == NULL) | ((codes >= 0) & (codes < len(empty)) & np.append(empty, False)[np.minimum(codes, len(empty))])

    def parsed(self, cells: np.ndarray, kind: pa.DataType) -> tuple[np.ndarray, np.ndarray]:
        """The cells' texts as numbers, and which of them could be read."""
        try:
            found = self.tags.texts(self.found.start[cells], self.found.stop[cells]).cast(kind)
            return np.frombuffer(found.buffers()[1], kind.to_pandas_dtype(), 2 * len(cells))[::2], np.ones(len(cells), bool)
        except pa.ArrowInvalid:
            if len(cells) <= ONE_BY_ONE:
                return np.zeros(len(cells), kind.to_pandas_dtype()), np.zeros(len(cells), bool)
        half = len(cells) // 2
        numbers, read = zip(self.parsed(cells[:half], kind), self.parsed(cells[half:], kind))
        return np.concatenate(numbers), np.concatenate(read)


def meant_texts(written: pa.Array) -> pa.Array:
    """The texts as cells mean them; written holds them as they stand in the XML."""
    otherwise = np.zeros(len(written), bool)
    for letters in (b"&", b"\r", b"_x"):
        otherwise |= pa.compute.match_substring(written, letters).to_numpy(zero_copy_only=False)
    if otherwise.any():
        places = np.flatnonzero(otherwise)
        meant = pa.array([unescaped(xml_text(text)) for text in written.take(pa.array(places)).to_pylist()], pa.large_string())
        return pa.compute.replace_with_mask(written.cast(pa.large_string()), pa.array(otherwise), meant)
    return written.cast(pa.large_string())
