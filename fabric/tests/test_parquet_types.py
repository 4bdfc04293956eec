"""What the values of each type of Parquet's are."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import cells_of, read_table
from parquet_types import kinds, tables

KINDS = kinds()


def parquet(table: pa.Table, **options) -> bytes:
    content = io.BytesIO()
    pq.write_table(table, content, **options)
    return content.getvalue()


def alike(cells) -> list:
    """The cells with their types, as True is 1 and a datetime is a date."""
    return [(type(cell), cell) for cell in cells]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_cells_of_a_type(kind):
    table = read_table("a.parquet", parquet(pa.table({"row": list(range(len(kind.cells))), "value": kind.column}), **kind.options))
    assert alike(cells_of(table)[1]) == alike(kind.cells)


def test_each_has_another_name():
    assert len({kind.name for kind in KINDS}) == len(KINDS) > 60


@pytest.mark.parametrize(("name", "table"), list(tables()), ids=lambda value: value if type(value) is str else "")
def test_odd_tables_are_read(name, table):
    read = read_table("a.parquet", parquet(table))
    plain = [place for place, kind in enumerate(table.schema.types) if not pa.types.is_nested(kind)]
    width = max(i + 1 for i, place in enumerate(plain) if table.column_names[place].strip())  # up to the last one with a name
    assert read.headers == [table.column_names[place] for place in plain][:width]
    assert read.left_out_columns == [table.column_names[place] for place, kind in enumerate(table.schema.types) if pa.types.is_nested(kind)]
    for column, place in zip(cells_of(read), plain):
        assert [str(cell) for cell in column] == [str(float(v) if type(v) is int else v) for v in table.column(place).to_pylist()], name
