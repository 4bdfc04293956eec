"""Workbooks that are made to cost much: they are read, or refused with a sentence."""

import io
import threading
import zipfile

import pytest

import package
from conftest import profile_of, read_table
from failure import RunFailed
from sheetcolumns import SheetColumns
from test_workbooks import SHEET, packed, parts_of

ORDER = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>N{0}</t></is></c><c r="B{0}"><v>45000</v></c><c r="C{0}"><v>{0}</v></c></row>'


def book_of(rows: str, **more) -> dict[str, bytes]:
    parts = parts_of([["order_id", "order_date", "revenue"]])
    text = parts[SHEET].decode()
    place = text.index("</sheetData>")
    return {**parts, SHEET: (text[:place] + rows + text[place:]).encode(), **more}


def orders(count: int) -> str:
    return "".join(ORDER.format(number) for number in range(2, count + 2))


def test_many_rows():
    """More than one piece is scanned."""
    table = read_table("a.xlsx", packed(book_of(orders(40_000))))
    assert table.row_count == 40_000 and table.columns[0].cell(39_999) == "N40001" and table.columns[2].numbers.sum() == sum(range(2, 40_002))
    assert table.row_numbers.tolist() == list(range(2, 40_002))


def test_a_piece_that_holds_one_odd_row():
    rows = orders(30_000).replace('<c r="C77"><v>77</v></c>', "<c r='C77'><v>77.5</v></c>").replace('r="C29000"><v>29000</v>', 'r="C29000"><v>12,5</v>')
    column = read_table("a.xlsx", packed(book_of(rows))).columns[2]
    assert column.cell(75) == 77.5 and column.cell(28_998) == "12,5" and column.numbers.sum() == sum(range(2, 30_002)) + 0.5 - 29_000


def test_damage_is_told_by_the_row_before_it():
    rows = orders(30_000).replace('<c r="C20000"><v>', '<c r="C20000"><v>&')
    with pytest.raises(RunFailed, match=r"a.xlsx is damaged after row 19999 of sheet S: save it again and upload it again\."):
        read_table("a.xlsx", packed(book_of(rows)))


def test_a_damaged_package_is_no_silent_loss():
    data = bytearray(packed(book_of(orders(30_000))))
    at = data.index(SHEET.encode()) + 40_000
    data[at : at + 8] = b"\xff\x00\xff\x00\xff\x00\xff\x00"
    with pytest.raises(RunFailed, match=r"is damaged after row [0-9]+ of sheet S"):
        read_table("a.xlsx", bytes(data))


def test_what_unpacks_to_too_much_is_refused():
    parts = packed(book_of("", **{"xl/media/a.bin": b"\0" * (51 << 20)}))
    with pytest.raises(RunFailed, match=r"a.xlsx would unpack to more data than is safe to read: check where it comes from\."):
        read_table("a.xlsx", parts)


@pytest.mark.parametrize(("limit", "most"), [("MOST_PARTS", 5), ("MOST_BYTES", 2000)])
def test_limits_of_packages(monkeypatch, limit, most):
    monkeypatch.setattr(package, limit, most)
    with pytest.raises(RunFailed, match="more data than is safe"):
        read_table("a.xlsx", packed(book_of("")))


def test_no_more_is_unpacked_than_the_package_promises():
    """A part whose size is a lie: it ends there, and its checksum is wrong."""
    content = io.BytesIO(packed(book_of(orders(5000))))
    with zipfile.ZipFile(content) as archive:
        size = archive.getinfo(SHEET).file_size
    data = content.getvalue().replace(size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little"))
    with pytest.raises(RunFailed, match="is damaged after row"):
        read_table("a.xlsx", data)


@pytest.mark.parametrize(
    ("start", "piece", "count"),
    [
        ('<row r="2"><c r="A2" t="inlineStr"><is><t>', "x" * (1 << 20), 20),  # a text
        ('<row r="2"><c r="A2" t="', "x" * (1 << 20), 12),  # an attribute
        ('<row r="2"><!--', "x" * (1 << 20), 12),
        ('<row r="2">' , '<c t="str"><v>' + "x" * (1 << 20) + "</v></c>", 70),  # a row
    ],
)  # fmt: skip
def test_what_has_no_end_is_refused(start, piece, count):
    with pytest.raises(RunFailed, match="is damaged after row 1 of sheet S"):
        read_table("a.xlsx", stored(book_of(start + piece * count)))


def stored(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_cells_far_to_the_right_take_no_columns():
    rows = orders(3000) + "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="XFD{n}"><v>{n}</v></c></row>' for n in range(3002, 3012))
    grid = read_table("a.xlsx", packed(book_of(rows))).grid
    assert len(grid.columns) == 3 and len(grid.beyond) == 10 and grid.row(3001)[16_383] == 3002 and grid.row(3000)[:3] == ["N3001", 45000, 3001]


def test_rows_that_are_all_that_wide_are_refused(monkeypatch):
    monkeypatch.setattr("sheetcolumns.MOST_BEYOND", 1 << 20)
    rows = orders(30_000) + "".join(f'<row r="{n}"><c r="XFD{n}"><v>{n}</v></c></row>' for n in range(30_002, 30_102))
    with pytest.raises(RunFailed, match="is damaged after row"):
        read_table("a.xlsx", packed(book_of(rows)))


def test_nothing_runs_on_behind_a_sheet():
    before = threading.active_count()
    profile_of("a.xlsx", packed(book_of(orders(40_000))))
    with pytest.raises(RunFailed):
        read_table("a.xlsx", packed(book_of('<row r="x"/>' + orders(90_000))))
    assert threading.active_count() == before


def test_a_sheet_without_values_has_none():
    found = SheetColumns()
    assert not found.has_value()
