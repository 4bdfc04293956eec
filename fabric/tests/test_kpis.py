"""The KPIs of cleaned columns, beside Python's own sums: as arrays, and in pieces."""

import random
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

import conftest  # noqa: F401  the modules' path
from cleaning import Cleaned
from failure import RunFailed
from grouping import coded, sums_by
from kpis import are_daily, breakdown, build_kpis
from kpisums import KpiSums, kpi_sums
from othercase import in_another_case
from rounding import money, rounded
from words import lowered

KINDS = {"order_id": "string", "order_date": "date", "revenue": "double", "channel": "string", "currency": "string", "status": "string", "visitors": "int64"}
TYPES = {"string": pa.string(), "date": pa.date32(), "double": pa.float64(), "int64": pa.int64()}
READING: dict = {"missing": {}, "left_out": [], "options": {}}


def columns_of(rows: int, seed: int) -> dict[str, list]:
    """Columns of order lines, with nulls in all but the order_ids."""
    draw = random.Random(seed)
    days = [date(2024, 1, 1) + timedelta(i) for i in range(300)]
    columns: dict[str, list] = {name: [] for name in KINDS}
    for _ in range(rows):
        day = draw.choice([*days, None])
        columns["order_id"].append(draw.choice(["a", "A", "b", "É", "é"]) + str(draw.randrange(rows)))
        columns["order_date"].append(day)
        columns["revenue"].append(draw.choice([None, round(draw.uniform(-50, 900), 2), draw.uniform(0, 1e5)]))
        columns["channel"].append(draw.choice(["Web", "Shop", "(none)", None]))
        columns["currency"].append(draw.choice(["EUR", "€", "usd", "Taler", None]))
        columns["status"].append(draw.choice(["ok", "Cancelled", "zurückgesendet", None]))
        columns["visitors"].append(None if day is None else 10_000 + day.day)
    return columns


def cleaned_of(columns: dict, first) -> Cleaned:
    """Cleaned rows with these columns: arrays, or lists of which arrays are made."""
    found = Cleaned({}, np.arange(len(first)), {}, np.array(first, bool))
    found.columns = {name: pa.array(values, TYPES[KINDS[name]]) if isinstance(values, list) else values for name, values in columns.items()}
    return found


def document(columns: dict, first) -> dict:
    found = build_kpis(cleaned_of(columns, first), READING, "order_line", "a.csv", "0" * 64, None, {}, None)
    return {key: value for key, value in found.items() if key != "computed_at"}


def firsts(ids: list[str]) -> list[bool]:
    rows = {order_id: row for row, order_id in reversed(list(enumerate(ids)))}
    return [rows[order_id] == row for row, order_id in enumerate(ids)]


@pytest.mark.parametrize("seed", range(5))
def test_arrays_and_pieces_give_the_figures_of_plain_sums(seed: int) -> None:
    columns = columns_of(2_000, seed)
    first = firsts(columns["order_id"])
    found = document(columns, first)
    arrays = {name: pa.array(values, TYPES[KINDS[name]]) for name, values in columns.items()}
    pieces = {name: pa.chunked_array([values[:700], values[700:700], values[700:]]) for name, values in arrays.items()}
    large = {name: values.cast(pa.large_string()) if pa.types.is_string(values.type) else values for name, values in arrays.items()}
    assert document(arrays, first) == document(pieces, np.array(first)) == document(large, first) == found

    units = [0 if value is None else round(value * 10000) for value in columns["revenue"]]
    assert found["total_revenue"] == money(sum(units))
    by_channel: Counter = Counter()
    for name, amount in zip(columns["channel"], units):
        by_channel[name or "(none)"] += amount
    assert {share["key"]: share["revenue"] for share in found["revenue_by_channel"]} == {name: money(amount) for name, amount in by_channel.items()}
    assert sum(share["orders"] for share in found["revenue_by_channel"]) == found["orders"] == sum(first)
    assert found["undated_orders"] == sum(mark and day is None for mark, day in zip(first, columns["order_date"]))
    assert found["undated_revenue"] == money(sum(amount for amount, day in zip(units, columns["order_date"]) if day is None))
    points = {point["period"]: point["revenue"] for point in found["time_series"]["points"]}
    assert points == {str(day): money(sum(a for a, d in zip(units, columns["order_date"]) if d == day)) for day in set(columns["order_date"]) - {None}}

    with_amount = {order_id for order_id, value in zip(columns["order_id"], columns["revenue"]) if value is not None}
    assert found["orders_without_amount"] == found["orders"] - len(with_amount)
    assert found["aov_with_amount"] == rounded(sum(units), 10000 * len(with_amount), 2)
    codes = {"€": "EUR", "usd": "USD", "Taler": "taler"}
    named = [codes.get(name, name) for name in columns["currency"]]
    assert {one["currency"]: one["rows"] for one in found["currencies"]} == Counter(named)
    assert {one["currency"]: one["revenue"] for one in found["currencies"]} == {name: money(sum(a for a, n in zip(units, named) if n == name)) for name in set(named)}
    said = [status in ("Cancelled", "zurückgesendet") for status in columns["status"]]
    assert found["returned_or_cancelled"]["rows"] == sum(said)
    assert found["returned_or_cancelled"]["orders"] == sum(a and b for a, b in zip(said, first))
    assert found["returned_or_cancelled"]["revenue"] == money(sum(a for a, told in zip(units, said) if told))
    ids = set(columns["order_id"])
    assert found["order_ids_by_case"] == len(ids) - len({lowered(order_id) for order_id in ids}) > 0
    assert found["conversion"]["orders"] == found["orders"] - found["undated_orders"]


def test_amounts_beyond_int64_stay_exact() -> None:
    columns = {"order_id": ["1", "2", "3"], "order_date": [date(2025, 1, 1)] * 2 + [None], "revenue": [1e17, 1e17, -1e17], "channel": ["a", "b", "a"]}
    found = document(columns, [True] * 3)
    assert found["total_revenue"] == 1e17
    assert [(share["key"], share["revenue"]) for share in found["revenue_by_channel"]] == [("b", 1e17), ("a", 0.0)]
    assert found["time_series"]["points"] == [{"period": "2025-01-01", "revenue": 2e17, "orders": 2}]


def test_sums_of_large_and_negative_numbers_are_exact() -> None:
    draw = random.Random(3)
    units = [draw.choice([1, -1]) * draw.randrange(2 ** draw.choice([1, 26, 27, 40, 52])) for _ in range(5_000)]
    codes = [draw.randrange(7) for _ in units]
    assert sums_by(np.array(codes), 7, np.array(units)) == [sum(u for u, c in zip(units, codes) if c == code) for code in range(7)]
    assert sums_by(np.array([], dtype=np.int64), 0, np.array([], dtype=np.int64)) == []


def test_no_rows_have_no_figures() -> None:
    found = document({"order_id": [], "order_date": [], "revenue": [], "currency": [], "status": [], "visitors": []}, [])
    assert (found["total_revenue"], found["orders"], found["aov"], found["aov_with_amount"], found["conversion"]) == (0.0, 0, None, None, None)
    assert (found["currencies"], found["time_series"]) == ([], {"granularity": "daily", "points": []})


def test_what_was_daily_stays_daily() -> None:
    draw = random.Random(9)
    for _ in range(500):
        days = np.unique([draw.randrange(draw.choice([3, 400, 401, 500])) for _ in range(draw.randrange(1, 600))])
        if days[-1] - days[0] <= 400:
            assert are_daily(days)
        stray = np.array([-40_000, *days, 90_000])
        assert len(days) < 20 or len(days) > 399 or days[-1] - days[0] > 400 or are_daily(stray), "one stray day at each end"
    assert not are_daily(np.arange(402))
    assert not are_daily(np.arange(0, 36_500, 365))


def test_first_rows_of_order_ids_in_another_case() -> None:
    ids = pa.array(["b", None, "B", "a", "B", "A", "ß", "a", "Ä", "ä"], pa.large_string())
    assert in_another_case(*coded(ids)).tolist() == [2, 5, 9]
    assert in_another_case(*coded(pa.array(["a1", "b", "a1", "-"]))).tolist() == []
    assert in_another_case(*coded(pa.array([], pa.string()))).tolist() == []


@pytest.mark.parametrize(("rows", "channel"), [(100_001, "c"), (900, "x" * 10_000)], ids=["many", "long"])
def test_what_is_no_group_is_not_broken_down(rows: int, channel: str) -> None:
    names = [f"{channel}{i}" for i in range(rows)]

    def sums_of_rows(some: list) -> KpiSums:
        count = len(some)
        return kpi_sums(cleaned_of({"channel": some, "revenue": [1.0] * count, "order_date": [None] * count}, [True] * count))

    many, few = sums_of_rows(names), sums_of_rows([*names[:800], None])
    refused = r"orders\.csv has more than 100,000 different values, or too long ones, in channel"
    with pytest.raises(RunFailed, match=refused):
        breakdown("orders.csv", "channel", many)
    assert len(breakdown("orders.csv", "channel", few)) == 801
    half = sums_of_rows(names[: rows // 2])
    half.add(sums_of_rows(names[rows // 2 :]))
    with pytest.raises(RunFailed, match=refused):
        breakdown("orders.csv", "channel", half)


@pytest.mark.parametrize("seed", range(5))
def test_sums_of_parts_add_up(seed: int) -> None:
    """Cut anywhere, the parts' sums are those of the whole table; what only all rows of an order tell is no part's."""
    columns = columns_of(400, seed)
    first = firsts(columns["order_id"])
    cuts = [0, *sorted(random.Random(seed).randrange(400) for _ in range(3)), 400]
    found = KpiSums()
    for start, stop in zip(cuts, cuts[1:]):
        found.add(kpi_sums(cleaned_of({name: values[start:stop] for name, values in columns.items()}, first[start:stop])))
    assert found == kpi_sums(cleaned_of(columns, first)) and found.visitors
    other = kpi_sums(cleaned_of({**columns, "visitors": [None if day is None else 7 + row % 2 for row, day in enumerate(columns["order_date"])]}, first))
    found.add(other)
    assert found.visitors is None
