"""## Estimates

What is kept of a column of very many different values: exact counts, ends and sums, the number of different values by HyperLogLog, and
quartiles by buckets (contract/RULES.md, Figures). What is kept of several parts adds up, and does not grow with the rows.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import BOOLEAN, DAY, MOMENT, NUMBER, TEXT, TIME
from digests import MIX, mixed, text_digests
from figures import significant
from readings import DAY_SECONDS
from tally import Tallies, Tally, tally_of

REGISTER_BITS = 14
REGISTERS = 1 << REGISTER_BITS
BUCKET = math.log(1.004)  # the width of a bucket of numbers, 0.4 %
NO_BUCKETS = np.zeros(0, np.int64)


@dataclass
class Moments:
    """Count, mean and squared distances of numbers, in a unit in which squares of the largest double are one, and their exact sum in parts."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    sums: list[float] = field(default_factory=list)

    @staticmethod
    def of(tally: Tally) -> "Moments":
        count = tally.total
        if not count:
            return Moments()
        values, counts = tally.values / UNIT, tally.counts
        mean = float((values * counts).sum()) / count
        distances = values - mean
        squares = float((distances * distances * counts).sum())
        parts = list(tally.exact_parts(UNIT))
        sums: list[float] = []
        for _ in range(3):  # the sum, what it lacks, and what that lacks
            sums.append(math.fsum([*parts, *(-one for one in sums)]))
        return Moments(count, mean, squares, [one for one in sums if one])

    def plus(self, other: "Moments") -> "Moments":
        count = self.count + other.count
        if not count:
            return self
        apart = other.mean - self.mean
        squares = self.squares + other.squares + apart * apart * self.count * other.count / count
        whole = [*self.sums, *other.sums]
        sums: list[float] = []
        for _ in range(3):
            sums.append(math.fsum([*whole, *(-one for one in sums)]))
        return Moments(count, self.mean + apart * other.count / count, squares, [one for one in sums if one])


UNIT = 2.0**200  # squares and sums of numbers up to the largest double are doubles in it, and those of small ones are no zeros that count


@dataclass
class Estimate:
    """A column of more different values than are counted one by one."""

    counts: dict[int, int]  # by kind
    ends: dict[int, tuple[float, float]]  # the smallest and the largest number of each kind that is no text
    fraction: float | None  # a number that is not whole
    texts: tuple[str, str] | None  # the first and the last text
    lengths: tuple[int, int, int]  # the shortest and the longest text, and all characters
    registers: np.ndarray  # uint8
    spread: Moments
    zeros: int
    negatives: int
    buckets: dict[int, int]  # numbers by bucket
    days: np.ndarray  # int64: the different days of days and moments

    @staticmethod
    def of_tallies(tallies: Tallies) -> "Estimate":
        numbers = tallies.of(NUMBER)
        broken = numbers.values[np.floor(numbers.values) != numbers.values]
        lengths = pc.utf8_length(tallies.texts).to_numpy().astype(np.int64) if len(tallies.texts) else NO_BUCKETS
        buckets = buckets_of(numbers.values)
        different, places = np.unique(buckets, return_inverse=True)
        in_buckets = np.zeros(len(different), np.int64)
        np.add.at(in_buckets, places, numbers.counts)
        days = np.concatenate([tallies.of(DAY).values, np.floor(tallies.of(MOMENT).values / DAY_SECONDS)])
        return Estimate(
            {kind: tallies.count(kind) for kind in (NUMBER, BOOLEAN, DAY, MOMENT, TIME, TEXT)},
            {kind: (float(of.values[0]), float(of.values[-1])) for kind, of in tallies.numbers.items()},
            float(broken[0]) if len(broken) else None,
            tallies.smallest_and_largest() if len(tallies.texts) else None,
            (int(lengths.min()), int(lengths.max()), int((lengths * tallies.text_counts).sum())) if len(lengths) else (0, 0, 0),
            registers_of(tallies),
            Moments.of(numbers),
            int(numbers.counts[numbers.values == 0].sum()),
            int(numbers.counts[numbers.values < 0].sum()),
            dict(zip(different.tolist(), in_buckets.tolist())),
            np.unique(days.astype(np.int64)),
        )

    def plus(self, other: "Estimate") -> "Estimate":
        kinds = {*self.ends, *other.ends}
        ends = {kind: (min(of[kind][0] for of in (self.ends, other.ends) if kind in of), max(of[kind][1] for of in (self.ends, other.ends) if kind in of)) for kind in kinds}
        texts = [*(self.texts or ()), *(other.texts or ())]
        several = [of.lengths for of in (self, other) if of.texts is not None]
        buckets = dict(self.buckets)
        for place, count in other.buckets.items():
            buckets[place] = buckets.get(place, 0) + count
        return Estimate(
            {kind: count + other.counts[kind] for kind, count in self.counts.items()},
            ends,
            other.fraction if self.fraction is None else self.fraction,
            (min(texts), max(texts)) if texts else None,
            (min(one[0] for one in several), max(one[1] for one in several), sum(one[2] for one in several)) if several else (0, 0, 0),
            np.maximum(self.registers, other.registers),
            self.spread.plus(other.spread),
            self.zeros + other.zeros,
            self.negatives + other.negatives,
            buckets,
            np.union1d(self.days, other.days),
        )

    def count(self, kind: int) -> int:
        return self.counts[kind]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def of(self, kind: int) -> Tally:
        """Some numbers of a kind that have its ends and show whether all are whole; not their counts."""
        values = list(self.ends.get(kind, ()))
        if kind == NUMBER and self.fraction is not None:
            values.append(self.fraction)
        return Tally(np.unique(np.array(values)), np.ones(len(set(values)), np.int64))

    @property
    def moments(self) -> Tally:
        days, moments = self.of(DAY), self.of(MOMENT)
        return tally_of(np.concatenate([days.values * DAY_SECONDS, moments.values]), None)

    def smallest_and_largest(self) -> tuple[str, str]:
        assert self.texts is not None
        return self.texts

    @property
    def different(self) -> int:
        """About how many different values there are."""
        zeros = int(np.count_nonzero(self.registers == 0))
        raw = 0.7213 / (1 + 1.079 / REGISTERS) * REGISTERS * REGISTERS / float((2.0 ** -self.registers.astype(np.float64)).sum())
        return round(REGISTERS * math.log(REGISTERS / zeros)) if raw <= 2.5 * REGISTERS and zeros else round(raw)

    def number_figures(self) -> dict:
        """As those of numbers that are counted one by one, with quartiles of the buckets."""
        count, total = self.spread.count, math.fsum(self.spread.sums)
        deviation = math.sqrt(self.spread.squares / (count - 1)) if count > 1 else None
        return {
            "sum": significant(total * UNIT),
            "mean": significant(total / count * UNIT),
            "standard_deviation": None if deviation is None else significant(deviation * UNIT),
            **{name: self.quantile(part * (count - 1)) for name, part in (("q1", 0.25), ("median", 0.5), ("q3", 0.75))},
            "quartiles_exact": False,
            "zeros": self.zeros,
            "negatives": self.negatives,
        }

    def quantile(self, rank: float) -> float:
        """The middle of the bucket of the number of a rank."""
        smallest, largest = self.ends[NUMBER]
        below = 0
        for place in sorted(self.buckets):
            below += self.buckets[place]
            if below > rank:
                return min(max(bucket_middle(place), smallest), largest)
        return largest

    def lengths_document(self) -> dict:
        return {"min": self.lengths[0], "max": self.lengths[1], "mean": float(f"{self.lengths[2] / self.counts[TEXT]:.6f}")}


OFFSET = 1 << 20  # above the largest number of a bucket, so that the buckets' numbers are ordered as the numbers are


def buckets_of(values: np.ndarray) -> np.ndarray:
    """The bucket of each number: 0 is that of 0."""
    with np.errstate(divide="ignore"):
        places = np.where(values == 0, 0, np.floor(np.log(np.abs(values)) / BUCKET) + OFFSET)
    return np.where(values < 0, -places, places).astype(np.int64)


def bucket_middle(place: int) -> float:
    if place == 0:
        return 0.0
    size = math.exp(min((abs(place) - OFFSET + 0.5) * BUCKET, 709.7))
    return size if place > 0 else -size


def registers_of(tallies: Tallies) -> np.ndarray:
    """HyperLogLog's registers of different values."""
    found = np.zeros(REGISTERS, np.uint8)
    several = [mixed((of.values + 0.0).view(np.uint64) ^ (np.uint64(kind) * MIX[0])) for kind, of in tallies.numbers.items()]
    if len(tallies.texts):
        several.append(text_digests(tallies.texts.cast(pa.large_string()))[:, 0])
    for bits in several:
        places = (bits >> np.uint64(64 - REGISTER_BITS)).astype(np.int64)
        rest = bits << np.uint64(REGISTER_BITS) | np.uint64((1 << REGISTER_BITS) - 1)
        zeros = 63 - np.floor(np.log2(np.maximum(rest >> np.uint64(11), 1).astype(np.float64))).astype(np.int64) - 11
        np.maximum.at(found, places, (zeros + 1).astype(np.uint8))
    return found
