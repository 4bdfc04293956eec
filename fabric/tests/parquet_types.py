"""Every type that a column of a Parquet file can have, and the cells that its values are (contract/RULES.md, Reading 4).

    python fabric/tests/parquet_types.py FOLDER

writes a file for each type and each role that a column can have, for the test that compares what the two sides make of them
(internal/e2e/twosides). The cells are those of the tests of the reader (test_parquet_types.py).
"""

import sys
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROLES = ("order_id", "order_date", "revenue", "channel", "value")
ROWS = 12
NAN, INFINITY = float("nan"), float("inf")
EDGE = 2**53  # whole numbers up to here are doubles
PER = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}
LATE = 1_740_787_199  # 2025-02-28T23:59:59


@dataclass
class Kind:
    """A type: a column of it, its cells as the reader gives them (errors are their text), and how its file is written."""

    name: str
    column: pa.Array
    cells: list
    options: dict = field(default_factory=dict)


def kinds() -> list[Kind]:
    return [*whole_numbers(), *decimals(), *doubles(), *moments(), *clocks(), *texts(), *packings()]


def whole_numbers():
    for bits in (8, 16, 32, 64):
        for signed in (True, False):
            low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
            values = [low, low + 1, 0, 1, None, high - 1, high]
            name = f"{'' if signed else 'u'}int{bits}"
            yield Kind(name, pa.array(values, getattr(pa, name)()), [exact(v) for v in values], {"version": "2.6"})
    values = [EDGE - 1, EDGE, EDGE + 1, -EDGE, -EDGE - 1, None]
    yield Kind("int64_edge", pa.array(values, pa.int64()), [exact(v) for v in values])
    ids = pa.array([2**63 - 1, 2**63 - 2, 2**63 - 1])
    yield Kind("int64_dictionary", ids.dictionary_encode(), [str(v) for v in ids.to_pylist()])
    yield Kind("duration", pa.array([0, -1, 86_400, None], pa.int64()).cast(pa.duration("s")), [0.0, -1.0, 86_400.0, None])


def exact(value):
    return None if value is None else str(value) if abs(value) > EDGE else float(value)


# Digits without a point, with the places behind it, and what they are: a key keeps its digits, a fraction below 10**15 is an amount.
DECIMALS = [
    (9, 2, {0: 0.0, 1: 0.01, -1990: -19.9, 999_999_999: 9_999_999.99}),
    (18, 0, {5: 5.0, 10**18 - 1: "999999999999999999", -(EDGE + 1): str(-EDGE - 1)}),
    (18, 2, {1: 0.01, 123_456_789_012_345_678: "1234567890123456.78", 123_456_789_012_345_650: 1234567890123456.5, 99_999_999_999_999_999: "999999999999999.99"}),
    (18, 2, {100 * EDGE: float(EDGE), 100 * EDGE + 100: str(EDGE + 1), 12_345_678_901_234: 123456789012.34}),
    (38, 0, {10**37: "1" + "0" * 37, -7: -7.0}),
    (38, 2, {10**37 + 1: "1" + "0" * 35 + ".01", 10**37 + 2: "1" + "0" * 35 + ".02", -150: -1.5}),
    (38, 18, {3_333_333_333_333_333_333: 10 / 3, 15 * 10**17: 1.5, 10**37: "1" + "0" * 19}),
    (38, 38, {10**37: 0.1, 1: 1e-38, -(10**37) - 1: -0.1}),
    (76, 20, {10**75: "1" + "0" * 55, 10**75 + 1: "1" + "0" * 55 + "." + "0" * 19 + "1", 25 * 10**19: 2.5}),
]


def decimals():
    with localcontext() as context:
        context.prec = 80
        for place, (digits, places, cells) in enumerate(DECIMALS):
            values = [Decimal(number).scaleb(-places) for number in cells]
            kind = pa.decimal256(digits, places) if digits > 38 else pa.decimal128(digits, places)
            yield Kind(f"decimal{place}_{digits}_{places}", pa.array([*values, None], kind), [*cells.values(), None])
            if digits <= 18 and "store_decimal_as_integer" in pq.ParquetWriter.__init__.__code__.co_varnames:
                yield Kind(f"decimal{place}_{digits}_{places}_integer", pa.array([*values, None], kind), [*cells.values(), None], {"store_decimal_as_integer": True})


def doubles():
    values = [0.0, -0.0, NAN, INFINITY, -INFINITY, 1.5, 1e305, -1e305, 5e-324, 0.1, float(EDGE) + 2, None]
    cells = [0.0, 0.0, None, "infinity", "infinity", *values[5:]]
    yield Kind("float64", pa.array(values), cells)
    small = [0.0, -0.0, NAN, INFINITY, -INFINITY, 1.5, 1e30, 0.1, None]
    yield Kind("float32", pa.array(small, pa.float32()), [0.0, 0.0, None, "infinity", "infinity", 1.5, float(np.float32(1e30)), float(np.float32(0.1)), None])
    if hasattr(pa, "string_view"):  # which came with the writing of these
        halves = np.array([0, -0.0, NAN, INFINITY, 1.5, 65504, 6e-8], np.float16)
        yield Kind("float16", pa.array(halves), [0.0, 0.0, None, "infinity", 1.5, 65504.0, float(halves[-1])])


def moments():
    """Moments are cut to the second, those with a zone are the clock in UTC, and midnight is a date."""
    for unit, per in PER.items():
        cells = {0: date(1970, 1, 1), LATE * per + per - 1: datetime(2025, 2, 28, 23, 59, 59), -1: datetime(1969, 12, 31, 23, 59, 59), 86_400 * per: date(1970, 1, 2)}
        if unit != "ns":
            cells |= {-62_135_596_800 * per: date(1, 1, 1), -62_135_596_800 * per - 1: "date out of range", 253_402_300_800 * per: "date out of range"}
            cells |= {253_402_300_800 * per - 1: datetime(9999, 12, 31, 23, 59, 59)}
        for zone in (None, "UTC", "Asia/Tokyo", "+05:30"):
            column = pa.array([*cells, None], pa.int64()).cast(pa.timestamp(unit, tz=zone))
            name = f"timestamp_{unit}_{(zone or 'local').replace('/', '_').replace(':', '')}"
            yield Kind(name, column, [*cells.values(), None], {"version": "2.6"})
    old = [datetime(2025, 2, 28, 23, 59, 59, 999_999), datetime(1969, 12, 31, 23, 59, 59, 999_999), datetime(1900, 1, 1), datetime(2400, 1, 1, 1), None]
    cells = [old[0].replace(microsecond=0), old[1].replace(microsecond=0), date(1900, 1, 1), old[3], None]
    yield Kind("int96", pa.array(old, pa.timestamp("us")), cells, {"use_deprecated_int96_timestamps": True})
    days = {0: date(1970, 1, 1), -719_162: date(1, 1, 1), -719_163: "date out of range", 2_932_896: date(9999, 12, 31), 2_932_897: "date out of range"}
    yield Kind("date32", pa.array([*days, None], pa.int32()).cast(pa.date32()), [*days.values(), None])
    yield Kind("date64", pa.array([d * 86_400_000 for d in days] + [None], pa.int64()).cast(pa.date64()), [*days.values(), None])


def clocks():
    for unit, per in PER.items():
        kind, whole = (pa.time32(unit), pa.int32()) if unit in ("s", "ms") else (pa.time64(unit), pa.int64())
        cells = {0: time(0), 1: time(0, 0, 1) if per == 1 else time(0), 86_400 * per - 1: time(23, 59, 59), 86_400 * per: "time out of range", -1: "time out of range"}
        yield Kind(f"time_{unit}", pa.array([*cells, None], whole).cast(kind), [*cells.values(), None], {"version": "2.6"})


def texts():
    values = ["a", " a ", "", "\u00a0", "1", "1.50", "2025-01-01", "true", None, "Größe", "x" * 1200]
    for kind in (pa.string(), pa.large_string(), pa.binary(), pa.large_binary()):
        yield Kind(str(kind), pa.array(values, kind), values)
    if hasattr(pa, "uuid"):  # versions that write both
        yield Kind("string_view", pa.array(values, pa.string_view()), values)
        yield Kind("uuid", pa.array([bytes(range(16)), None], pa.uuid()), ["00010203-0405-0607-0809-0a0b0c0d0e0f", None])
    if hasattr(pa, "json_"):
        documents = ['{"a":1}', "null", None]
        yield Kind("json", pa.ExtensionArray.from_storage(pa.json_(), pa.array(documents)), documents)
    yield Kind("dictionary", pa.array(values).dictionary_encode(), values)
    yield Kind("no_texts", pa.array([b"\xff\x00", b"ok", b"", None]), ["0xff00", "ok", "", None])
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"a\xff\xe2\x82b"]).buffers())
    yield Kind("broken_text", broken, ["a\ufffd\ufffd\ufffdb"])
    yield Kind("fixed", pa.array([b"abc", b"\xff\x00\x01", None], pa.binary(3)), ["0x616263", "0xff0001", None])
    yield Kind("bool", pa.array([True, False, None]), [True, False, None])
    yield Kind("null", pa.nulls(2), [None, None])


def packings():
    values = ["a", None, "b" * 100, "c"]
    for codec in ("none", "snappy", "gzip", "brotli", "lz4", "zstd"):
        for version in ("1.0", "2.0"):
            yield Kind(f"packed_{codec}_{version}", pa.array(values), values, {"compression": codec, "data_page_version": version})
    for encoding in ("DELTA_BYTE_ARRAY", "DELTA_LENGTH_BYTE_ARRAY"):
        yield Kind(encoding, pa.array(values), values, {"use_dictionary": False, "column_encoding": {"value": encoding}})


def repeated(column: pa.Array) -> pa.Array:
    """The values over and over, as many as there are rows."""
    return pa.concat_arrays([column] * -(-ROWS // len(column))).slice(0, ROWS)


def written(kind: Kind, role: str, path: Path) -> None:
    """A table of orders in which one column is of the type."""
    columns = {
        "order_id": pa.array([f"A{row}" for row in range(ROWS)]),
        "order_date": pa.array([date(2025, 1, 1 + row) for row in range(ROWS)]),
        "revenue": pa.array([row + 0.5 for row in range(ROWS)]),
        "tags": pa.array([["x"]] * ROWS),  # a list beside the column is left out
    }
    columns[role] = repeated(kind.column)
    options = {key: value for key, value in kind.options.items() if key != "column_encoding" or role == "value"}
    pq.write_table(pa.table(columns), path, **options)


def tables():
    """Tables that are odd as a whole, by their names: columns of one name, and of none."""
    ids, days, sums = [f"A{row}" for row in range(ROWS)], [date(2025, 1, 1)] * ROWS, [row + 0.5 for row in range(ROWS)]
    more, lists, records = list(range(ROWS)), [["x"]] * ROWS, [{"a": 1, "b": 2}] * ROWS
    for name, columns in {
        "repeated_revenue": {"revenue": sums, "revenue ": more, "revenue  ": sums},
        "repeated_id": {"revenue": sums, "order_id ": more, "Order ID": more},
        "repeated_list": {"revenue": sums, "revenue ": lists, "other": more},
        "repeated_record": {"revenue": sums, "other": records, "other ": records, "other  ": more},
        "no_name": {"revenue": sums, "": more, " ": more},
    }.items():
        # A dictionary has no key twice: blanks at the end tell them apart here.
        names = [key.rstrip() if len(key) > 1 else key for key in columns]
        yield name, pa.Table.from_arrays([pa.array(values) for values in (ids, days, *columns.values())], ["order_id", "order_date", *names])


def main() -> None:
    folder = Path(sys.argv[1])
    for kind in kinds():
        for role in ROLES:
            written(kind, role, folder / f"{kind.name}_{role}.parquet")
    for name, table in tables():
        pq.write_table(table, folder / f"{name}.parquet")


if __name__ == "__main__":
    main()
