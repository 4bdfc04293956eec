"""## KPIs

`kpis.json`. Revenue is summed as integers of ten-thousandths, so a sum is exact and does not depend on the order of the
rows, and the desktop gets the same figures to the cent (contract/RULES.md, Sums).
"""

import numpy as np

from beside import ORDERS_PER_TOTAL, beside, conversion_of_file
from cleaning import Cleaned
from documents import KPIS_VERSION, utc_now
from failure import RunFailed
from grouping import MOST_GROUPS, period_name
from kpisums import NOTHING, KpiSums, Sum, add_sums, count_orders, kpi_sums, plus
from rounding import money, rounded

NO_VALUE = "(none)"
# A series is daily where at most MOST_DAYS have a row, of which those that are left without one in STRAY_PART at each end lie at most
# DAILY_UP_TO days apart: a stray date does not count.
DAILY_UP_TO, MOST_DAYS, STRAY_PART = 400, 401, 20
CONVERTING_PER_TOTAL = "converting visitors / total visitors"


def build_kpis(cleaned: Cleaned, reading: dict, row_is: str, source_file: str, source_sha256: str, funnel: dict | None, generator: dict, run_id: str | None) -> dict:
    """The document for the cleaned rows; reading is that of import_profile.json."""
    sums = kpi_sums(cleaned)
    count_orders(sums, cleaned)
    return kpis_document(sums, reading, row_is, source_file, source_sha256, funnel, generator, run_id)


def kpis_document(sums: KpiSums, reading: dict, row_is: str, source_file: str, source_sha256: str, funnel: dict | None, generator: dict, run_id: str | None) -> dict:
    """The document of the sums of all cleaned rows."""
    total, orders, _ = sums.all
    undated = sums.days.get(None, NOTHING)
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
        "revenue_by_channel": breakdown(source_file, "channel", sums),
        "revenue_by_region": breakdown(source_file, "region", sums),
        "revenue_by_product_category": breakdown(source_file, "product_category", sums),
        "time_series": time_series(sums.days),
        "undated_orders": undated[1],
        "undated_revenue": money(undated[0]),
        "row_is": row_is,
        "missing": reading["missing"],
        "left_out": reading["left_out"],
        **beside(sums),
        "read_options": reading["options"],
        "conversion": conversion(orders, funnel) or conversion_of_file(sums),
    }


def breakdown(source_file: str, column: str, sums: KpiSums) -> list[dict]:
    """Revenue and orders by a column's values, the largest revenue first, equal revenue by key; empty where there is no such column."""
    if column in sums.too_many:
        raise RunFailed(
            f"{source_file} has more than {MOST_GROUPS:,} different values, or too long ones, in {column}, so that they are no groups: "
            "say which column holds them, or rename that column."
        )
    # A value may be (none), too: it is one group with the rows that have none.
    groups: dict[str, Sum] = {}
    for name, of in sums.groups.get(column, {}).items():
        key = NO_VALUE if name is None else name
        groups[key] = plus(groups.get(key, NOTHING), of)
    ordered = sorted(groups.items(), key=lambda item: (-item[1][0], item[0]))
    return [{"key": key, "revenue": money(units), "orders": orders} for key, (units, orders, _) in ordered]


def time_series(sums: dict[int | None, Sum]) -> dict:
    """Revenue and orders by day, or by month (contract/RULES.md, Time series)."""
    days = np.array(sorted(day for day in sums if day is not None), dtype=np.int64)
    daily = are_daily(days)
    months = days if daily else days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    periods: dict[int, Sum] = {}
    for day, period in zip(days.tolist(), months.tolist()):
        add_sums(periods, {period: sums[day]})
    points = [{"period": period_name(period, "D" if daily else "M"), "revenue": money(units), "orders": orders} for period, (units, orders, _) in periods.items()]
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
