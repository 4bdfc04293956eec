"""## KPIs

`kpis.json`. Revenue is summed as integers of ten-thousandths, so a sum is exact and does not depend on the order of the
rows, and the desktop gets the same figures to the cent (contract/RULES.md, Sums).
"""

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
import pyarrow as pa

from cleaning import Cleaned
from columns import FIRST_DAY
from documents import SCHEMA_VERSION, utc_now
from failure import RunFailed
from rounding import money, rounded
from sums import ten_thousandths

NO_VALUE = "(none)"
GROUPED = ("channel", "region", "product_category")
# What has more different values, or longer ones, is no column of groups: the document of KPIs would not be read.
MOST_GROUPS = 100_000
MOST_GROUP_BYTES = 8 << 20
DAILY_UP_TO = 400  # days from the first to the last date
CONVERTING_PER_TOTAL = "converting visitors / total visitors"
ORDERS_PER_TOTAL = "orders / total visitors"


def build_kpis(cleaned: Cleaned, reading: dict, row_is: str, source_file: str, source_sha256: str, funnel: dict | None, generator: dict, run_id: str | None) -> dict:
    """The document for the cleaned rows; reading is that of import_profile.json."""
    return kpis_document(kpi_sums(cleaned), reading, row_is, source_file, source_sha256, funnel, generator, run_id)


def kpis_document(sums: "KpiSums", reading: dict, row_is: str, source_file: str, source_sha256: str, funnel: dict | None, generator: dict, run_id: str | None) -> dict:
    """The document of the sums."""
    total, orders = sums.total
    undated = sums.days.get(None, (0, 0))
    return {
        "schema_version": SCHEMA_VERSION,
        "computed_at": utc_now(),
        "generator": generator,
        "run_id": run_id,
        "source_file": source_file,
        "source_sha256": source_sha256,
        "total_revenue": money(total),
        "orders": orders,
        "aov": rounded(total, 10000 * orders, 2) if orders else None,
        "revenue_by_channel": breakdown(source_file, "channel", sums),
        "revenue_by_region": breakdown(source_file, "region", sums),
        "revenue_by_product_category": breakdown(source_file, "product_category", sums),
        "time_series": time_series(sums.days),
        "undated_orders": undated[1],
        "undated_revenue": money(undated[0]),
        "row_is": row_is,
        "missing": reading["missing"],
        "left_out": reading["left_out"],
        "read_options": reading["options"],
        "conversion": conversion(orders, funnel),
    }


Groups = dict  # revenue in ten-thousandths and orders by key


@dataclass
class KpiSums:
    """Revenue in ten-thousandths and orders of some cleaned rows: of all, by group and by day; those of several parts of a table add up."""

    total: tuple[int, int] = (0, 0)
    groups: dict[str, Groups] = field(default_factory=dict)  # by column; None is the key of rows without a value
    days: Groups = field(default_factory=dict)  # by day since 1970; None is that of rows without one
    too_many: set[str] = field(default_factory=set)  # columns that hold no groups

    def add(self, other: "KpiSums") -> None:
        """Takes the sums of another part."""
        self.total = added(self.total, other.total)
        self.too_many |= other.too_many
        for mine, theirs in ((self.days, other.days), *((self.groups.setdefault(name, {}), groups) for name, groups in other.groups.items())):
            for key, sums in theirs.items():
                mine[key] = added(mine[key], sums) if key in mine else sums
        self.limit()

    def limit(self) -> None:
        """Gives up the columns that hold no groups."""
        for name, groups in self.groups.items():
            if name in self.too_many or len(groups) - (None in groups) > MOST_GROUPS or sum(len(key.encode()) for key in groups if key is not None) > MOST_GROUP_BYTES:
                self.too_many.add(name)
                groups.clear()


def added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def kpi_sums(cleaned: Cleaned) -> KpiSums:
    """The sums of cleaned rows."""
    units = ten_thousandths(cleaned.columns["revenue"].fill_null(0.0).to_numpy(zero_copy_only=False))
    first = np.asarray(cleaned.first, bool)
    found = KpiSums((int(units.sum()) if len(units) else 0, int(np.count_nonzero(first))))
    for name in GROUPED:
        keys = cleaned.columns.get(name)
        if keys is not None:
            found.groups[name] = sums_by(keys, units, first)
    found.days = sums_by(cleaned.columns["order_date"].cast(pa.int32()), units, first)
    found.limit()
    return found


def sums_by(keys: pa.Array, units: np.ndarray, first: np.ndarray) -> Groups:
    """Sum of the units and number of orders for each key; an order counts where its first row stands."""
    encoded = keys.dictionary_encode()
    places = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    names = [*encoded.dictionary.to_pylist(), None]
    sums = np.zeros(len(names), dtype=units.dtype)
    np.add.at(sums, places, units)
    rows = np.bincount(places, minlength=len(names))
    counts = np.bincount(places, weights=first, minlength=len(names))
    return {name: (int(sums[i]), int(counts[i])) for i, name in enumerate(names) if rows[i]}


def breakdown(source_file: str, column: str, sums: KpiSums) -> list[dict]:
    """Revenue and orders by a column's values, the largest revenue first, equal revenue by key; empty where there is no such column."""
    if column not in sums.groups:
        return []
    if column in sums.too_many:
        raise RunFailed(
            f"{source_file} has more than {MOST_GROUPS:,} different values, or too long ones, in {column}, so that they are no groups: "
            "say which column holds them, or rename that column."
        )
    groups: Groups = {}
    for name, of in sums.groups[column].items():
        key = NO_VALUE if name is None else name
        groups[key] = added(groups[key], of) if key in groups else of
    ordered = sorted(groups.items(), key=lambda item: (-item[1][0], item[0]))
    return [{"key": key, "revenue": money(total), "orders": count} for key, (total, count) in ordered]


def time_series(sums: Groups) -> dict:
    """Revenue and orders by day, or by month where the dates span more than 400 days."""
    days = [day for day in sums if day is not None]
    if not days:
        return {"granularity": "daily", "points": []}
    daily = max(days) - min(days) <= DAILY_UP_TO
    groups: Groups = {}
    for day in days:
        name = (FIRST_DAY + timedelta(days=day)).isoformat()[: None if daily else 7]
        groups[name] = added(groups[name], sums[day]) if name in groups else sums[day]
    points = [{"period": period, "revenue": money(total), "orders": count} for period, (total, count) in sorted(groups.items())]
    return {"granularity": "daily" if daily else "monthly", "points": points}


def funnel_figures(total_visitors: int, converting_visitors: int) -> dict | None:
    """The configured figures as they stand in run_metadata.json; 0 is unknown."""
    if total_visitors <= 0:
        return None
    return {"total_visitors": total_visitors, "converting_visitors": converting_visitors if converting_visitors > 0 else None}


def conversion(orders: int, funnel: dict | None) -> dict | None:
    """The conversion rate with its definition; null where the visitors are not known."""
    if funnel is None:
        return None
    total, converting = funnel["total_visitors"], funnel["converting_visitors"]
    if converting is None:
        found = {"definition": ORDERS_PER_TOTAL, "rate_orders_per_total_visitors": rounded(orders, total, 6)}
    else:
        found = {
            "definition": CONVERTING_PER_TOTAL,
            "rate_converting_visitors_per_total_visitors": rounded(converting, total, 6),
            "converting_visitors": converting,
        }
    return {**found, "total_visitors": total, "source": "configured"}
