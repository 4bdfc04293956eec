"""## Beside the sums

What `kpis.json` says of its sums, so that nobody takes them for more than they are (contract/RULES.md, What stands beside the sums),
and the conversion by a column of visitors (Conversion).
"""

import re

from grouping import period_name
from kpisums import NOTHING, KpiSums, Sum, plus
from rounding import money, rounded
from statuses import status_word
from words import CURRENCY_CODES, CURRENCY_OF, lowered

MOST_CURRENCIES, LONGEST_CURRENCY = 50, 20  # what has more, or a longer one (in characters), is no column of currencies
ORDERS_PER_TOTAL = "orders / total visitors"
VISITORS = re.compile(r"[0-9]{1,9}")


def beside(sums: KpiSums) -> dict:
    """The fields that stand beside the sums."""
    total, orders, _ = sums.all
    without = sums.orders_without_amount
    return {
        "orders_without_amount": without,
        "aov_with_amount": rounded(total, 10000 * (orders - without), 2) if orders > without else None,
        "currencies": currencies(sums),
        "returned_or_cancelled": statuses(sums),
        "order_ids_by_case": sums.order_ids_by_case,
    }


def regrouped(groups: dict[str | None, Sum], name) -> dict[str | None, Sum]:
    """The sums by what name gives for each key; None is that of the rest."""
    found: dict[str | None, Sum] = {}
    for key, of in groups.items():
        new = None if key is None else name(key)
        found[new] = plus(found.get(new, NOTHING), of)
    return found


def currencies(sums: KpiSums) -> list[dict]:
    """The rows and their revenue by currency, most rows first, those that name none last."""
    groups = sums.of_column("currencies")
    if groups is None:
        return []
    named = regrouped(groups, currency_name)
    if set(named) <= {None} or len(named) > MOST_CURRENCIES or any(len(name) > LONGEST_CURRENCY for name in named if name is not None):
        return []
    found = [{"currency": name, "rows": rows, "revenue": money(units)} for name, (units, _, rows) in named.items()]
    return sorted(found, key=lambda one: (one["currency"] is None, -one["rows"], one["currency"]))


def currency_name(text: str) -> str:
    """The code in capitals, or the text in lower case."""
    name = CURRENCY_OF.get(lowered(text), lowered(text))
    return name.upper() if name in CURRENCY_CODES else name


def statuses(sums: KpiSums) -> dict | None:
    """The rows that a column of statuses calls returned or cancelled; None where there is no such column."""
    groups = sums.of_column("statuses")
    if groups is None:
        return None
    said = {name: of for name, of in regrouped(groups, status_word).items() if name is not None}
    units, orders, rows = (sum(of[place] for of in said.values()) for place in range(3))
    return {
        "column": sums.special["statuses"],
        "rows": rows,
        "orders": orders,
        "revenue": money(units),
        "statuses": [{"status": name, "rows": said[name][2], "revenue": money(said[name][0])} for name in sorted(said)],
    }


def conversion_of_file(sums: KpiSums) -> dict | None:
    """The rate by a column that has the number of visitors of each day in all rows of that day; None where there is none."""
    if sums.of_column("visitors") is None or not sums.visitors or not all(map(VISITORS.fullmatch, sums.visitors.values())):
        return None
    days = sorted(sums.visitors)
    visitors = [int(sums.visitors[day]) for day in days]
    orders = [sums.days[day][1] for day in days]
    if any(seen < ordered for seen, ordered in zip(visitors, orders)) or not sum(visitors):
        return None
    return {
        "definition": ORDERS_PER_TOTAL,
        "rate_orders_per_total_visitors": rounded(sum(orders), sum(visitors), 6),
        "total_visitors": sum(visitors),
        "orders": sum(orders),
        "source": "file",
        "column": sums.special["visitors"],
        "period": {"from": period_name(days[0]), "to": period_name(days[-1]), "days": len(days)},
    }
