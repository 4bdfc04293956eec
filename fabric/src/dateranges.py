"""## Range of the dates

The first and the last day of a file, and the days between them without a row (contract/RULES.md, Figures).
"""

from datetime import date

import numpy as np

from checks import orders_of
from columns import DAY, FIRST_DAY, MOMENT, Column
from readings import DAY_SECONDS, days_of
from survey import Survey
from typed import entries_of, occurrences, typed_values

GAPS_NAMED = 5  # runs of days without a row


def date_range(found: Survey, columns: list[dict]) -> dict | None:
    """First and last day of order_date, or of the first date column where there is no order_date, and the days between without a row."""
    table = found.table
    place = table.index("order_date")
    if place is not None:
        name = "order_date"
        days = days_of_orders(found, table.columns[place])
    else:
        place = next((c for c, column in enumerate(columns) if column["type"] in ("date", "datetime")), None)
        if place is None:
            return None
        name = table.file_names[place]
        days = days_in(typed_values(found, place).values)
    return range_document(name, days)


def range_document(name: str, days: np.ndarray) -> dict | None:
    """The range of the days (since 1970) of the column with a name; None where there is none."""
    if len(days) == 0:
        return None
    first, last = int(days.min()), int(days.max())
    seen = np.zeros(last - first + 1, bool)
    seen[days.astype(np.int64) - first] = True
    missing = len(seen) - int(np.count_nonzero(seen))
    return {"column": name, "min": day_text(first), "max": day_text(last), "missing_days": missing, "gaps": gaps(seen, first)}


def days_of_orders(found: Survey, column: Column) -> np.ndarray:
    """The days since 1970 in the rows that are not left out as no orders."""
    rows = np.asarray(orders_of(found), np.int64)
    entries, places = entries_of(column)
    every = len(rows) == len(column)
    if places is None:
        days = days_of(entries if every else entries.take(rows), found.forms)
    else:
        days = days_of(entries, found.forms)[occurrences(places if every else places[rows], len(entries)) > 0]
    return days[~np.isnan(days)]


def days_in(column: Column) -> np.ndarray:
    """The days since 1970 of a column's days and moments."""
    if column.numbers is None:
        return np.zeros(0)
    return np.concatenate([column.numbers[column.kinds == DAY], np.floor(column.numbers[column.kinds == MOMENT] / DAY_SECONDS)])


def gaps(seen: np.ndarray, first: int) -> list[dict]:
    """The first runs of days that are missing between others; seen has each day from the first on."""
    there = np.flatnonzero(seen)
    before = np.flatnonzero(np.diff(there) > 1)[:GAPS_NAMED]
    return [{"from": day_text(first + int(there[place]) + 1), "to": day_text(first + int(there[place + 1]) - 1)} for place in before]


def day_text(days: int) -> str:
    return date.fromordinal(FIRST_DAY.toordinal() + days).isoformat()
