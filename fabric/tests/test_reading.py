"""Workbooks that openpyxl does not write, and files that are none."""

import io
import random
import zipfile
from datetime import date, datetime

import pytest

from conftest import SMALL, cells_of, read_table, workbook
from failure import RunFailed
from rounding import divided, money, rounded
from sums import ten_thousandths
from values import json_value, number_text

SHEET = '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>{}</sheetData></worksheet>'


def with_sheet(rows: str, styles: str | None = None) -> bytes:
    """A workbook whose first sheet's XML is replaced."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([{"name": "S", "hidden": False, "rows": [["a"]]}]))) as source, zipfile.ZipFile(content, "w") as target:
        for item in source.namelist():
            data = source.read(item)
            if item == "xl/worksheets/sheet1.xml":
                data = SHEET.format(rows).encode()
            elif item == "xl/styles.xml" and styles:
                data = styles.encode()
            target.writestr(item, data)
    return content.getvalue()


def inline(ref, text):
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def test_cells_of_all_kinds():
    rows = f'<row r="2">{inline("A2", "a")}{inline("B2", "b")}</row>'
    rows += '<row r="4"><c r="A4"><f>1+2</f><v>3</v></c><c r="B4" t="e"><v>#N/A</v></c></row>'
    rows += '<row r="5"><c r="A5" t="b"><v>1</v></c><c r="B5" t="str"><f>"x"</f><v>x</v></c></row>'
    rows += f'<row r="6"><c r="A6"><v>0.10000000000000001</v></c>{inline("B6", "line_x000D_ end")}</row>'
    rows += f'<row r="7"><c r="A7"><f>1/0</f></c>{inline("B7", "  ")}</row>'
    table = read_table("a.xlsx", with_sheet(rows))
    assert table.headers == ["a", "b"] and table.header_row == 2
    assert table.row_numbers.tolist() == [4, 5, 6]
    assert cells_of(table) == [[3.0, True, 0.1], ["#N/A", "x", "line\r end"]]
    assert [type(v) for v in cells_of(table)[0]] == [float, bool, float]
    assert table.address(1, 1) == "B5"


def test_date_styles_durations_and_times():
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="[h]:mm"/><numFmt numFmtId="165" formatCode="dd\\.mm\\.yyyy"/></numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="5"><xf/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
    )
    serials = [(1, "45658"), (2, "45658.430555555555"), (3, "1.5"), (4, "45659"), (2, "0.25"), (0, "45658"), (2, "45747.999999965"), (2, "45747.9999999999")]
    rows = f'<row r="1">{inline("A1", "a")}</row>' + "".join(f'<row r="{i}"><c r="A{i}" s="{s}"><v>{v}</v></c></row>' for i, (s, v) in enumerate(serials, start=2))
    table = read_table("a.xlsx", with_sheet(rows, styles))
    assert cells_of(table)[0] == [date(2025, 1, 1), datetime(2025, 1, 1, 10, 20), 1.5, date(2025, 1, 2), 0.25, 45658.0, datetime(2025, 3, 31, 23, 59, 59), date(2025, 4, 1)]


def test_general_in_other_languages():
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="Standard"/><numFmt numFmtId="165" formatCode="yyyy"/></numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
    )
    rows = f'<row r="1">{inline("A1", "a")}</row>' + "".join(f'<row r="{s + 2}"><c r="A{s + 2}" s="{s}"><v>45658</v></c></row>' for s in range(3))
    assert cells_of(read_table("a.xlsx", with_sheet(rows, styles)))[0] == [45658.0, 45658.0, date(2025, 1, 1)]


def test_one_line_break():
    rows = "".join(f'<row r="{i}">{inline(f"A{i}", text)}</row>' for i, text in enumerate(["a", "a_x000D_\nb", "a_x000D__x000A_b _x005F_x000D_", "a_x000D_b"], start=1))
    assert cells_of(read_table("a.xlsx", with_sheet(rows)))[0] == ["a\nb", "a\nb _x000D_", "a\rb"]


def test_a_quoted_field_behind_blanks_ends_in_its_line():
    """Else the quote is a character: a text that only has one would take all that follows."""
    table = read_table("a.csv", b'a,b\n1, "x\ny"\n2, "z, z"\n3,"v\nw"\n')
    assert cells_of(table) == [["1", 'y"', "2", "3"], [' "x', None, "z, z", "v\nw"]]


def test_wrong_dimension_does_not_cut():
    """with_sheet says that the sheet is A1 only."""
    table = read_table("a.xlsx", with_sheet(f'<row r="1">{inline("A1", "a")}{inline("B1", "b")}</row><row r="9"><c r="B9"><v>7</v></c></row>'))
    assert table.row_numbers.tolist() == [9] and cells_of(table) == [[None], [7.0]]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        (b"PK\x03\x04" + b"x" * 100, "can't be read as an Excel workbook"),
        (b"<html><table></table></html>", "web page"),
        (b"\xef\xbb\xbforder_id\n\xff\n", "damaged: it is no utf-8-bom text"),
        (b"order_id\n\0\n", "nor a text file"),
        (with_sheet("".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c></row>' for i in range(1, 9000)) + '<row r="9000"><c r="A9000"><v>3 & 4</v></c></row>'), "damaged after row [0-9]+ of sheet S"),
    ],
    ids=["encrypted", "no workbook", "html", "bad text", "binary", "damaged"],
)
def test_files_that_are_no_import_files(data, sentence):
    with pytest.raises(RunFailed, match=sentence) as failure:
        read_table("a.xlsx", data)
    assert str(failure.value).startswith("a.xlsx ") and str(failure.value).endswith(".")


def test_format_is_told_by_content():
    assert read_table("a.xlsx", SMALL).format == "csv"
    assert read_table("a.csv", workbook([{"name": "S", "hidden": False, "rows": [["a"]]}])).format == "xlsx"


def test_rounding_is_exact_and_half_even():
    assert [divided(n, 2) for n in (-3, -1, 0, 1, 3, 5)] == [-2, 0, 0, 0, 2, 2]
    assert [money(u) for u in (49, 50, 51, 150, -50, -150, -151)] == [0, 0, 0.01, 0.02, 0, -0.02, -0.02]
    assert rounded(49080, 1428571, 6) == 0.034356


def test_sums_do_not_overflow():
    units = ten_thousandths([9e17, 9e17, -1.0])
    assert int(units.sum()) == 2 * 9 * 10**21 - 10000


def test_sums_do_not_depend_on_the_order():
    rng = random.Random(7)
    values = [rng.choice([round(rng.uniform(-1e3, 1e3), 2), rng.uniform(0, 1e9), None]) for _ in range(5000)]
    total = ten_thousandths(values).sum()
    for _ in range(3):
        rng.shuffle(values)
        assert ten_thousandths(values).sum() == total


def test_number_text():
    assert [number_text(v) for v in (1.0, -3.0, 2.5, 0.1, 1e21, 1e-7, 123456789.125)] == ["1", "-3", "2.5", "0.1", "1000000000000000000000", "0.0000001", "123456789.125"]


@pytest.mark.parametrize("gap", [0, 1, 1023, 1024, 3000, 5000, 10_000])
@pytest.mark.parametrize("line", ["\n", ",,,\n", "\r\n", '""\n', " , ,\n"])
def test_gaps_in_a_text_file_lose_nothing(line, gap):
    """Blank rows are counted and left out, however many there are."""
    text = "order_id,order_date,revenue,channel\nA1,2025-01-01,100.00,web\n" + line * gap + "B0,2025-02-01,200.00,shop\n" + line * gap + "B1,2025-02-02,201.00,shop\n"
    table = read_table("gaps.csv", text.encode())
    assert table.row_numbers.tolist() == [2, 3 + gap, 4 + 2 * gap]
    assert cells_of(table)[0] == ["A1", "B0", "B1"] and cells_of(table)[2] == ["100.00", "200.00", "201.00"]


@pytest.mark.parametrize("gap", [1, 1024, 5000, 10_000])
@pytest.mark.parametrize("form", ["", '<row r="{}"/>', "<row/>", '<row r="{0}"><c r="B{0}" s="0"/></row>'])
def test_gaps_in_a_sheet_lose_nothing(form, gap):
    """Rows of a sheet may be missing, be empty, or have cells without a value."""
    rows = f'<row r="1">{inline("A1", "a")}</row><row r="2">{inline("A2", "x")}</row>'
    rows += "".join(form.format(3 + i) for i in range(gap if form else 0))
    rows += f'<row r="{3 + gap}">{inline(f"A{3 + gap}", "y")}</row>'
    table = read_table("gaps.xlsx", with_sheet(rows))
    assert table.row_numbers.tolist() == [2, 3 + gap] and cells_of(table) == [["x", "y"]]


def test_long_texts_are_shown_and_named_by_their_beginning():
    table = read_table("a.csv", f"order_id,{'n' * 300}\n1,{'x' * 1500}\n".encode())
    assert table.headers == ["order_id", "n" * 255]
    assert len(cells_of(table)[1][0]) == 1500 and json_value(cells_of(table)[1][0]) == "x" * 1000
