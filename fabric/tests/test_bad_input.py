"""Files that nobody should be able to stop the notebook with: one sentence names the file and the place, and what is published stays."""

import io
import os
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

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


GIGABYTE = 1 << 30
# What a run of one may take beside what Python and its packages take themselves (some 120 MB).
MOST_MEMORY = 300 << 20


def gigabyte_of_xml(path: Path, block: bytes, opened: bytes = b"") -> None:
    """A workbook whose sheet has, behind its header row, so many blocks that it unpacks to more than a gigabyte. A block is packed once, so that
    the file is small and made in a second."""
    parts = book_of("")
    sheet = parts.pop(SHEET)
    place = sheet.index(b"</sheetData>")
    times = GIGABYTE // len(block) + 1
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    head = packer.compress(sheet[:place] + opened) + packer.flush(zlib.Z_FULL_FLUSH)
    body = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    tail = packer.compress(sheet[place:]) + packer.flush(zlib.Z_FINISH)
    check = zlib.crc32(sheet[:place] + opened)
    for _ in range(times):
        check = zlib.crc32(block, check)
    with open(path, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
        entry = zipfile.ZipInfo(SHEET)
        entry.compress_type, entry.CRC = zipfile.ZIP_DEFLATED, zlib.crc32(sheet[place:], check)
        entry.file_size, entry.compress_size = len(sheet) + len(opened) + len(block) * times, len(head) + len(body) * times + len(tail)
        entry.header_offset = file.tell()
        file.write(entry.FileHeader())
        for piece in (head, *[body] * times, tail):
            file.write(piece)
        package.start_dir = file.tell()
        package.filelist.append(entry)
        package.NameToInfo[SHEET] = entry
    with zipfile.ZipFile(path) as package:
        assert package.getinfo(SHEET).file_size > GIGABYTE > 8 * path.stat().st_size


def some_rows() -> bytes:
    """Rows that don't repeat as a whole, as those of a real file."""
    marks = os.urandom(20_000).hex()
    row = '<row><c t="inlineStr"><is><t>N{}</t></is></c><c><v>45000</v></c><c><v>7</v></c></row>'
    return "".join(row.format(marks[8 * place : 8 * place + 8]) for place in range(5_000)).encode()


# More rows than a sheet can have; a text that has no end; a row that has none.
WORKBOOKS = {
    "rows.xlsx": (some_rows, b"", r"^rows\.xlsx is damaged after row 1048576 of sheet S: save it again and upload it again\.$"),
    "text.xlsx": (lambda: os.urandom(10_000).hex().encode() * 50, b'<row><c t="inlineStr"><is><t>', r"^text\.xlsx is damaged after row 1 of sheet S: .*\.$"),
    "row.xlsx": (lambda: some_rows().replace(b"<row>", b"").replace(b"</row>", b""), b"<row>", r"^row\.xlsx is damaged after row 1 of sheet S: .*\.$"),
}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_gigabyte_of_xml(lake, name):
    """The run is a process of its own, which says at its end how much memory it took at most."""
    lake.ingest(lake.add("small.csv", SMALL))
    before = {path.name: path.read_bytes() for path in lake.current.iterdir()}
    make, opened, sentence = WORKBOOKS[name]
    gigabyte_of_xml(lake.imports / name, make(), opened)
    run_id = new_id()
    work = f"""
import resource, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
import conftest
from ingest import run_ingest
began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    run_ingest({str(lake.root)!r}, {name!r}, {run_id!r}, "ana@example.com", 0, 0, "", "", "", "")
finally:
    print("took", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - began)
"""
    done = subprocess.run([sys.executable, "-c", work], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 1 and "RunFailed" in done.stderr, done.stderr
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "failed" and metadata["outputs"] == []
    with pytest.raises(RunFailed, match=sentence):
        raise RunFailed(metadata["error"]["message"])
    assert {path.name: path.read_bytes() for path in lake.current.iterdir()} == before
    took = int(done.stdout.rsplit("took ", 1)[1]) << 10  # Linux counts in KB
    assert took < MOST_MEMORY, f"{took >> 20} MB"
