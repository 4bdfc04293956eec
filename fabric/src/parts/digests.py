"""## Digests of rows

A row as 128 bits, by which equal rows are found that stand in different parts of an input: cells that are equal have the same digest.
"""

import hashlib

import numpy as np
import pyarrow as pa

from columns import NULL, TEXT, Column
from textarrays import trimmed_texts
from typed import Typed

MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class RowDigests:
    """The digests of some rows, to which columns are added one after the other. uint64, two a row."""

    def __init__(self, rows: int):
        self.found = np.zeros((rows, 2), np.uint64)

    def add(self, cells: np.ndarray) -> None:
        """Adds the cells of a column, uint64, two a row."""
        for side, mix in enumerate(MIX):
            self.found[:, side] = mixed(self.found[:, side] * mix + cells[:, side])

    def add_stored(self, column: Column) -> None:
        """Adds a column's cells as they are stored, texts without blanks at their ends."""
        self.add(cell_digests(column, trimmed_texts(column.texts)))

    def add_typed(self, typed: Typed) -> None:
        """Adds the values of a column."""
        cells = cell_digests(typed.values, typed.values.texts)
        self.add(cells if typed.places is None else np.append(cells, np.zeros((1, 2), np.uint64), axis=0)[typed.places])


def mixed(bits: np.ndarray) -> np.ndarray:
    """Each of some numbers with its bits mixed (the finalizer of splitmix64)."""
    bits = (bits ^ (bits >> np.uint64(30))) * FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * SECOND
    return bits ^ (bits >> np.uint64(31))


def cell_digests(column: Column, texts: pa.Array) -> np.ndarray:
    """Two numbers for each cell, 0 for null and for an empty text; texts are those of the column in the form that is compared."""
    found = np.zeros((len(column), 2), np.uint64)
    if column.numbers is not None:
        bits = (column.numbers + 0.0).view(np.uint64)  # no negative zero
        kinds = column.kinds.astype(np.uint64)
        for side, mix in enumerate(MIX):
            found[:, side] = mixed(bits ^ (kinds * mix)) | np.uint64(1)
        found[(column.kinds == NULL) | (column.kinds == TEXT)] = 0
    if column.codes is not None and len(texts):
        of_texts = np.append(text_digests(texts), np.zeros((1, 2), np.uint64), axis=0)
        is_text = column.kinds == TEXT
        found[is_text] = of_texts[column.codes[is_text]]
    return found


def text_digests(texts: pa.Array) -> np.ndarray:
    """Two numbers for each text, 0 for an empty one."""
    blake = hashlib.blake2b
    digests = b"".join([blake(text, digest_size=16).digest() if text else bytes(16) for text in texts.cast(pa.large_binary()).to_pylist()])
    return np.frombuffer(digests, np.uint64).reshape(-1, 2)
