"""## KPIs

`kpis.json`. Revenue is summed as integers of ten-thousandths, so a sum is exact and does not depend on the order of the
rows, and the desktop gets the same figures to the cent (contract/RULES.md, Sums).
"""

import numpy as np

from cleaning import Cleaned
from documents import SCHEMA_VERSION, utc_now
from failure import RunFailed
from rounding import money, rounded
from sums import ten_thousandths

NO_VALUE = "(none)"
# What has more different values, or longer ones, is no column of groups: the document of KPIs would not be read.
MOST_GROUPS = 100_000
MOST_GROUP_BYTES = 8 << 20
DAILY_UP_TO = 400  # days from the first to the last date
CONVERTING_PER_TOTAL = "converting visitors / total visitors"
ORDERS_PER_TOTAL = "orders / total visitors"


def build_kpis(cleaned: Cleaned, reading: dict, row_is: str, source_file: str, source_sha256: str, funnel: dict | None, generator: dict, run_id: str | None) -> dict:
    """The document for the cleaned rows; reading is that of import_profile.json."""
    units = ten_thousandths(cleaned.columns["revenue"].to_pylist())
    total = int(units.sum()) if len(units) else 0
    first = np.array(cleaned.first, dtype=bool)
    orders = int(first.sum())
    dates = cleaned.columns["order_date"].to_pylist()
    undated = np.array([day is None for day in dates], dtype=bool)
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
        "revenue_by_channel": breakdown(source_file, "channel", cleaned, units, first),
        "revenue_by_region": breakdown(source_file, "region", cleaned, units, first),
        "revenue_by_product_category": breakdown(source_file, "product_category", cleaned, units, first),
        "time_series": time_series(dates, units, first),
        "undated_orders": int((undated & first).sum()),
        "undated_revenue": money(int(units[undated].sum())) if len(units) else 0.0,
        "row_is": row_is,
        "missing": reading["missing"],
        "left_out": reading["left_out"],
        "read_options": reading["options"],
        "conversion": conversion(orders, funnel),
    }


def sums_by(keys: list, units: np.ndarray, first: np.ndarray) -> dict:
    """Sum of the units and number of orders for each key; an order counts where its first row stands."""
    positions: dict = {}
    codes = np.array([positions.setdefault(key, len(positions)) for key in keys], dtype=np.int64)
    sums = np.zeros(len(positions), dtype=units.dtype)
    np.add.at(sums, codes, units)
    counts = np.bincount(codes, weights=first, minlength=len(positions))
    return {key: (int(sums[i]), int(counts[i])) for key, i in positions.items()}


def breakdown(source_file: str, column: str, cleaned: Cleaned, units: np.ndarray, first: np.ndarray) -> list[dict]:
    """Revenue and orders by a column's values, the largest revenue first, equal revenue by key; empty where there is no such column."""
    keys = cleaned.columns.get(column)
    if keys is None:
        return []
    keys = keys.to_pylist()
    names = {key for key in keys if key is not None}
    if len(names) > MOST_GROUPS or sum(len(name.encode()) for name in names) > MOST_GROUP_BYTES:
        raise RunFailed(
            f"{source_file} has more than {MOST_GROUPS:,} different values, or too long ones, in {column}, so that they are no groups: "
            "say which column holds them, or rename that column."
        )
    groups = sums_by([NO_VALUE if key is None else key for key in keys], units, first)
    ordered = sorted(groups.items(), key=lambda item: (-item[1][0], item[0]))
    return [{"key": key, "revenue": money(total), "orders": count} for key, (total, count) in ordered]


def time_series(dates: list, units: np.ndarray, first: np.ndarray) -> dict:
    """Revenue and orders by day, or by month where the dates span more than 400 days."""
    rows = [row for row, day in enumerate(dates) if day is not None]
    if not rows:
        return {"granularity": "daily", "points": []}
    days = [dates[row] for row in rows]
    daily = (max(days) - min(days)).days <= DAILY_UP_TO
    names = {day: day.isoformat() if daily else day.isoformat()[:7] for day in set(days)}
    groups = sums_by([names[day] for day in days], units[rows], first[rows])
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
