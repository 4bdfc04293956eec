"""Files that nobody should be able to stop the notebook with: one sentence names the file and the place, and what is published stays."""

import io
import resource
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import SMALL, assert_schema, new_id
from failure import RunFailed
from test_large_workbooks import book_of, orders
from test_workbooks import SHEET, packed


def endless_xml() -> bytes:
    """A workbook whose sheet unpacks to two hundred times its size: one cell whose text has no end."""
    parts = book_of(orders(3))
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b'<row r="5"><c r="A5" t="inlineStr"><is><t>' + b"x" * (60 << 20))
    return packed(parts)


def parquet_file() -> bytes:
    content = io.BytesIO()
    rows = 5000
    table = pa.table({"order_id": [f"O{i}" for i in range(rows)], "order_date": ["2025-01-02"] * rows, "revenue": [float(i) for i in range(rows)]})
    pq.write_table(table, content, compression="NONE", use_dictionary=False)
    return content.getvalue()


def lying_footer() -> bytes:
    """The footer says that it is longer than the file."""
    data = parquet_file()
    return data[:-8] + struct.pack("<i", 2**31 - 1) + data[-4:]


def lying_pages() -> bytes:
    """The first page says that it holds two gigabytes."""
    data = bytearray(parquet_file())
    data[4:16] = b"\x15\x00\x15\xfe\xff\xff\xff\x0f\x15\xfe\xff\xff"
    return bytes(data)


BAD = {
    "bomb.xlsx": (lambda: packed(book_of("", **{"xl/media/a.bin": b"\0" * (51 << 20)})), r"^bomb\.xlsx would unpack to more data than is safe to read: .*\.$"),
    "xml.xlsx": (endless_xml, r"^xml\.xlsx (would unpack|is damaged after row 4 of sheet S).*\.$"),
    "line.csv": (lambda: SMALL + b"x" * (17 << 20), r"^line\.csv can't be read as CSV after row 4: the next one does not end within 16 MB\. .*\.$"),
    "quote.csv": (lambda: SMALL + b'A4,"' + b"x,\n" * (6 << 20), r"^quote\.csv can't be read as CSV after row 4: .*\.$"),
    "footer.parquet": (lying_footer, r"^footer\.parquet can't be read as a Parquet file: .*\.$"),
    "pages.parquet": (lying_pages, r"^pages\.parquet can't be read as a Parquet file: .*\.$"),
}


def requires_failure(lake, name: str, sentence: str) -> None:
    """A run of the file fails with this sentence; run_metadata.json says so, and current/ is as it was."""
    before = {path.name: path.read_bytes() for path in lake.current.iterdir()}
    run_id = new_id()
    with pytest.raises(RunFailed, match=sentence):
        lake.ingest(name, run_id)
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "failed" and metadata["outputs"] == []
    with pytest.raises(RunFailed, match=sentence):
        raise RunFailed(metadata["error"]["message"])
    assert {path.name: path.read_bytes() for path in lake.current.iterdir()} == before


@pytest.mark.parametrize("name", BAD)
def test_bad_files(lake, name):
    lake.ingest(lake.add("small.csv", SMALL))
    make, sentence = BAD[name]
    lake.add(name, make())
    requires_failure(lake, name, sentence)


def whole_revenues(rows: int) -> bytes:
    """The cleaned rows are longer: 7 becomes 7.0."""
    return b"order_id,order_date,revenue\n" + b"".join(b"O%d,2025-01-02,7\n" % i for i in range(rows))


@pytest.mark.parametrize(
    ("room", "sentence"),
    [
        (-1000, r"^The copy of full\.csv could not be written to the notebook's own disk \(File too large\): start a new run, on a larger node if the disk was full\.$"),
        (1000, r"^sales_cleaned\.csv could not be written to the notebook's own disk \(File too large\): start a new run, on a larger node if the disk was full\.$"),
    ],
)
def test_the_notebooks_own_disk_is_full(lake, room, sentence):
    """Played by the largest file that this process may write."""
    lake.ingest(lake.add("small.csv", SMALL))
    data = whole_revenues(20_000)
    lake.add("full.csv", data)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(data) + room, hard))
    try:
        requires_failure(lake, "full.csv", sentence)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
