"""Values of Parquet's columns on arrays are what they are one by one."""

import io
import math
import random
import struct
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal, localcontext
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import columnar
from arrowcells import arrow_cells, exact_of, repaired, text_column, text_or_digits
from columnar import ParquetContent
from columns import Column
from content import Content
from pages import check_pages

PER = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}
SOURCE = random.Random(11)


def moment(seconds):
    if not -62_135_596_800 <= seconds < 253_402_300_800:
        return "date out of range"
    return date(1970, 1, 1) + timedelta(days=seconds // 86_400) if seconds % 86_400 == 0 else datetime(1970, 1, 1) + timedelta(seconds=seconds)


def clock(seconds):
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60) if 0 <= seconds < 86_400 else "time out of range"


def real(number):
    return None if math.isnan(number) else "infinity" if math.isinf(number) else number


def uuid(value):
    digits = value.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def some(make, count=500):
    """Random values, some of them null."""
    return [None if SOURCE.random() < 0.1 else make() for _ in range(count)]


def wide(bits=63):
    """A whole number of any size, of both signs."""
    return SOURCE.getrandbits(SOURCE.randrange(1, bits + 1)) * SOURCE.choice((1, -1))


def unscaled_number(digits, places):
    """A decimal's digits: of any size, or near the bounds from which on they are texts."""
    if SOURCE.random() < 0.5:
        return wide(240 if digits > 38 else 120)
    return SOURCE.choice((10**15, 2**53, 10**16)) * 10**places + SOURCE.randrange(-3, 4) * SOURCE.choice((1, 10 ** max(places - 1, 0), 10**places))


def moment_near(unit, per):
    """A moment near midnight, or near the first and the last one."""
    if unit != "ns" and SOURCE.random() < 0.1:
        return SOURCE.choice((-62_135_596_800, 253_402_300_800)) * per + SOURCE.randrange(-2, 2)
    return SOURCE.randrange(-(10**5), 10**5) * 86_400 * per + SOURCE.choice((0, -1, 1, per, -per, SOURCE.randrange(10**4) * per))


def arrays():
    """Arrays, and what each of their values is by itself."""
    yield "int64", pa.array(some(wide), pa.int64()), exact_of
    yield "uint64", pa.array(some(lambda: SOURCE.getrandbits(SOURCE.randrange(1, 65))), pa.uint64()), exact_of
    yield "int16", pa.array(some(lambda: SOURCE.randrange(-(2**15), 2**15)), pa.int16()), exact_of
    with localcontext() as context:
        context.prec = 80
        for digits, places in ((5, 2), (18, 0), (18, 2), (18, 18), (30, 10), (38, 0), (38, 2), (38, 18), (38, 38), (76, 0), (76, 30)):
            kind = pa.decimal256(digits, places) if digits > 38 else pa.decimal128(digits, places)
            unscaled = [None if n is None else n if abs(n) < 10**digits else 0 for n in some(partial(unscaled_number, digits, places))]
            yield f"decimal_{digits}_{places}", pa.array([None if n is None else Decimal(n).scaleb(-places) for n in unscaled], kind), exact_of
    odd = [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1e308]
    yield "float64", pa.array(some(lambda: SOURCE.choice(odd) if SOURCE.random() < 0.2 else SOURCE.gauss(0, 1e6)), from_pandas=False), real
    yield "float32", pa.array(some(lambda: float(np.float32(SOURCE.gauss(0, 1e6)))), pa.float32()), real
    for unit, per in PER.items():
        moments = some(partial(moment_near, unit, per))
        for zone in (None, "Asia/Tokyo"):
            yield f"timestamp_{unit}_{zone}", pa.array(moments, pa.int64()).cast(pa.timestamp(unit, tz=zone)), ticks(moment, per)
        kind, whole = (pa.time32(unit), pa.int32()) if unit in ("s", "ms") else (pa.time64(unit), pa.int64())
        yield f"time_{unit}", pa.array(some(partial(SOURCE.randrange, -per, 86_401 * per)), whole).cast(kind), ticks(clock, per)
    yield "date32", pa.array(some(lambda: SOURCE.randrange(-800_000, 3_000_000)), pa.int32()).cast(pa.date32()), lambda days: moment(days * 86_400)
    words = ["", "a", " ä ", "\u00a0", "x" * 90, "1"]
    yield "string", pa.array(some(lambda: SOURCE.choice(words))), str
    yield "dictionary", pa.array(some(lambda: SOURCE.choice(words))).dictionary_encode(), str
    yield "all_different", pa.array(some(lambda: str(SOURCE.random()))), str
    odd_bytes = [b"\xff", b"a\xe2\x82", b"ok", b"", "Größe".encode()]
    yield "binary", pa.array(some(lambda: SOURCE.choice(odd_bytes)), pa.binary()), text_or_digits
    broken = pa.array(some(lambda: SOURCE.choice(odd_bytes)), pa.binary())
    yield "broken", pa.Array.from_buffers(pa.string(), len(broken), broken.buffers()), repaired
    yield "fixed", pa.array(some(lambda: SOURCE.randbytes(3)), pa.binary(3)), lambda value: "0x" + value.hex()
    yield "bool", pa.array(some(lambda: SOURCE.random() < 0.5)), bool
    yield "null", pa.nulls(9), str


def ticks(read, per):
    return lambda value: read(value // per)


def values_of(array):
    """The values one by one, as the reference takes them."""
    kind = array.type
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind) or pa.types.is_date(kind):
        array = array.cast(pa.int32() if kind.bit_width == 32 else pa.int64())
    elif pa.types.is_string(kind):
        array = array.cast(pa.binary()) if b"\xff" in array.cast(pa.binary()).to_pylist() else array
    return array.to_pylist()


def alike(cells):
    return [(type(cell), repr(cell)) for cell in cells]


ARRAYS = list(arrays())


@pytest.mark.parametrize(("name", "array", "read"), ARRAYS, ids=[name for name, _, _ in ARRAYS])
def test_arrays_are_read_as_their_values(name, array, read):
    for part in (array, array[3:], array[5:-5], array[:0]):
        wanted = [None if value is None else read(value) for value in values_of(part)]
        wanted = [float(cell) if type(cell) is int else cell for cell in wanted]
        found = arrow_cells(part)
        assert alike(found.cells()) == alike(wanted)
        assert len(set(found.words)) == len(found.words), "each text once"


def test_halves_and_uuids():
    halves = some(lambda: struct.pack("<e", SOURCE.choice((math.nan, math.inf, 1.5, -0.0, 65504.0))))
    found = arrow_cells(pa.array(halves, pa.binary(2))[7:], halves=True).cells()
    assert alike(found) == alike([None if v is None else real(struct.unpack("<e", v)[0]) for v in halves[7:]])
    keys = some(lambda: SOURCE.randbytes(16))
    assert arrow_cells(pa.array(keys, pa.binary(16))[7:], uuids=True).cells() == [None if v is None else uuid(v) for v in keys[7:]]


def test_texts_of_batches_are_one_column():
    few = [pa.array(some(lambda: SOURCE.choice("abc"), 90)) for _ in range(3)]
    many = [pa.array(some(lambda: str(SOURCE.randrange(200)), 90)) for _ in range(3)]
    listed = [values.dictionary_encode() for values in few]
    for batches in (few, many, listed, few + many, many + few + listed, [pa.nulls(3, pa.string()), *few, pa.nulls(3, pa.string()), few[0][:0]], [pa.nulls(3, pa.string())], [*listed, pa.array([b"c", b"\xff", None])], []):
        column = text_column(batches)
        wanted = [cell for values in batches for cell in arrow_cells(values).cells()]
        assert column.cells() == wanted and len(set(column.words)) == len(column.words)


def test_batches_and_row_groups_change_nothing(monkeypatch):
    columns = {name: pa.concat_arrays([array] * 2)[:500] for name, array, _ in ARRAYS if len(array) == 500 and name not in ("dictionary", "broken", "date32")}
    for name in list(columns):
        if pa.types.is_timestamp(columns[name].type) and columns[name].type.unit == "s":
            del columns[name]  # the format has none: a writer makes others of them, which may not hold them
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content, row_group_size=83, version="2.6", data_page_size=64)
    read = [ParquetContent(Content(content.getvalue()))]
    monkeypatch.setattr(columnar, "ROWS", 7)
    read.append(ParquetContent(Content(content.getvalue())))
    for name, one, other in zip(read[0].headers, read[0].columns, read[1].columns):
        assert alike(one.cells()) == alike(arrow_cells(columns[name]).cells()), name
        assert alike(other.cells()) == alike(one.cells()), name
    assert read[0].errors == read[1].errors != {}


def test_a_file_is_read_from_its_path(tmp_path):
    path = tmp_path / "a ä.parquet"
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", None]}), path)
    found = ParquetContent(Content(path))
    assert [column.cells() for column in found.columns] == [[1.0, 2.0], ["x", None]] and found.rows == 2


def wide_table(rows):
    numbers = np.random.default_rng(3).integers(0, 10**6, rows)
    few = pa.array(["a", "b", "c"]).take(pa.array(numbers % 3))
    return pa.table({"few": few, "number": numbers / 100, "day": pa.array(numbers % 9999, pa.int32()).cast(pa.date32()), "id": pa.array([f"ORDER-{i:08d}" for i in range(rows)]), "key": pa.array(numbers + 2**60)})


def test_no_object_is_made_for_a_cell():
    content = io.BytesIO()
    pq.write_table(wide_table(50_000), content)
    file = Content(content.getvalue())
    ParquetContent(file)  # what is made once
    before = sys.getallocatedblocks()
    found = ParquetContent(file)
    assert sys.getallocatedblocks() - before < 2000 and found.rows == 50_000
    assert [column.cell(49_999) for column in found.columns[3:]] == ["ORDER-00049999", str(wide_table(50_000)["key"][-1].as_py())]


def test_the_column_of_most_texts_is_read_first(monkeypatch):
    content = io.BytesIO()
    pq.write_table(wide_table(100_000), content, use_dictionary=["few"])
    order, read = [], ParquetContent.read
    monkeypatch.setattr(ParquetContent, "read", lambda self, stored, place: order.append(stored.field.name) or read(self, stored, place))
    found = ParquetContent(Content(content.getvalue()))
    assert order == ["id", "few", "number", "day", "key"] and found.headers == ["few", "number", "day", "id", "key"]
    assert [column.cell(0) for column in found.columns][3] == "ORDER-00000000"


class Watched(io.BytesIO):
    """Says how much was read at once."""

    most = 0

    def read(self, size=-1):
        data = super().read(size)
        self.most = max(self.most, len(data))
        return data


def test_pages_are_checked_in_pieces():
    content = io.BytesIO()
    pq.write_table(pa.table({"a": np.random.default_rng(1).random(3000), "b": ["x" * 5000] * 3000}), content, use_dictionary=False, compression="none", data_page_size=1 << 22)
    file = Watched(content.getvalue())
    check_pages(file, pq.read_metadata(content))
    assert file.most <= 1 << 20 < len(content.getvalue())


def test_a_file_that_says_other_rows_is_refused(monkeypatch):
    content = io.BytesIO()
    pq.write_table(pa.table({"a": [1, 2], "b": [1, 2]}), content)
    monkeypatch.setattr(columnar, "arrow_cells", lambda values, uuids, halves: Column.empty(3))
    with pytest.raises(ValueError, match="rows"):
        ParquetContent(Content(content.getvalue()))
