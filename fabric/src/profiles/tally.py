"""## Tallies

The different values of a column with the number of rows that have each: what all figures are made of.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import BOOLEAN, DAY, MOMENT, NUMBER, TEXT, TIME, cell_of
from distinct import told_apart
from sums import LARGEST
from typed import PIECE_ROWS, Typed, occurrences
from values import EXACT

# Frequencies that are equal stand in the order of these kinds.
RANK = {NUMBER: 0, BOOLEAN: 1, DAY: 2, MOMENT: 2, TIME: 2, TEXT: 3}
WIDEST = 1 << 20  # from the smallest to the largest of whole numbers that are counted without sorting
HALVES = 134217729.0  # splits a double in two halves of 26 bits each


@dataclass(frozen=True, eq=False)
class Tally:
    """Different numbers, ascending, with their counts (int64)."""

    values: np.ndarray
    counts: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    @property
    def total(self) -> int:
        return int(self.counts.sum())

    def at(self, place: float) -> float:
        """The value at a place of all sorted values, between two of them interpolated as numpy does."""
        below = math.floor(place)
        ends = np.cumsum(self.counts)
        low, high = (float(self.values[np.searchsorted(ends, min(rank, int(ends[-1]) - 1), side="right")]) for rank in (below, below + 1))
        part = place - below
        if high - low > LARGEST:  # no double holds the distance
            return low * (1 - part) + high * part
        return high - (high - low) * (1 - part) if part >= 0.5 else low + (high - low) * part

    def exact_parts(self, unit: float) -> Iterator[float]:
        """Numbers that add up to the sum of all values in a unit, in which they are below 1e101. Halves times counts below 2**26 are exact."""
        for start in range(0, len(self), PIECE_ROWS):
            values, counts = self.values[start : start + PIECE_ROWS] / unit, self.counts[start : start + PIECE_ROWS]
            if counts.max() == 1:
                yield from values.tolist()
                continue
            wide = values * HALVES
            upper = wide - (wide - values)
            yield from (upper * counts).tolist()
            yield from ((values - upper) * counts).tolist()


def tally_of(numbers: np.ndarray, counts: np.ndarray | None) -> Tally:
    """Counts numbers that occur so many times each; once where counts is None."""
    if (found := whole_tally(numbers, counts)) is not None:
        return found
    numbers = numbers + 0.0  # no negative zero
    if counts is None:
        numbers.sort()
    else:
        order = np.argsort(numbers)
        numbers, counts = numbers[order], counts[order]
    starts = np.flatnonzero(np.concatenate(([True], numbers[1:] != numbers[:-1])))
    if counts is None:
        return Tally(numbers[starts], np.diff(np.append(starts, len(numbers))))
    return Tally(numbers[starts], np.add.reduceat(counts, starts, dtype=np.int64))


def whole_tally(numbers: np.ndarray, counts: np.ndarray | None) -> Tally | None:
    """The tally of whole numbers near each other, which need not be sorted; None of others."""
    if len(numbers) == 0:
        return Tally(np.zeros(0), np.zeros(0, np.int64))
    low, high = float(numbers.min()), float(numbers.max())
    if not (low.is_integer() and abs(low) < EXACT and high - low < WIDEST):
        return None
    found = np.zeros(int(high - low) + 1, np.int64)
    for start in range(0, len(numbers), PIECE_ROWS):
        piece = numbers[start : start + PIECE_ROWS] - low
        places = piece.astype(np.int64)
        if (places != piece).any():
            return None
        weights = None if counts is None else counts[start : start + PIECE_ROWS]
        found += np.bincount(places, weights, minlength=len(found)).astype(np.int64)
    there = np.flatnonzero(found)
    return Tally(there + low, found[there])


def text_counts(codes: np.ndarray, counts: np.ndarray | None, size: int) -> np.ndarray:
    """How often each of so many texts occurs: codes are those of entries, -1 of one that is no text, and counts how often each of these occurs."""
    if counts is None:
        return occurrences(codes, size)
    found = np.zeros(size + 1, np.int64)
    for start in range(0, len(codes), PIECE_ROWS):
        piece = codes[start : start + PIECE_ROWS] + 1
        low, most = int(piece.min()), int(piece.max()) + 1  # the codes of a piece are mostly near each other
        found[low:most] += np.bincount(piece - low, counts[start : start + PIECE_ROWS]).astype(np.int64)
    return found[1:]


class Tallies:
    """The tallies of a column's kinds, and its different texts with their counts."""

    def __init__(self, typed: Typed):
        values, counts = typed.values, typed.counts
        self.numbers: dict[int, Tally] = {}
        self.texts: pa.Array = pa.array([], pa.large_string())
        self.text_counts = np.zeros(0, np.int64)
        for kind in (NUMBER, BOOLEAN, DAY, MOMENT, TIME):
            which = values.kinds == kind
            if counts is not None:
                which &= counts > 0
            if values.numbers is not None and which.any():
                every = bool(which.all())  # then nothing is copied
                self.numbers[kind] = tally_of(
                    values.numbers if every else values.numbers[which], counts if counts is None or every else counts[which]
                )
        if values.codes is not None and len(values.texts):
            each = text_counts(values.codes, counts, len(values.texts))
            found = each > 0
            self.texts = values.texts if found.all() else values.texts.filter(pa.array(found))
            self.text_counts = each if found.all() else each[found]

    @staticmethod
    def merged(parts: list["Tallies"]) -> "Tallies":
        """The tallies of several parts of a column as one."""
        found = Tallies.__new__(Tallies)
        found.numbers = {}
        for kind in (NUMBER, BOOLEAN, DAY, MOMENT, TIME):
            several = [part.numbers[kind] for part in parts if kind in part.numbers]
            if several:
                found.numbers[kind] = tally_of(np.concatenate([each.values for each in several]), np.concatenate([each.counts for each in several]))
        places, found.texts = told_apart([part.texts for part in parts])
        found.text_counts = np.zeros(len(found.texts), np.int64)
        for part, of in zip(parts, places):
            np.add.at(found.text_counts, of, part.text_counts)
        return found

    def of(self, kind: int) -> Tally:
        """The tally of a kind that is no text."""
        return self.numbers.get(kind, Tally(np.zeros(0), np.zeros(0, np.int64)))

    @property
    def moments(self) -> Tally:
        """The days, as their midnights, and the moments."""
        days, moments = self.of(DAY), self.of(MOMENT)
        return tally_of(np.concatenate([days.values * 86400, moments.values]), np.concatenate([days.counts, moments.counts]))

    def count(self, kind: int) -> int:
        return int(self.text_counts.sum()) if kind == TEXT else self.of(kind).total

    @property
    def total(self) -> int:
        """The values that are not null."""
        return sum(tally.total for tally in self.numbers.values()) + self.count(TEXT)

    @property
    def different(self) -> int:
        """How many different values there are; true and 1 differ."""
        return sum(map(len, self.numbers.values())) + len(self.texts)

    def smallest_and_largest(self) -> tuple[str, str]:
        """Of the texts, by their code points, as the bytes of UTF-8 are ordered."""
        ends = pc.min_max(self.texts)
        return ends["min"].as_py(), ends["max"].as_py()

    def most_frequent(self, most: int) -> list[tuple[float | bool | date | datetime | time | str, int]]:
        """The values with the largest counts, equal ones in the order of their kinds and values."""
        counts = np.concatenate([*(tally.counts for tally in self.numbers.values()), self.text_counts])
        least = np.partition(counts, len(counts) - most)[len(counts) - most] if len(counts) > most else 0
        found = []
        for kind, tally in self.numbers.items():
            which = tally.counts >= least
            for number, count in zip(tally.values[which].tolist(), tally.counts[which].tolist()):
                # Days and moments are compared in seconds since 1970, times of day in those since midnight.
                found.append((-count, RANK[kind], number * 86400 if kind == DAY else number, kind == MOMENT, kind, number))
        which = self.text_counts >= least
        words = self.texts.filter(pa.array(which)).to_pylist()
        texts = [(-count, RANK[TEXT], word) for word, count in zip(words, self.text_counts[which].tolist())]
        ordered = [(entry[0], entry[1], cell_of(entry[4], entry[5])) for entry in sorted(found)[:most]]
        both = sorted(ordered + sorted(texts)[:most], key=lambda entry: entry[:2])
        return [(value, -count) for count, _, value in both[:most]]
