"""## Beside the sums

What `kpis.json` says of its sums, so that nobody takes them for more than they are (contract/RULES.md, What stands beside the sums),
and the conversion by a column of visitors (Conversion).
"""

import re

import numpy as np
import pyarrow as pa

from cleaning import Cleaned
from grouping import Groups, coded, counts_by, groups_of, period_name, sums_by
from othercase import in_another_case
from rounding import money, rounded
from statuses import first_named, status_word
from words import CURRENCY_CODES, CURRENCY_COLUMNS, CURRENCY_OF, STATUS_COLUMNS, VISITOR_COLUMNS, lowered, plain_name

MOST_CURRENCIES, LONGEST_CURRENCY = 50, 20  # what has more, or a longer one (in characters), is no column of currencies
ORDERS_PER_TOTAL = "orders / total visitors"
VISITORS = re.compile(r"[0-9]{1,9}")


def array_of(cleaned: Cleaned, name: str) -> pa.Array:
    """A cleaned column as one array."""
    values = cleaned.columns[name]
    if isinstance(values, pa.ChunkedArray):
        return pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    return values


def beside(cleaned: Cleaned, units: np.ndarray, first: np.ndarray, orders: int, total: int) -> dict:
    """The fields that stand beside the sums; units is each row's revenue in ten-thousandths, first marks the first row of each order."""
    ids, places = coded(array_of(cleaned, "order_id"))
    priced = array_of(cleaned, "revenue").is_valid().to_numpy(zero_copy_only=False)
    has_amount = np.zeros(len(ids), dtype=bool)
    has_amount[places[priced]] = True
    without = orders - int(has_amount.sum())
    return {
        "orders_without_amount": without,
        "aov_with_amount": rounded(total, 10000 * (orders - without), 2) if orders > without else None,
        "currencies": currencies(cleaned, units),
        "returned_or_cancelled": statuses(cleaned, units, first),
        "order_ids_by_case": len(in_another_case(ids, places)),
    }


def special_groups(cleaned: Cleaned, name: str | None) -> Groups | None:
    """The rows by a column; None where there is none, or its values are no groups."""
    return None if name is None else groups_of(array_of(cleaned, name))


def regrouped(groups: Groups, name) -> Groups:
    """The groups by what name gives for each; where that is None the rows are in none."""
    places: dict[str, int] = {}
    by_name = [-1 if (new := name(old)) is None else places.setdefault(new, len(places)) for old in groups.names]
    return Groups(list(places), np.array([*by_name, -1], dtype=np.int64)[groups.codes])


def currencies(cleaned: Cleaned, units: np.ndarray) -> list[dict]:
    """The rows and their revenue by currency, most rows first, those that name none last."""
    groups = special_groups(cleaned, next((name for name in cleaned.columns if plain_name(name) in CURRENCY_COLUMNS), None))
    if groups is None:
        return []
    groups = regrouped(groups, currency_name)
    names, codes = [*groups.names, None], np.where(groups.codes < 0, len(groups.names), groups.codes)
    rows, sums = np.bincount(codes, minlength=len(names)).tolist(), sums_by(codes, len(names), units)
    found = [{"currency": name, "rows": rows[i], "revenue": money(sums[i])} for i, name in enumerate(names) if rows[i]]
    if not groups.names or len(found) > MOST_CURRENCIES or any(len(name) > LONGEST_CURRENCY for name in groups.names):
        return []
    return sorted(found, key=lambda one: (one["currency"] is None, -one["rows"], one["currency"]))


def currency_name(text: str) -> str:
    """The code in capitals, or the text in lower case."""
    name = CURRENCY_OF.get(lowered(text), lowered(text))
    return name.upper() if name in CURRENCY_CODES else name


def statuses(cleaned: Cleaned, units: np.ndarray, first: np.ndarray) -> dict | None:
    """The rows that a column of statuses calls returned or cancelled; None where there is no such column."""
    column = cleaned_column(cleaned, STATUS_COLUMNS)
    groups = special_groups(cleaned, column)
    if groups is None:
        return None
    groups = regrouped(groups, status_word)
    said = groups.codes >= 0
    codes, count = groups.codes[said], len(groups.names)
    rows, sums = np.bincount(codes, minlength=count).tolist(), sums_by(codes, count, units[said])
    found = [{"status": name, "rows": rows[i], "revenue": money(sums[i])} for i, name in enumerate(groups.names)]
    return {
        "column": column,
        "rows": len(codes),
        "orders": int(first[said].sum()),
        "revenue": money(sum(sums)),
        "statuses": sorted(found, key=lambda one: one["status"]),
    }


def cleaned_column(cleaned: Cleaned, names: tuple) -> str | None:
    """The column that has the first of some names."""
    columns = list(cleaned.columns)
    place = first_named(names, columns)
    return None if place is None else columns[place]


def day_places(dates: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The different days since 1970 in ascending order, and each row's place among them; -1 is null."""
    different, codes = coded(dates)
    days = different.cast(pa.int32()).to_numpy()
    order = np.argsort(days)
    places = np.empty(len(days) + 1, dtype=np.int64)
    places[order], places[-1] = np.arange(len(days)), -1
    return days[order], places[codes]


def conversion_of_file(cleaned: Cleaned, days: np.ndarray, day_of_row: np.ndarray, first: np.ndarray) -> dict | None:
    """The rate by a column that has the number of visitors of each day in all rows of that day; None where there is none.
    days and day_of_row are as day_places gives them."""
    column = cleaned_column(cleaned, VISITOR_COLUMNS)
    groups = special_groups(cleaned, column)
    if groups is None:
        return None
    told = (day_of_row >= 0) & (groups.codes >= 0)
    of_day = np.full(len(days), -1, dtype=np.int64)  # the place of the day's number among the names
    of_day[day_of_row[told]] = groups.codes[told]
    if not told.any() or (of_day[day_of_row[told]] != groups.codes[told]).any():
        return None  # none, or different numbers on one day: of rows, channels or shops
    with_number = of_day >= 0
    names = [groups.names[place] for place in of_day[with_number].tolist()]
    if not all(map(VISITORS.fullmatch, names)):
        return None
    visitors = [int(name) for name in names]
    dated = day_of_row >= 0
    orders = np.array(counts_by(day_of_row[dated], len(days), first[dated]))[with_number].tolist()
    if any(seen < ordered for seen, ordered in zip(visitors, orders)) or not sum(visitors):
        return None
    days = days[with_number]
    return {
        "definition": ORDERS_PER_TOTAL,
        "rate_orders_per_total_visitors": rounded(sum(orders), sum(visitors), 6),
        "total_visitors": sum(visitors),
        "orders": sum(orders),
        "source": "file",
        "column": column,
        "period": {"from": period_name(days[0]), "to": period_name(days[-1]), "days": len(days)},
    }
