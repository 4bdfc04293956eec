"""Workbooks of other programs, as they come: every one has the cells that Excel shows."""

import io
import re
import zipfile
from datetime import date, datetime, time

import pytest

from conftest import cells_of, profile_of, read_table, workbook
from failure import RunFailed
from package import Characters

ROWS = [["order_id", "order_date", "revenue"], ["A", {"date": "2025-03-01"}, 10.5], ["B", {"datetime": "2025-03-02T08:30:00"}, 11]]
CELLS = [["A", "B"], [date(2025, 3, 1), datetime(2025, 3, 2, 8, 30)], [10.5, 11.0]]
SHEET = "xl/worksheets/sheet1.xml"
TRANSITIONAL = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def parts_of(rows=ROWS, **options) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook([{"name": "S", "hidden": False, "rows": rows}], **options))) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return content.getvalue()


def replaced(parts: dict[str, bytes], name: str, old: str, new: str) -> dict[str, bytes]:
    """old is a regular expression: versions of openpyxl write one thing in several ways."""
    text, count = re.subn(old, new, parts[name].decode())
    assert count, old
    return {**parts, name: text.encode()}


def strict(parts):
    for old, new in TRANSITIONAL.items():
        parts = {name: data.replace(old.encode(), new.encode()) for name, data in parts.items()}
    return parts


def without_styles(parts):
    parts = {name: data for name, data in parts.items() if name != "xl/styles.xml"}
    return replaced(parts, "xl/_rels/workbook.xml.rels", "styles.xml", "nowhere.xml")


def prefixed(parts):
    sheet = parts[SHEET].decode().replace("<", "<x:").replace("<x:/", "</x:").replace('xmlns="', 'xmlns:x="')
    return {**parts, SHEET: b"\xef\xbb\xbf" + sheet.encode()}


def with_foreign_flag(parts):
    """A second workbookPr of another namespace, as Excel 2013 and later write it."""
    return replaced(parts, "xl/workbook.xml", "</workbook>", '<extLst><ext><x15:workbookPr xmlns:x15="urn:x" date1904="1"/></ext></extLst></workbook>')


PACKINGS = {
    "as it is": lambda parts: parts,
    "strict": strict,
    "empty fill": lambda parts: replaced(parts, "xl/styles.xml", "<fill><patternFill ?/></fill>", "<fill/>"),
    "backslashes": lambda parts: {name.replace("/", "\\"): data for name, data in parts.items()},
    "upper case": lambda parts: {name.upper() if name == SHEET else name: data for name, data in parts.items()},
    "absolute targets": lambda parts: replaced(parts, "xl/_rels/workbook.xml.rels", 'Target="(?:/xl/)?', 'Target="/xl/'),
    "bad dimension": lambda parts: replaced(parts, SHEET, '<dimension ref="A1:C3"', '<dimension ref="A1:@7"'),
    "prefixes": prefixed,
    "foreign flag": with_foreign_flag,
    "no addresses": lambda parts: {**parts, SHEET: re.sub(rb' r="[A-Z]*[0-9]+"', b"", parts[SHEET])},
    "empty attributes": lambda parts: replaced(parts, SHEET, '<c r="A2" ', '<c r="A2" s="" '),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_every_packing_has_the_same_cells(packing):
    table = read_table("a.xlsx", packed(PACKINGS[packing](parts_of())))
    assert cells_of(table) == CELLS and table.headers == ROWS[0] and table.row_numbers.tolist() == [2, 3]


def test_without_styles_dates_are_numbers():
    assert cells_of(read_table("a.xlsx", packed(without_styles(parts_of()))))[1] == [45717.0, pytest.approx(45718 + 8.5 / 24)]


def test_days_count_from_1904_where_the_workbook_says_so():
    assert cells_of(read_table("a.xlsx", packed(strict(parts_of(date1904=True))))) == CELLS


def sheet_of(cells: str, styles: list[int]) -> bytes:
    parts = parts_of([["a"]])
    data = f'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>{cells}'
    text = parts[SHEET].decode()
    start, end = text.index("<sheetData>") + len("<sheetData>"), text.index("</sheetData>")
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in styles)
    style = f'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="{len(styles)}">{formats}</cellXfs></styleSheet>'
    return packed({**parts, SHEET: (text[:start] + data + text[end:]).encode(), "xl/styles.xml": style.encode()})


def test_serial_numbers_that_are_no_days_stay_numbers():
    serials = ["0", "1", "59", "60", "61", "-3", "2958465", "2958466", "0.5", "45000.9999999", "45000.99999999999"]
    rows = "".join(f'<row r="{i}"><c r="A{i}" s="1"><v>{serial}</v></c></row>' for i, serial in enumerate(serials, start=2))
    cells = cells_of(read_table("a.xlsx", sheet_of(rows, [0, 14])))[0]
    assert cells == [0.0, date(1900, 1, 1), date(1900, 2, 28), 60.0, date(1900, 3, 1), -3.0, date(9999, 12, 31), 2958466.0, 0.5, datetime(2023, 3, 15, 23, 59, 59), date(2023, 3, 16)]


def test_cells_of_type_d():
    values = ["2025-03-01", "2025-03-01T08:30:00", "2025-03-31T23:59:59.997", "08:30:00", "T08:30", "1899-12-30T08:30:00", "no date", "2025-02-30"]
    rows = "".join(f'<row r="{i}"><c r="A{i}" t="d" s="1"><v>{value}</v></c></row>' for i, value in enumerate(values, start=2))
    cells = cells_of(read_table("a.xlsx", sheet_of(rows, [0, 21])))[0]
    assert cells == [date(2025, 3, 1), datetime(2025, 3, 1, 8, 30), datetime(2025, 3, 31, 23, 59, 59), time(8, 30), time(8, 30), time(8, 30), "no date", "2025-02-30"]


def test_rich_and_phonetic_texts_and_numbers_as_others_write_them():
    rows = '<row r="2"><c t="inlineStr"><is><r><t>ab</t></r><r><t xml:space="preserve"> c</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c></row>'
    rows += '<row r="3"><c t=""><v> 1.05E1 </v></c></row><row r="4"><c><v>13,5</v></c></row><row r="5"><c><v>1e999</v></c></row><row r="6"><c r="0"><v>-0</v></c></row>'
    rows += '<row r="7"><c t="str"><v>a_x000D_\n_x005F_x000D__xd83d__xDE00_</v></c></row>'
    assert cells_of(read_table("a.xlsx", sheet_of(rows, [0])))[0] == ["ab c", 10.5, "13,5", "1e999", 0.0, "a\n_x000D_😀"]


def test_characters_that_xml_does_not_know():
    """Written as they are, or by their numbers."""
    texts = ["a\x01b", "a&#26;b", "a&#x1F;b", "a\ufffeb", "&#xFFFF;", "&#10;&#x9;|&amp;"]
    rows = "".join(f'<row r="{i}"><c t="inlineStr"><is><t>{text}</t></is></c></row>' for i, text in enumerate(texts, start=2))
    assert cells_of(read_table("a.xlsx", sheet_of(rows, [0])))[0] == ["a\x01b", "a\x1ab", "a\x1fb", "a\ufffeb", "\uffff", "\n\t|&"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 100])
def test_such_characters_are_found_wherever_a_part_is_cut(size):
    part = Characters(io.BytesIO("<t>\x00ä&#x1f;é&#7;&amp;\uffff&</t>\x02".encode()))
    pieces = []
    while piece := part.read(size):
        pieces.append(piece)
    assert b"".join(pieces).decode() == "<t>_x0000_ä_x001F_é_x0007_&amp;_xFFFF_&</t>_x0002_"


def test_totals_that_a_table_declares_are_left_out():
    parts = parts_of([*ROWS, ["C", {"date": "2025-03-03"}, 12], ["all", None, 33.5]])
    parts["xl/tables/table1.xml"] = b'<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="1" ref="A1:C5" totalsRowCount="1"/>'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/table"
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = f'<Relationships><Relationship Id="t" Type="{relation}" Target="../tables/table1.xml"/></Relationships>'.encode()
    found = profile_of("a.xlsx", packed(parts))
    assert found["reading"]["left_out"] == [{"kind": "total", "rows": 1, "revenue": 33.5, "first": [5]}] and found["reading"]["questions"] == []


FORMULAS = (
    '<row r="2"><c r="A2"><f>0</f><v>0</v></c><c r="B2"><f>0</f><v>5</v></c><c r="C2"><f>0</f></c><c r="D2"><f>0</f><v>0</v></c><c r="E2" t="str"><f>""</f><v></v></c></row>'
    '<row r="3"><c r="A3"><f>0</f><v>0</v></c><c r="B3"><f>0</f><v>0</v></c><c r="C3"><f>0</f><v/></c><c r="D3"><f>0</f></c><c r="E3" t="str"><f>""</f></c></row>'
    '<row r="4"><c r="A4"><f>0</f></c><c r="B4"><f>0</f></c></row>'  # no row of the table
)


@pytest.mark.parametrize(
    ("says", "chain", "uncached"),
    [
        ("", False, [0, 0, 2, 1, 1]),
        ('<calcPr fullCalcOnLoad="0"/>', False, [0, 0, 2, 1, 1]),
        ('<calcPr fullCalcOnLoad="1"/>', False, [2, 0, 2, 2, 1]),
        ('<calcPr fullCalcOnLoad="1"/>', True, [0, 0, 2, 1, 1]),
        ('<extLst><calcPr fullCalcOnLoad="1"/></extLst>', False, [0, 0, 2, 1, 1]),
    ],
)
def test_formulas_that_were_never_calculated(says, chain, uncached):
    """Those without a value, and zeros where nothing says that the workbook ever was calculated and no formula of the column has another value."""
    parts = replaced(parts_of([list("abcde")]), SHEET, "</sheetData>", FORMULAS + "</sheetData>")
    parts = replaced(parts, "xl/workbook.xml", "<calcPr[^>]*>", says)
    if chain:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
        parts = replaced(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", f'<Relationship Id="chain" Type="{kind}" Target="calcChain.xml"/></Relationships>')
    found = profile_of("a.xlsx", packed(parts))
    assert found["row_count"] == 2 and [column["formulas"] for column in found["columns"]] == [2] * 5
    assert [column["formulas_uncached"] for column in found["columns"]] == uncached


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, "<sheetData>", '<!DOCTYPE x [<!ENTITY a "b">]><sheetData>'),
        (SHEET, '<row r="3"', '<row r="99999999"'),
        (SHEET, 't="(s|inlineStr)"', 't="zz"'),
        (SHEET, 't="(s|inlineStr)">.*?</c>', 't="s"><v>99999</v></c>'),
        (SHEET, '<c r="A2"', '<c r="AAAA2"'),
        (SHEET, "</sheetData>", ""),
        (SHEET, "</worksheet>", ""),
    ],
)
def test_damage_is_never_silent(part, old, new):
    with pytest.raises(RunFailed, match=r"is damaged after row|can't be read"):
        read_table("a.xlsx", packed(replaced(parts_of(), part, old, new)))
