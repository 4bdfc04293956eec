"""## Sums of cleaned rows

All that `kpis.json` is made of: exact sums of cleaned rows, of all, by group and by day. Those of the parts of a table add up.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cleaning import Cleaned
from grouping import MOST_GROUP_BYTES, MOST_GROUPS, coded, counts_by, groups_of, sums_by
from othercase import in_another_case
from statuses import first_named
from sums import ten_thousandths
from words import CURRENCY_COLUMNS, STATUS_COLUMNS, VISITOR_COLUMNS, plain_name

GROUPED = ("channel", "region", "product_category")

Sum = tuple[int, int, int]  # revenue in ten-thousandths, orders, rows
NOTHING: Sum = (0, 0, 0)


@dataclass
class KpiSums:
    """The sums of some cleaned rows; an order counts where its first row stands."""

    all: Sum = NOTHING
    groups: dict[str, dict[str | None, Sum]] = field(default_factory=dict)  # by column; None is the key of rows without a value
    days: dict[int | None, Sum] = field(default_factory=dict)  # by day since 1970; None is that of rows without one
    # Columns that hold no groups: what has more different values, or longer ones, would make a document that is not read.
    too_many: set[str] = field(default_factory=set)
    special: dict[str, str] = field(default_factory=dict)  # the columns of currencies, statuses and visitors, as far as there are any
    visitors: dict[int, str] | None = field(default_factory=dict)  # the one value of each day; None where a day has several
    # What only all rows of an order tell, and all orders.
    orders_without_amount: int = 0
    order_ids_by_case: int = 0

    def add(self, other: "KpiSums") -> None:
        """Takes the sums of another part of the table."""
        self.all = plus(self.all, other.all)
        self.too_many |= other.too_many
        self.special = self.special or other.special
        add_sums(self.days, other.days)
        for name, groups in other.groups.items():
            add_sums(self.groups.setdefault(name, {}), groups)
        self.visitors = one_of_each_day(self.visitors, other.visitors)
        self.limit()

    def limit(self) -> None:
        """Gives up the columns that hold no groups."""
        for name, groups in self.groups.items():
            if name in self.too_many or len(groups) - (None in groups) > MOST_GROUPS or sum(len(key.encode()) for key in groups if key is not None) > MOST_GROUP_BYTES:
                self.too_many.add(name)
                groups.clear()

    def of_column(self, use: str) -> dict[str | None, Sum] | None:
        """The sums by the column of a use (currencies, statuses, visitors); None where there is none, or its values are no groups."""
        column = self.special.get(use)
        return None if column is None or column in self.too_many else self.groups[column]


def plus(one: Sum, other: Sum) -> Sum:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def add_sums(mine: dict, theirs: dict) -> None:
    for key, sums in theirs.items():
        mine[key] = plus(mine[key], sums) if key in mine else sums


def one_of_each_day(one: dict[int, str] | None, other: dict[int, str] | None) -> dict[int, str] | None:
    """The values of the days of both; None where a day has several."""
    if one is None or other is None or any(one.get(day, value) != value for day, value in other.items()):
        return None
    return one | other


def kpi_sums(cleaned: Cleaned) -> KpiSums:
    """The sums of cleaned rows, without what only all rows of an order tell."""
    units = ten_thousandths(pc.fill_null(array_of(cleaned, "revenue"), 0.0).to_numpy(zero_copy_only=False))
    first = np.asarray(cleaned.first, dtype=bool)
    found = KpiSums((int(units.sum()) if len(units) else 0, int(np.count_nonzero(first)), len(units)), special=special_columns(cleaned))
    days, day_of_row = day_places(array_of(cleaned, "order_date"))
    found.days = sums_of([*days.tolist(), None], day_of_row, units, first)
    for name in dict.fromkeys([*(name for name in GROUPED if name in cleaned.columns), *found.special.values()]):
        groups = groups_of(*coded_column(cleaned, name))
        found.groups[name] = {}
        if groups is None:
            found.too_many.add(name)
            continue
        found.groups[name] = sums_of([*groups.names, None], groups.codes, units, first)
        if name == found.special.get("visitors"):
            found.visitors = visitors_by_day(days, day_of_row, groups.names, groups.codes)
    return found


def sums_of(names: list, codes: np.ndarray, units: np.ndarray, first: np.ndarray) -> dict:
    """The sums for each name that a row has; -1 is the code of the last one."""
    count = len(names)
    codes = np.where(codes < 0, count - 1, codes)
    rows = np.bincount(codes, minlength=count).tolist()
    found = zip(names, sums_by(codes, count, units), counts_by(codes, count, first), rows)
    return {name: (total, orders, number) for name, total, orders, number in found if number}


def visitors_by_day(days: np.ndarray, day_of_row: np.ndarray, names: list[str], codes: np.ndarray) -> dict[int, str] | None:
    """The one value of each day that has one; None where a day has several: of rows, channels or shops."""
    told = (day_of_row >= 0) & (codes >= 0)
    of_day = np.full(len(days), -1, dtype=np.int64)  # the place of the day's value among the names
    of_day[day_of_row[told]] = codes[told]
    if (of_day[day_of_row[told]] != codes[told]).any():
        return None
    return {day: names[place] for day, place in zip(days.tolist(), of_day.tolist()) if place >= 0}


def count_orders(sums: KpiSums, cleaned: Cleaned) -> None:
    """Adds what only all rows of an order tell, of a whole table."""
    ids, places = coded_column(cleaned, "order_id")
    priced = array_of(cleaned, "revenue").is_valid().to_numpy(zero_copy_only=False)
    has_amount = np.zeros(len(ids), dtype=bool)
    has_amount[places[priced]] = True
    sums.orders_without_amount = sums.all[1] - int(has_amount.sum())
    sums.order_ids_by_case = len(in_another_case(ids, places))


def special_columns(cleaned: Cleaned) -> dict[str, str]:
    """The columns of currencies, statuses and visitors by their use, as far as there are any."""
    columns = list(cleaned.columns)
    currencies = next((place for place, name in enumerate(columns) if plain_name(name) in CURRENCY_COLUMNS), None)
    places = {"currencies": currencies, "statuses": first_named(STATUS_COLUMNS, columns), "visitors": first_named(VISITOR_COLUMNS, columns)}
    return {use: columns[place] for use, place in places.items() if place is not None}


def array_of(cleaned: Cleaned, name: str) -> pa.Array:
    """A cleaned column as one array."""
    values = cleaned.columns[name]
    if isinstance(values, pa.ChunkedArray):
        return pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    return values


def coded_column(cleaned: Cleaned, name: str) -> tuple[pa.Array, np.ndarray]:
    """A cleaned column's different values in the order of their first rows, and each row's place among them; -1 is null."""
    part = cleaned.parts.get(name)
    found = None if part is None else part.coded(cleaned.keep)
    return coded(array_of(cleaned, name)) if found is None else found


def day_places(dates: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The different days since 1970 in ascending order, and each row's place among them; -1 is null."""
    different, codes = coded(dates)
    days = different.cast(pa.int32()).to_numpy()
    order = np.argsort(days)
    places = np.empty(len(days) + 1, dtype=np.int64)
    places[order], places[-1] = np.arange(len(days)), -1
    return days[order], places[codes]
