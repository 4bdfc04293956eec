"""## Figures of a column

What version 2 of `import_profile.json` says of a column besides its type: numbers, histogram, lengths, frequent values,
and the cells that stand out (contract/RULES.md, Figures). All of them are exact.
"""

import math
from collections import Counter
from datetime import date, datetime, time, timezone

import numpy as np

from names import column_letters
from sums import LARGEST
from values import as_text, date_in, json_value, number_in
from verdicts import MOST_EXAMPLES, example

MOST_VALUES = 65536  # more different ones have no most frequent
TOP = 10
BINS = 20

# Frequencies that are equal stand in the order of their values, and of these kinds.
RANK = {float: 0, bool: 1, date: 2, datetime: 2, time: 2, str: 3}
FAMILY = {float: "number", bool: "boolean", date: "day", datetime: "day", time: "time", str: "text"}
FAMILY_OF_TYPE = {"integer": "number", "decimal": "number", "boolean": "boolean", "date": "day", "datetime": "day", "time": "time", "text": "text"}


def column_figures(kind: str, index: int, values: list, raw: list, row_numbers: list[int], workbook: bool, errors: dict) -> dict:
    """The fields of one column; values are its values as counted, raw its cells as they stand in the file."""
    letter = column_letters(index)
    numbers = np.array([v for v in values if type(v) is float]) if kind in ("integer", "decimal") else None
    return {
        "numbers": None if numbers is None else number_figures(numbers),
        "histogram": histogram(kind, values, numbers),
        "lengths": lengths(values) if kind == "text" else None,
        "most_frequent": most_frequent(values),
        "misfits": misfits(kind, letter, values, raw, row_numbers),
        "stored_as_text": stored_as_text(letter, values, row_numbers, errors) if workbook else {"numbers": 0, "dates": 0, "examples": []},
        "blank_ends": sum(type(v) is str and len(v) != len(r) for v, r in zip(values, raw) if type(r) is str),
        "errors": dict(Counter(errors.values())),
    }


def number_figures(numbers: np.ndarray) -> dict:
    # Sums and squares of the largest doubles are none: they are counted in a unit that is large enough.
    unit = max(1.0, float(np.abs(numbers).max()) / 1e100)
    scaled = numbers / unit
    total = math.fsum(scaled)
    q1, median, q3 = np.quantile(numbers, [0.25, 0.5, 0.75])
    return {
        "sum": significant(total * unit),
        "mean": significant(total / len(numbers) * unit),
        "standard_deviation": significant(float(np.std(scaled - scaled[0], ddof=1)) * unit) if len(numbers) > 1 else None,
        "q1": float(q1),
        "median": float(median),
        "q3": float(q3),
        "quartiles_exact": True,
        "zeros": int(np.count_nonzero(numbers == 0)),
        "negatives": int(np.count_nonzero(numbers < 0)),
    }


def significant(number: float) -> float:
    """With 12 significant digits: what lies behind them depends on the order in which numbers were added."""
    return min(max(float(f"{number:.12g}"), -LARGEST), LARGEST)


def histogram(kind: str, values: list, numbers: np.ndarray | None) -> dict | None:
    """The values in bins of equal width: days are counted as days, date-times as seconds."""
    if numbers is not None:
        smallest, largest = (json_value(float(v)) for v in (numbers.min(), numbers.max()))
        return {"from": smallest, "to": largest, "counts": bins(numbers)}
    if kind == "date":
        days = [v for v in values if type(v) is date]
        return {"from": min(days).isoformat(), "to": max(days).isoformat(), "counts": bins(np.array([d.toordinal() for d in days], dtype=float))}
    if kind == "datetime":
        moments = [at_midnight(v) for v in values if isinstance(v, date)]
        seconds = np.array([m.replace(tzinfo=timezone.utc).timestamp() for m in moments])
        return {"from": min(moments).isoformat(), "to": max(moments).isoformat(), "counts": bins(seconds)}
    return None


def at_midnight(value: date) -> datetime:
    return value if type(value) is datetime else datetime.combine(value, time())


def bins(values: np.ndarray) -> list[int]:
    low, high = values.min(), values.max()
    if low == high:
        return [len(values)]
    where = np.minimum(np.floor((values - low) / (high - low) * BINS).astype(int), BINS - 1)
    return np.bincount(where, minlength=BINS).tolist()


def lengths(values: list) -> dict:
    """Code points of the trimmed texts."""
    found = [len(v) for v in values if type(v) is str]
    return {"min": min(found), "max": max(found), "mean": float(f"{sum(found) / len(found):.6f}")}


def most_frequent(values: list) -> list[dict]:
    counts: dict[type, Counter] = {}
    for kind in RANK:
        counted = Counter(v for v in values if type(v) is kind)
        if counted:
            counts[kind] = counted
    if sum(map(len, counts.values())) > MOST_VALUES:
        return []
    found = [(value, count) for counted in counts.values() for value, count in counted.items()]
    found.sort(key=lambda pair: (-pair[1], RANK[type(pair[0])], sortable(pair[0])))
    return [{"value": json_value(value), "count": count} for value, count in found[:TOP]]


def sortable(value):
    """Dates, date-times and times are compared as milliseconds, since 1970 or since midnight."""
    if isinstance(value, date):
        return at_midnight(value).replace(tzinfo=timezone.utc).timestamp() * 1000, type(value) is datetime
    if type(value) is time:
        return (value.hour * 3600 + value.minute * 60 + value.second) * 1000, False
    return value


def misfits(kind: str, letter: str, values: list, raw: list, row_numbers: list[int]) -> dict:
    """The cells of another kind than the column's."""
    family = FAMILY_OF_TYPE.get(kind)
    if family is None:
        return {"count": 0, "examples": []}
    rows = [r for r, v in enumerate(values) if v is not None and FAMILY[type(v)] != family]
    # A text is shown as it stands in the file, whatever it reads as.
    shown = [example(f"{letter}{row_numbers[r]}", as_text(raw[r]) if type(raw[r]) is str else as_text(values[r])) for r in rows[:MOST_EXAMPLES]]
    return {"count": len(rows), "examples": shown}


def stored_as_text(letter: str, values: list, row_numbers: list[int], errors: dict) -> dict:
    """Texts of a workbook that read as a number or a date."""
    numbers = dates = 0
    examples: list[dict] = []
    for r, value in enumerate(values):
        if type(value) is not str or r in errors:
            continue
        is_number, is_date = number_in(value) is not None, date_in(value) is not None
        numbers, dates = numbers + is_number, dates + is_date
        if (is_number or is_date) and len(examples) < MOST_EXAMPLES:
            examples.append(example(f"{letter}{row_numbers[r]}", value))
    return {"numbers": numbers, "dates": dates, "examples": examples}


def duplicate_rows(columns: list[list]) -> int:
    """Rows that are equal to an earlier one in every column; to Python True and 1.0 are equal, to the contract not."""
    seen = set()
    repeated = 0
    for row in zip(*columns):
        key = tuple(("boolean", v) if type(v) is bool else v for v in row)
        if key in seen:
            repeated += 1
        else:
            seen.add(key)
    return repeated
