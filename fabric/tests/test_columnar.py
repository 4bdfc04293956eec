"""Parquet files as other programs write them."""

import io
import random
from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reading import read_table


def parquet(table: pa.Table, **options) -> bytes:
    content = io.BytesIO()
    pq.write_table(table, content, **options)
    return content.getvalue()


def read(column, **options):
    """The cells of one column of a file."""
    table = read_table("a.parquet", parquet(pa.table({"a": column, "row": list(range(len(column)))}), **options))
    return table.cells[0]


def late_moments(count=400):
    """Moments of random days, most of them within the last second of their day, in nanoseconds since 1970."""
    source = random.Random(7)
    for _ in range(count):
        day = source.randrange(-25_000, 40_000)
        left = source.choice([1, 1000, 999_999, 1_000_000, 10**9, source.randrange(1, 86_400 * 10**9)])
        yield day * 86_400 * 10**9 + 86_400 * 10**9 - left


@pytest.mark.parametrize("unit, per", [("s", 10**9), ("ms", 10**6), ("us", 1000), ("ns", 1)])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_a_day_is_cut(unit, per, zone):
    moments = [m // per for m in late_moments()]
    column = pa.array(moments, pa.int64()).cast(pa.timestamp(unit, tz=zone))
    cells = read(column, version="2.6")
    for stored, cell in zip(moments, cells):
        seconds = stored * per // 10**9
        assert cell == datetime(1970, 1, 1) + timedelta(seconds=seconds)
        assert type(cell) is datetime


def test_int96_has_any_year():
    moments = np.array([m // 1000 for m in late_moments() if m // 10**9 >= -2_208_988_800], "datetime64[us]")
    far = [datetime(9999, 12, 31, 23, 59, 59, 999999), datetime(2400, 1, 1, 8)]
    cells = read(pa.array(moments), use_deprecated_int96_timestamps=True)
    assert cells == [m.astype("datetime64[s]").item() for m in moments]
    assert read(pa.array(far, pa.timestamp("us")), use_deprecated_int96_timestamps=True) == [datetime(9999, 12, 31, 23, 59, 59), far[1]]


def test_midnight_is_a_date():
    cells = read(pa.array([0, 86_400_000, 86_400_001, -86_400_000, None], pa.timestamp("ms")))
    assert cells == [date(1970, 1, 1), date(1970, 1, 2), date(1970, 1, 2), date(1969, 12, 31), None]
    assert [type(c) for c in cells[:3]] == [date, date, date]


def test_what_no_date_can_be():
    table = read_table("a.parquet", parquet(pa.table({"a": pa.array([10**15, 0], pa.timestamp("s")), "b": [float("inf"), float("nan")], "c": [1, 2]}), version="2.6"))
    assert table.cells == [["date out of range", date(1970, 1, 1)], ["infinity", None], [1.0, 2.0]]
    assert table.error_cells == {(0, 1): "date out of range", (1, 1): "infinity"}


def test_times_of_day():
    moment = time(23, 59, 59, 999_999)
    for kind in (pa.time32("ms"), pa.time64("us"), pa.time64("ns")):
        value = moment if kind != pa.time32("ms") else moment.replace(microsecond=999_000)
        assert read(pa.array([value, time(0), None], kind)) == [time(23, 59, 59), time(0), None]


def test_rows_count_from_one():
    table = read_table("a.parquet", parquet(pa.table({"a": [None, "x"]})))
    assert table.row_numbers == [2] and table.address("a", 0) == "A2"
