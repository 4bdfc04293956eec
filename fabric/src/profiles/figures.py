"""## Figures of a column

What version 2 of `import_profile.json` says of a column besides its type: numbers, histogram, lengths, frequent values,
and the cells that stand out (contract/RULES.md, Figures). All of them are exact.
"""

import math
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import BOOLEAN, DAY, MOMENT, NULL, NUMBER, TEXT, TIME, cell_of
from plaintexts import moments_in, numbers_in
from sums import LARGEST
from table import Table
from tally import Tallies, Tally
from textkernels import matching
from typed import PIECE_ROWS, Typed, occurrences
from values import as_text, date_in, json_value, number_in
from verdicts import MOST_EXAMPLES, example

MOST_VALUES = 65536  # more different ones have no most frequent
TOP = 10
BINS = 20

KINDS_OF_FAMILY = {"number": (NUMBER,), "boolean": (BOOLEAN,), "day": (DAY, MOMENT), "time": (TIME,), "text": (TEXT,)}
FAMILY_OF_TYPE = {"integer": "number", "decimal": "number", "boolean": "boolean", "date": "day", "datetime": "day", "time": "time", "text": "text"}


def column_figures(kind: str, table: Table, place: int, typed: Typed, tallies: Tallies) -> dict:
    """The fields of one column; typed are its values as counted."""
    numbers = tallies.of(NUMBER) if kind in ("integer", "decimal") else None
    errors = table.errors_of(place)
    return {
        "numbers": None if numbers is None else number_figures(numbers),
        "histogram": histogram(kind, tallies),
        "lengths": lengths(tallies) if kind == "text" else None,
        "most_frequent": most_frequent(tallies),
        "misfits": misfits(kind, table, place, typed),
        "stored_as_text": stored_as_text(table, place, typed, errors) if table.is_workbook else {"numbers": 0, "dates": 0, "examples": []},
        "blank_ends": typed.blank_ends,
        "errors": dict(Counter(errors.values())),
    }


def number_figures(numbers: Tally) -> dict:
    """Figures of numbers, of which there is one at least. The sum is the double next to the exact one, so that its 12 digits are right."""
    # Sums and squares of the largest doubles are none: they are counted in a unit that is large enough.
    unit = max(1.0, max(abs(float(numbers.values[0])), abs(float(numbers.values[-1]))) / 1e100)
    count = numbers.total
    total = math.fsum(numbers.exact_parts(unit))
    return {
        "sum": significant(total * unit),
        "mean": significant(total / count * unit),
        "standard_deviation": significant(deviation(numbers, unit, count) * unit) if count > 1 else None,
        **{name: numbers.at(part * (count - 1)) for name, part in (("q1", 0.25), ("median", 0.5), ("q3", 0.75))},
        "quartiles_exact": True,
        "zeros": int(numbers.counts[numbers.values == 0].sum()),
        "negatives": int(numbers.counts[numbers.values < 0].sum()),
    }


def deviation(numbers: Tally, unit: float, count: int) -> float:
    """The sample's standard deviation in a unit, from the distances to the mean."""
    distances = numbers.values / unit
    distances -= distances[len(distances) // 2]
    distances -= float((distances * numbers.counts).sum()) / count
    distances *= distances
    return math.sqrt(float((distances * numbers.counts).sum()) / (count - 1))


def significant(number: float) -> float:
    """With 12 significant digits: what lies behind them depends on the order in which numbers were added."""
    return min(max(float(f"{number:.12g}"), -LARGEST), LARGEST)


def histogram(kind: str, tallies: Tallies) -> dict | None:
    """The values in bins of equal width: days are counted as days, date-times as seconds."""
    found = binned(kind, tallies)
    return None if found is None else histogram_document(kind, float(found.values[0]), float(found.values[-1]), bins(found))


def binned(kind: str, tallies: Tallies) -> Tally | None:
    """The values that a column's histogram counts; None where it has none."""
    if kind in ("integer", "decimal"):
        return tallies.of(NUMBER)
    if kind == "date":
        return tallies.of(DAY)
    return tallies.moments if kind == "datetime" else None


def histogram_document(kind: str, low: float, high: float, counts: list[int]) -> dict:
    ends = {"date": DAY, "datetime": MOMENT}.get(kind, NUMBER)
    return {"from": json_value(cell_of(ends, low)), "to": json_value(cell_of(ends, high)), "counts": counts}


def bins(found: Tally) -> list[int]:
    return bins_between(found, found.values[0], found.values[-1])


def bins_between(found: Tally, low: float, high: float) -> list[int]:
    """The bins of values from low to high, of which these are some."""
    values, counts = found.values, found.counts
    if low == high:
        return [int(counts.sum())]
    if float(high) / 2 - float(low) / 2 > LARGEST / 2:  # no double holds the distance
        values, low, high = values / 2, low / 2, high / 2
    # The values ascend, and so do their bins: each bin is a run of them.
    where = np.minimum(np.floor((values - low) / (high - low) * BINS).astype(np.int64), BINS - 1)
    return np.diff(np.append(0, np.cumsum(counts))[np.searchsorted(where, np.arange(BINS + 1))]).tolist()


def lengths(tallies: Tallies) -> dict:
    """Code points of the trimmed texts."""
    total, least, most = 0, [], []
    for start in range(0, len(tallies.texts), PIECE_ROWS):
        found = pc.utf8_length(tallies.texts.slice(start, PIECE_ROWS)).to_numpy()
        total += int((found * tallies.text_counts[start : start + PIECE_ROWS].astype(np.int64)).sum())
        least.append(int(found.min()))
        most.append(int(found.max()))
    return {"min": min(least), "max": max(most), "mean": float(f"{total / tallies.count(TEXT):.6f}")}


def most_frequent(tallies: Tallies) -> list[dict]:
    if tallies.different > MOST_VALUES:
        return []
    return [{"value": json_value(value), "count": count} for value, count in tallies.most_frequent(TOP)]


def misfits(kind: str, table: Table, place: int, typed: Typed) -> dict:
    """The cells of another kind than the column's."""
    family = FAMILY_OF_TYPE.get(kind)
    if family is None:
        return {"count": 0, "examples": []}
    other = ~np.isin(typed.values.kinds, (NULL, *KINDS_OF_FAMILY[family]))
    count = typed.count(other)
    if not count:
        return {"count": 0, "examples": []}
    column = table.columns[place]
    shown = []
    for row in typed.first_rows(other, MOST_EXAMPLES):
        # A text is shown as it stands in the file, whatever it reads as.
        cell = column.cell(row)
        shown.append(example(table.address(place, row), as_text(cell if isinstance(cell, str) else typed.cell(row))))
    return {"count": count, "examples": shown}


def stored_as_text(table: Table, place: int, typed: Typed, errors: dict[int, str]) -> dict:
    """Texts of a workbook that read as a number or a date."""
    values = typed.values
    if values.codes is None:
        return {"numbers": 0, "dates": 0, "examples": []}
    numbers, dates = read_as_numbers(values.texts), read_as_dates(values.texts)
    counts = counts_without(typed, errors)
    examples: list[dict] = []
    if counts[numbers | dates].any():
        which = values.spread(numbers | dates, False)
        for row in typed.first_rows(which, MOST_EXAMPLES + len(errors)):
            if row not in errors and len(examples) < MOST_EXAMPLES:
                examples.append(example(table.address(place, row), as_text(typed.cell(row))))
    return {"numbers": int(counts[numbers].sum()), "dates": int(counts[dates].sum()), "examples": examples}


def counts_without(typed: Typed, errors: dict[int, str]) -> np.ndarray:
    """How many cells have each text, without those that show an error."""
    values = typed.values
    assert values.codes is not None
    rows = values.codes if typed.places is None else np.append(values.codes, -1)[typed.places]
    counts = occurrences(rows, len(values.texts))
    if errors:
        counts -= occurrences(rows[np.fromiter(errors, np.int64, len(errors))], len(values.texts))
    return counts


def read_as_numbers(texts: pa.Array) -> np.ndarray:
    """Which trimmed texts are numbers by the plain rule (values.number_in)."""
    found = ~np.isnan(numbers_in(texts))
    return one_by_one(texts, found, r"^[+-]?[0-9].*$", lambda text: number_in(text) is not None)


def read_as_dates(texts: pa.Array) -> np.ndarray:
    """Which trimmed texts are dates or date-times by the plain rule (values.date_in)."""
    days, moments = moments_in(texts)
    found = ~np.isnan(days) | ~np.isnan(moments)
    return one_by_one(texts, found, r"^[0-9]{2}\.[0-9]{2}\.[0-9]{4}$", lambda text: date_in(text) is not None)


def one_by_one(texts: pa.Array, found: np.ndarray, pattern: str, read) -> np.ndarray:
    """What was found, and what read says of the others that have a pattern."""
    left = np.flatnonzero(matching(texts, pattern) & ~found)
    for place, text in zip(left.tolist(), texts.take(pa.array(left)).to_pylist()):
        found[place] = read(text)
    return found
