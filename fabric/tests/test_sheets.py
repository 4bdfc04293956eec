"""Sheets read many cells at once have what they have when they are read tag by tag, whatever stands in them."""

import io
import os
import random

import numpy as np
import pyarrow as pa
import pytest

from columns import Column, cell_of
from grid import FormulaCells
from numberformats import DATE_SHOWN, TIME_SHOWN, moments_of_serials
from package import DAMAGES, Characters
from sharedtexts import SharedTexts, TextReader
from sheetcolumns import SheetColumns
from sheetreading import SheetReader
from worksheet import CellValues, SheetRows, read_sheet

SHARED = ["alpha", "", "  ", "ä€😀", "a_x000D_", "alpha", *(f"t{i}" for i in range(30))]
FORMATS = [0, 1, 2, 0, 1]
NUMBERS = ["0", "1", "-1.5", "0.1", "45000", "45000.75", "59.9999999999", "60", "61", "0.25", "0.9999999999", "1E5", "1e-7", "-0", "2958465.9999999999", "2958466", "17.100000000000001",
           "12345678901234567", "1e999", "-1e999", "nan", "inf", "13,5", " 7 ", "+5", ".5", "5.", "", " ", "1_0", "0x1F", "--1", "٣", "1&amp;2", "4.9e-324", "1e-400"]  # fmt: skip
TEXTS = ["", " ", "plain", "a &amp; b", "&lt;&gt;&quot;&apos;", "ä€😀", "_x000D_", "_x0041_", "_xD83D__xDE00_", "_xD83D_", "a\r\nb", "a\rb", "a\nb", "a > b", "x" * 70]
BROKEN = ["&", "&nbsp;", "]]>", "<b>", "</v>", "\x01", "\ufffe", "&#0;", "<", '<c r="A1">', "</row>", "</c>", "<!-- x --", "<![CDATA[x"]
EXTRAS = [' x:t="s"', ' s="1"', ' t="n"', ' r="Z9"', " bad", ' a="&b;"', ' t=""', ' s=""']

SHEETS = int(os.environ.get("SHEETS", "15"))  # of each kind


def column_letters_of(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


class Writer:
    """Writes sheets as programs do, and now and then as none does. odd: how often, from 0 to 1."""

    def __init__(self, seed: int, odd: float):
        self.random, self.odd = random.Random(seed), odd
        self.harm = self.random.random() < 0.3  # what is refused
        self.pretty = self.random.random() < 0.2
        self.addresses = self.random.random() < 0.8
        self.prefix = self.random.choice(["", "", "", "x:", "a.b:"])

    def strange(self) -> bool:
        return self.random.random() < self.odd

    def harmful(self) -> bool:
        return self.harm and self.strange()

    def one(self, *choices):
        return self.random.choice(choices)

    def tag(self, name: str, attributes: str = "") -> str:
        prefix = self.prefix if not self.harmful() else self.one("", "y:")
        return f"<{prefix}{name}{attributes}>"

    def text(self) -> str:
        return self.one(*BROKEN) if self.harmful() else self.one("&#10;", "&#x41;") if self.strange() else self.one(*TEXTS)

    def value(self, kind: str) -> str:
        if kind == "n":
            return self.one(*NUMBERS) if self.strange() else str(self.random.randint(0, 60000) / self.one(1, 2, 4, 1000))
        if kind == "s":
            if self.harmful():
                return self.one("99", "-1", "1.0", "0x1", "²", "99999999999")
            return self.one("007", "", " 3 ", "٣") if self.strange() else str(self.random.randrange(len(SHARED)))
        if kind == "b":
            return self.one("0", "1", "true", "false", "2", "", "11", " 1 ") if self.strange() else self.one("0", "1")
        if kind == "e":
            return self.one("#N/A", "#DIV/0!", "")
        if kind == "d":
            return self.one("2025-03-01", "2025-03-01T08:30:00", "08:30:00", "x")
        return self.text()

    def cell(self, row: int, column: int) -> str:
        kind = self.random.choices(["n", "s", "str", "inlineStr", "b", "e", "d"], [8, 8, 2, 3, 2, 1, 1])[0]
        attributes = []
        if self.addresses != self.strange():
            attributes.append(f' r="{column_letters_of(column)}{row if not self.strange() else row + self.one(-1, 0, 10)}"')
        if self.random.random() < 0.4:
            attributes.append(f' s="{self.random.randrange(7)}"')
        if kind != "n" or self.strange():
            attributes.append(f' t="{kind}"')
        if self.strange():
            attributes.append(self.one(*EXTRAS, ' t="zz"') if self.harmful() else self.one(' cm="1"', ' vm="1" ph="0"', ' a="&amp;"', ' a="ä"', ' a="b>c"', ' x:s="3"', " ", "\n"))
            self.random.shuffle(attributes)
        if self.strange():
            attributes = [attribute.replace('"', "'") for attribute in attributes]
        tag, end = self.tag("c", "".join(attributes)), f"</{self.prefix}c>"
        if self.random.random() < 0.08:
            return tag[:-1] + self.one("/>", " />") if self.random.random() < 0.7 else tag + end
        formula = ""
        if self.random.random() < 0.15 and (kind != "inlineStr" or self.strange()):
            formula = self.one("<f>A1*B2</f>", '<f t="shared" si="0"/>', '<f t="shared" ref="A1:A9" si="0">A1&lt;2</f>', "<f>Sheet2!A1&amp;\"x\"</f>", "<f/>" if self.strange() else "<f> </f>", "<f a=1>x</f>" if self.harmful() else "<f></f>")
            formula = formula.replace("</", f"</{self.prefix}").replace("<f", f"<{self.prefix}f")
        between = "\n  " if self.pretty or self.strange() else ""
        text = self.value(kind)
        if kind == "inlineStr" and not self.strange():
            kept = self.one("", ' xml:space="preserve"')
            inner = f"{self.tag('is')}{between}{self.tag('t', kept)}{text}</{self.prefix}t>{between}</{self.prefix}is>"
            if self.strange():
                inner = f"{self.tag('is')}<{self.prefix}r><{self.prefix}t>ab</{self.prefix}t></{self.prefix}r><{self.prefix}rPh><{self.prefix}t>no</{self.prefix}t></{self.prefix}rPh></{self.prefix}is>"
        elif self.random.random() < 0.1 and kind != "inlineStr":
            inner = self.one("", f"<{self.prefix}v/>", f"<{self.prefix}v />", f"<{self.prefix}v></{self.prefix}v>")
        else:
            inner = f"{self.tag('v')}{text}</{self.prefix}v>"
        if self.strange() and self.random.random() < 0.1:
            inner += self.one("<!-- <row r='9'> -->", "<![CDATA[</row>]]>", "<?x y?>", f"<{self.prefix}extLst/>", "text")
        return tag + between + formula + between + inner + between + end + between

    def row(self, number: int) -> str:
        attributes = f' r="{number}"' if self.addresses or self.strange() else ""
        if self.strange():
            attributes = self.one(attributes, "", f" r='{number}'", ' r=""', f' spans="1:3" r="{number}"', f' r="0{number}"', ' r="x"' if self.harmful() else attributes)
        attributes += self.one("", ' spans="1:3"', ' hidden="1"', ' hidden="0" ht="15.5"', ' x:hidden="1"', ' hidden="true"') if self.random.random() < 0.5 else ""
        if self.random.random() < 0.05:
            return self.tag("row", attributes)[:-1] + "/>"
        columns = [column for column in range(self.one(3, 6, 40)) if self.random.random() < 0.8]
        if self.strange():
            self.random.shuffle(columns)
            columns += [self.one(0, 701, 702, 16383, 16384 if self.harmful() else 5)]
        row = self.tag("row", attributes) + self.one("", "", "\n") + "".join(self.cell(number, column) for column in columns) + f"</{self.prefix}row>"
        if self.strange() and self.random.random() < 0.1:
            row = self.one(f"<{self.prefix}other>{row}</{self.prefix}other>", row + "<x/>", row + "<!-- -->", row[:-3] if self.harmful() else row, row + "text", f"<{self.prefix}rowBreaks/>" + row)
        return row + self.one("", "", "", "\n", " ")

    def sheet(self) -> bytes:
        number, rows = 0, []
        for _ in range(self.random.randrange(2, 40)):
            number += 1 if not self.strange() else self.one(0, 1, 2, 100)
            rows.append(self.row(max(number, 1)))
        p = self.prefix
        head = self.one("", '<?xml version="1.0" encoding="UTF-8"?>\r\n', "\ufeff", "<?xml version='1.0' encoding='utf-8'?>", "<?xml version='1.0' encoding='ISO-8859-1'?>" if self.strange() else "")
        text = head + f'<{p}worksheet xmlns="urn:x"><{p}dimension ref="A1"/>{self.one("", "<!-- <sheetData> -->") if self.strange() else ""}<{p}sheetData>{self.one("", chr(10))}' + "".join(rows)
        text += f"</{p}sheetData><{p}rowBreaks><{p}brk/></{p}rowBreaks></{p}worksheet>" if not self.harmful() else self.one("", f"</{p}sheetData>", "<x>")
        data = text.encode("utf-8", "surrogatepass")
        if self.harm and self.random.random() < self.odd:
            cut = self.random.randrange(len(data))
            data = data[:cut] + self.one(b"", b"\xff", b"\xed\xa0\x80", b"\x00", b"<", b"&") + data[cut + self.one(0, 1) :]
        return data


def in_pieces(data: bytes, size: int):
    part = Characters(io.BytesIO(data))
    while piece := part.read(size):
        yield piece


def trimmed_row(row: list) -> list:
    row = list(row)
    while row and row[-1] is None:
        row.pop()
    return [(type(cell), cell) for cell in row]


def read_singly(data: bytes, values: CellValues) -> tuple:
    found, damaged = SheetRows(), False
    try:
        read_sheet(Characters(io.BytesIO(data)), values, found)
    except DAMAGES:
        damaged = True
    return damaged, found.numbers, list(map(trimmed_row, found.rows)), found.hidden, sorted(found.formulas), found.unsaved, found.errors


def read_quickly(data: bytes, values: CellValues, scanned: int, size: int) -> tuple:
    found, damaged = SheetColumns(values.shared.array), False
    try:
        SheetReader(values, found, scanned).read(in_pieces(data, size))
    except DAMAGES:
        damaged = True
    numbers = [number for part in found.numbers for number in part.tolist()]
    columns, beyond = found.columns()
    cells = [column.cells() for column in columns]
    rows = [trimmed_row([column[row] for column in cells] + beyond.get(row, [])) for row in range(found.count)]
    check_columns(columns)
    formulas = FormulaCells.joined(found.formulas)
    at = list(zip(formulas.places.tolist(), formulas.columns.tolist()))
    return damaged, numbers, rows, found.hidden, sorted(at), {at[place] for place in np.flatnonzero(formulas.unsaved)}, found.errors


def check_columns(columns: list[Column]) -> None:
    """They keep what is promised of columns."""
    for column in columns:
        words = column.words
        assert len(set(words)) == len(words) and "" not in words
        if column.codes is not None:
            assert ((column.codes >= 0) == (column.kinds == 6)).all()
        if column.numbers is not None:
            assert not column.numbers[(column.kinds == 0) | (column.kinds == 6)].any()


@pytest.mark.parametrize("odd", [0, 0.003, 0.02, 0.1, 0.4])
def test_sheets_read_at_once_and_tag_by_tag_are_the_same(odd):
    damages = rows = 0
    for seed in range(SHEETS):
        data = Writer(seed, odd).sheet()
        draw = random.Random(seed)
        shared = SharedTexts(pa.array(SHARED, pa.large_string()))
        expected = read_singly(data, CellValues(shared, FORMATS, seed % 5 == 0))
        for scanned in (draw.choice([0, 1, 500]), draw.randrange(1000, 5000), 1 << 20):
            found = read_quickly(data, CellValues(shared, FORMATS, seed % 5 == 0), scanned, draw.choice([7, 100, 1000, 1 << 20]))
            assert found == expected, (seed, scanned)
        damages += expected[0]
        rows += len(expected[1])
    assert rows > 5 * SHEETS and (damages > 0 or odd < 0.01)


@pytest.mark.parametrize("size", [1 << 10, 1 << 20])
def test_rows_as_programs_write_them_are_read_at_once(size):
    """Only the head, the last row and what follows it are read tag by tag."""
    singly = every = 0
    for seed in range(40):
        data = Writer(seed, 0).sheet()
        values = CellValues(SharedTexts(pa.array(SHARED, pa.large_string())), FORMATS, False)
        reader = SheetReader(values, SheetColumns(values.shared.array), 1 << 14)
        reader.read(in_pieces(data, size))
        last = max(data.rfind(b"<row"), data.rfind(b":row"))
        singly += reader.sheet.fed - (len(data) - last) - data.find(b"sheetData>")
        every += last
    assert singly < 0.1 * every


def table_of_texts(seed: int, odd: float) -> bytes:
    draw = random.Random(seed)
    prefix = draw.choice(["", "", "x:"])
    items = []
    for _ in range(draw.randrange(60)):
        text = draw.choice(TEXTS)
        kept = draw.choice(["", ' xml:space="preserve"'])
        item = f"<si><t{kept}>{text}</t></si>"
        if draw.random() < odd:
            item = draw.choice(["<si/>", "<si></si>", "<si><t/></si>", f"<si><r><rPr/><t>a</t></r><r><t>{text}</t></r><rPh><t>no</t></rPh></si>", "<other><si><t>no</t></si></other>", item + "<!-- <si> -->", f"<si a='1'><t>{text}</t></si>", "<si><t>&#65;</t></si>", "<si>\n <t>b</t>\n</si>\n", "<si><phoneticPr/><t>c</t></si>", "<si><t>a</t><t>b</t></si>"])
        if draw.random() < odd / 20:
            item = draw.choice([*BROKEN, "<si>", "</si>"])
        items.append(item)
    text = f'<sst xmlns="urn:x" count="1">{"".join(items)}</sst>' if draw.random() > odd / 20 else f"<sst>{''.join(items)}"
    return text.replace("<", f"<{prefix}").replace(f"<{prefix}/", f"</{prefix}").replace(f"<{prefix}!", "<!").encode()


@pytest.mark.parametrize("odd", [0, 0.05, 0.5])
def test_tables_of_texts_read_at_once_and_tag_by_tag_are_the_same(odd):
    damages = texts = 0
    for seed in range(60):
        data = table_of_texts(seed, odd)
        found = []
        for scanned, size in ((0, 1 << 20), (1, 50), (300, 70), (1 << 20, 1 << 20)):
            reader = TextReader(scanned)
            try:
                reader.read(in_pieces(data, size))
                found.append(reader.texts.array.to_pylist())
            except DAMAGES:
                found.append(None)
        assert found == [found[0]] * 4, seed
        damages += found[0] is None
        texts += len(found[0] or [])
    assert texts > 300 and (damages > 0 or not odd)


@pytest.mark.parametrize("date1904", [False, True])
def test_serial_numbers_at_once_and_one_by_one_are_the_same(date1904):
    draw = random.Random(7)
    serials = [0.0, 1.0, 59.0, 60.0, 61.0, 0.5, -1.0, 2958465.0, 2958466.0, 2957003.9999999999, 1e300, 59.999999999, 60.999999999, 0.9999999999, 0.999994]
    serials += [draw.randrange(3_000_000) + draw.choice([0.0, 0.25, draw.random(), 1 - 10 ** -draw.randrange(3, 13)]) for _ in range(5000)]
    serials += [draw.random() * 2 for _ in range(500)]
    for shown in (DATE_SHOWN, TIME_SHOWN):
        values = CellValues(SharedTexts(), [shown], date1904)
        kinds, numbers = moments_of_serials(np.array(serials), np.full(len(serials), shown == TIME_SHOWN), date1904)
        for place, serial in enumerate(serials):
            expected = values.value("n", "0", repr(serial))
            found = cell_of(int(kinds[place]), float(numbers[place]))
            assert (type(found), found) == (type(expected), expected), serial
