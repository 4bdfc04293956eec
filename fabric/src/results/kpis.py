"""## KPIs

`kpis.json`. Revenue is summed as integers of ten-thousandths, so a sum is exact and does not depend on the order of the
rows, and the desktop gets the same figures to the cent (contract/RULES.md, Sums).
"""

import numpy as np
import pyarrow.compute as pc

from beside import ORDERS_PER_TOTAL, array_of, beside, conversion_of_file, day_places
from cleaning import Cleaned
from documents import KPIS_VERSION, utc_now
from failure import RunFailed
from grouping import MOST_GROUPS, counts_by, groups_of, period_name, sums_by
from rounding import money, rounded
from sums import ten_thousandths

NO_VALUE = "(none)"
# A series is daily where at most MOST_DAYS have a row, of which those that are left without one in STRAY_PART at each end lie at most
# DAILY_UP_TO days apart: a stray date does not count.
DAILY_UP_TO, MOST_DAYS, STRAY_PART = 400, 401, 20
CONVERTING_PER_TOTAL = "converting visitors / total visitors"


def build_kpis(cleaned: Cleaned, reading: dict, row_is: str, source_file: str, source_sha256: str, funnel: dict | None, generator: dict, run_id: str | None) -> dict:
    """The document for the cleaned rows; reading is that of import_profile.json."""
    units = ten_thousandths(pc.fill_null(array_of(cleaned, "revenue"), 0.0).to_numpy(zero_copy_only=False))
    total = int(units.sum()) if len(units) else 0
    first = np.asarray(cleaned.first, dtype=bool)
    orders = int(first.sum())
    days, day_of_row = day_places(array_of(cleaned, "order_date"))
    undated = day_of_row < 0
    return {
        "schema_version": KPIS_VERSION,
        "computed_at": utc_now(),
        "generator": generator,
        "run_id": run_id,
        "source_file": source_file,
        "source_sha256": source_sha256,
        "total_revenue": money(total),
        "orders": orders,
        "aov": rounded(total, 10000 * orders, 2) if orders else None,
        "revenue_by_channel": breakdown(source_file, "channel", cleaned, units, first),
        "revenue_by_region": breakdown(source_file, "region", cleaned, units, first),
        "revenue_by_product_category": breakdown(source_file, "product_category", cleaned, units, first),
        "time_series": time_series(days, day_of_row, units, first),
        "undated_orders": int((undated & first).sum()),
        "undated_revenue": money(int(units[undated].sum())) if len(units) else 0.0,
        "row_is": row_is,
        "missing": reading["missing"],
        "left_out": reading["left_out"],
        **beside(cleaned, units, first, orders, total),
        "read_options": reading["options"],
        "conversion": conversion(orders, funnel) or conversion_of_file(cleaned, days, day_of_row, first),
    }


def breakdown(source_file: str, column: str, cleaned: Cleaned, units: np.ndarray, first: np.ndarray) -> list[dict]:
    """Revenue and orders by a column's values, the largest revenue first, equal revenue by key; empty where there is no such column."""
    if column not in cleaned.columns:
        return []
    groups = groups_of(array_of(cleaned, column))
    if groups is None:
        raise RunFailed(
            f"{source_file} has more than {MOST_GROUPS:,} different values, or too long ones, in {column}, so that they are no groups: "
            "say which column holds them, or rename that column."
        )
    # A value may be (none), too: it is one group with the rows that have none.
    names = groups.names if NO_VALUE in groups.names else [*groups.names, NO_VALUE]
    codes = np.where(groups.codes < 0, names.index(NO_VALUE), groups.codes)
    sums, orders = sums_by(codes, len(names), units), counts_by(codes, len(names), first)
    rows = np.bincount(codes, minlength=len(names)).tolist()
    order = sorted((i for i in range(len(names)) if rows[i]), key=lambda i: (-sums[i], names[i]))
    return [{"key": names[i], "revenue": money(sums[i]), "orders": orders[i]} for i in order]


def time_series(days: np.ndarray, day_of_row: np.ndarray, units: np.ndarray, first: np.ndarray) -> dict:
    """Revenue and orders by day, or by month (contract/RULES.md, Time series). days and day_of_row are as day_places gives them."""
    told = day_of_row >= 0
    if not told.any():
        return {"granularity": "daily", "points": []}
    codes = day_of_row[told]
    daily = are_daily(days)
    periods = days
    if not daily:
        periods, month_of = np.unique(days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64), return_inverse=True)
        codes = month_of[codes]
    sums, orders = sums_by(codes, len(periods), units[told]), counts_by(codes, len(periods), first[told])
    names = [period_name(period, "D" if daily else "M") for period in periods.tolist()]
    points = [{"period": name, "revenue": money(total), "orders": count} for name, total, count in zip(names, sums, orders)]
    return {"granularity": "daily" if daily else "monthly", "points": points}


def are_daily(days: np.ndarray) -> bool:
    """Whether a series over some different days, in ascending order, is one by day."""
    strays = -(-len(days) // STRAY_PART)
    return len(days) <= MOST_DAYS and (len(days) <= 2 * strays or int(days[-1 - strays]) - int(days[strays]) <= DAILY_UP_TO)


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
    return {**found, "total_visitors": total, "orders": orders, "source": "configured", "column": None, "period": None}
