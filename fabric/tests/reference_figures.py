"""The figures, the cleaning and the CSV value by value, as they are defined: what the notebook's columns are compared with."""

import csv
import io
import math
import re
from collections import Counter
from datetime import date, datetime, time, timedelta, timezone

import numpy as np

from checks import orders_of
from figures import significant
from forms import PlainForms
from names import column_letters
from rounding import above_five_percent
from survey import Survey
from typed import or_text, other_value, plain_value
from values import EXACT, Cell, as_text, date_in, has_value, json_value, number_in, trimmed
from verdicts import MOST_EXAMPLES, example
from words import AMOUNTS

KEY_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
MOST_VALUES, TOP, BINS, GAPS_NAMED = 65536, 10, 20, 5
ALWAYS_TEXT = ("order_id", "channel", "region", "product_category")


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


def typed_values(found, column: int) -> list[Cell]:
    """As stored, texts without blanks at their ends; in a text file a text is what it reads as. None is null."""
    cells = found.table.columns[column].cells()
    if not found.table.is_csv:
        return [trimmed(cell) if type(cell) is str else cell for cell in cells]
    read = reader_of(found, column)
    known: dict[str | None, Cell] = {None: None}
    values = []
    for cell in cells:
        if cell not in known:
            text = trimmed(cell or "")
            known[cell] = None if text is None else read(text)
        values.append(known[cell])
    return values


def reader_of(found: Survey, column: int):
    """What reads the trimmed texts of a text file's column."""
    name, forms = found.table.names[column], found.forms
    if name == "order_id":
        return key_value
    if isinstance(forms, PlainForms):
        return plain_value
    if name == "order_date":
        return lambda text: None if forms.is_null_word(text) else or_text(forms.read_date(text), text)
    if name in AMOUNTS:
        return lambda text: None if forms.is_null_word(text) else or_text(forms.read_number(text), text)
    return lambda text: other_value(forms, text)


def key_value(text: str) -> Cell:
    return float(text) if KEY_NUMBER.fullmatch(text) else text


def column_type(by_type: dict, count: int) -> tuple:
    """The column's type with the smallest and largest value of that type."""
    if count == 0:
        return "empty", None, None
    groups = {
        "number": by_type.get(float, []),
        "day": by_type.get(date, []) + by_type.get(datetime, []),
        "boolean": by_type.get(bool, []),
        "time": by_type.get(time, []),
        "text": by_type.get(str, []),
    }
    family, values = max(groups.items(), key=lambda item: len(item[1]))
    if above_five_percent(count - len(values), count):
        return "mixed", None, None
    if family == "boolean":
        return "boolean", None, None
    if family == "number":
        kind = "integer" if all(map(float.is_integer, values)) else "decimal"
    elif family == "day":
        kind = "datetime" if datetime in by_type else "date"
        if kind == "datetime":
            values = [v if type(v) is datetime else datetime.combine(v, time()) for v in values]
    else:
        kind = family  # time or text
    return kind, min(values), max(values)


def date_range(found: Survey, columns: list[dict], counted: list[list]) -> dict | None:
    """First and last day of order_date, or of the first date column where there is no order_date, and the days between without a row."""
    table = found.table
    place = table.index("order_date")
    cells = None if place is None else table.columns[place].cells()
    if cells is not None:
        name = "order_date"
        days = {day for day in (found.forms.day(cells[r]) for r in orders_of(found)) if day is not None}
    else:
        place = next((c for c, column in enumerate(columns) if column["type"] in ("date", "datetime")), None)
        if place is None:
            return None
        name = table.file_names[place]
        days = {value.date() if isinstance(value, datetime) else value for value in counted[place] if isinstance(value, date)}
    if not days:
        return None
    first, last = min(days), max(days)
    missing = (last - first).days + 1 - len(days)
    return {"column": name, "min": first.isoformat(), "max": last.isoformat(), "missing_days": missing, "gaps": gaps(days)}


def gaps(days: set[date]) -> list[dict]:
    """The first runs of days that are missing between others."""
    found: list[dict] = []
    ordered = sorted(days)
    for before, after in zip(ordered, ordered[1:]):
        if len(found) == GAPS_NAMED:
            break
        if (after - before).days > 1:
            found.append({"from": (before + timedelta(days=1)).isoformat(), "to": (after - timedelta(days=1)).isoformat()})
    return found


def lost(forms, cells: list, values: list) -> int:
    """How many cells had a value that could not be read."""
    return sum(value is None and not forms.is_null(cell) for cell, value in zip(cells, values))


def as_stored(cells: list, values: list, is_csv: bool) -> tuple[list, str]:
    """A column that no rule names keeps its values: typed where all have one type, else as text."""
    types = {type(value) for value in values if value is not None}
    # In a text file a code such as 007 reads as a number, but is none: it would not come back as it was.
    if is_csv and any(as_text(value) != (trimmed(cell) if cell else None) for value, cell in zip(values, cells)):
        types = {str}
    if types == {float}:
        return whole_numbers(values)
    if types == {bool}:
        return values, "bool"
    if types == {date}:
        return values, "date"
    if types and types <= {date, datetime}:
        return [datetime.combine(v, time()) if type(v) is date else v for v in values], "timestamp"
    return [as_text(cell) for cell in cells], "string"


def whole_numbers(values: list) -> tuple[list, str]:
    """int64 where every number is whole and exact, else double."""
    if all(value is None or (value.is_integer() and abs(value) <= EXACT) for value in values):
        return [None if value is None else int(value) for value in values], "int64"
    return values, "double"


def csv_values(values: list, kind: str) -> list:
    if kind == "bool":
        return [None if v is None else "true" if v else "false" for v in values]
    if kind in ("date", "timestamp"):
        return [None if v is None else v.isoformat() for v in values]
    return values


def cleaned_column(found, place: int, keep: list[int]) -> tuple[list, str, int]:
    """A cleaned column's values and kind, and how many of its cells had a value that could not be read."""
    name, cells, forms = found.table.names[place], found.table.columns[place].cells(), found.forms
    kept = [cells[row] for row in keep]
    if name in ALWAYS_TEXT:
        return [as_text(cell) for cell in kept], "string", 0
    if name == "order_date":
        days = [forms.day(cell) for cell in kept]
        return days, "date", lost(forms, kept, days)
    if name in AMOUNTS:
        amounts = [forms.amount(cell) for cell in kept]
        bad = lost(forms, kept, amounts)
        return (*whole_numbers(amounts), bad) if name == "quantity" else (amounts, "double", bad)
    typed = typed_values(found, place)
    return (*as_stored(kept, [typed[row] for row in keep], found.table.is_csv), 0)


def csv_bytes(names: list[str], columns: list[tuple[list, str]]) -> bytes:
    """The CSV of Python's csv. A writer whose lines end in CR LF puts fields with either in quotes, as all do from Python 3.13 on."""
    content = io.StringIO()
    writer = csv.writer(content)
    lines = []
    for row in [names, *zip(*(csv_values(values, kind) for values, kind in columns))]:
        content.seek(0)
        content.truncate()
        writer.writerow(row)
        lines.append(content.getvalue()[:-2] + "\n")
    return "".join(lines).encode()


def profile_column(table, place: int, values: list) -> dict:
    """What the document says of a column, but for its names and formulas."""
    found = [value for value in values if value is not None]
    by_type: dict[type, list] = {}
    for value in found:
        by_type.setdefault(type(value), []).append(value)
    kind, smallest, largest = column_type(by_type, len(found))
    return {
        "type": kind,
        "null_count": len(values) - len(found),
        "distinct_count": sum(len(set(group)) for group in by_type.values()),
        "min": json_value(smallest),
        "max": json_value(largest),
        **column_figures(kind, place, values, table.columns[place].cells(), table.row_numbers.tolist(), table.is_workbook, table.errors_of(place)),
    }


def sample_values(cells: list, values: list) -> list:
    """A column's values in the first 20 rows."""
    return [json_value(cell if type(value) is str and has_value(cell) else value) for cell, value in zip(cells[:20], values)]
