"""## Range of the dates

The first and the last day of a file, and the days between them without a row (contract/RULES.md, Figures).
"""

from collections.abc import Iterable
from datetime import date

import numpy as np

from checks import orders_of
from columns import DAY, FIRST_DAY, MOMENT, Column
from readings import DAY_SECONDS, days_of
from survey import Survey
from typed import PIECE_ROWS, entries_of, occurrences, typed_values

GAPS_NAMED = 5  # runs of days without a row


def date_range(found: Survey, columns: list[dict]) -> dict | None:
    """First and last day of order_date, or of the first date column where there is no order_date, and the days between without a row."""
    table = found.table
    place = table.index("order_date")
    if place is not None:
        name = "order_date"
        there = days_of_orders(found, table.columns[place])
    else:
        place = next((c for c, column in enumerate(columns) if column["type"] in ("date", "datetime")), None)
        if place is None:
            return None
        name = table.file_names[place]
        there = days_in(typed_values(found, place).values)
    return range_document(name, there)


def range_document(name: str, there: np.ndarray) -> dict | None:
    """The range of the different days since 1970 (ascending) of the column with a name; None where there are none."""
    if len(there) == 0:
        return None
    first, last = int(there[0]), int(there[-1])
    return {"column": name, "min": day_text(first), "max": day_text(last), "missing_days": last - first + 1 - len(there), "gaps": gaps(there)}


def days_of_orders(found: Survey, column: Column) -> np.ndarray:
    """The different days since 1970 in the rows that are not left out as no orders, ascending."""
    rows = np.asarray(orders_of(found), np.int64)
    entries, places = entries_of(column)
    if places is None:
        pieces = (rows[start : start + PIECE_ROWS] for start in range(0, len(rows), PIECE_ROWS))
        return different_days(days_of(entries.take(piece), found.forms) for piece in pieces)
    used = occurrences(places if len(rows) == len(column) else places[rows], len(entries)) > 0
    return different_days([days_of(entries, found.forms)[used]])


def days_in(column: Column) -> np.ndarray:
    """The different days since 1970 of a column's days and moments, ascending."""
    if column.numbers is None:
        return np.zeros(0, np.int64)
    return different_days([column.numbers[column.kinds == DAY], np.floor(column.numbers[column.kinds == MOMENT] / DAY_SECONDS)])


def different_days(pieces: Iterable[np.ndarray]) -> np.ndarray:
    """The different days, ascending; NaN is none."""
    origin = FIRST_DAY.toordinal()  # of a map of all days that there are
    seen = np.zeros(date.max.toordinal() + 1, bool)
    for days in pieces:
        seen[days[~np.isnan(days)].astype(np.int64) + origin] = True
    return np.flatnonzero(seen) - origin


def gaps(there: np.ndarray) -> list[dict]:
    """The first runs of days that are missing between those that are there, ascending."""
    before = np.flatnonzero(np.diff(there) > 1)[:GAPS_NAMED]
    return [{"from": day_text(int(there[place]) + 1), "to": day_text(int(there[place + 1]) - 1)} for place in before]


def day_text(days: int) -> str:
    return date.fromordinal(FIRST_DAY.toordinal() + days).isoformat()
