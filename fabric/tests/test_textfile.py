"""Text files read by blocks: the same as row by row, whatever stands in them and wherever a block ends."""

import random
import tracemalloc

import pytest

import distincttexts
import textblocks
import textfields
from content import Content
from failure import RunFailed
from text_reference import rows_by_reference
from textfile import read_text

ROUNDS = 300


def assert_same(data: bytes, options: dict) -> None:
    """The reader's rows are the reference's; of blank lines only that they have no value."""
    told = f"{data!r} {options}"
    refused = None
    try:
        rows, form, escaped, strange = rows_by_reference("a.csv", data, options)
    except RunFailed as error:
        refused = str(error)
    if refused is not None:
        with pytest.raises(RunFailed) as failure:
            read_text("a.csv", Content(data), options)
        assert str(failure.value) == refused, told
        return
    grid, found_form, found_escaped = read_text("a.csv", Content(data), options)
    assert grid.widths is not None
    assert (found_form, found_escaped) == (form, escaped), told
    assert grid.numbers.tolist() == list(range(1, len(rows) + 1)), told
    for place, row in enumerate(rows):
        found = grid.row(place)
        if any(row) or len(row) > 1:
            assert found == row and grid.widths[place] == len(row), told
        else:
            assert not any(found), told
    for column in grid.columns:
        assert len(column) == len(rows)
        assert len(set(column.words)) == len(column.words), told
        assert column.codes is None or sorted(set(column.codes.tolist()) - {-1}) == list(range(len(column.words))), told
    assert {(int(place), column) for column in grid.strange.columns for place in grid.strange.places(column)} == strange, told


PLAIN = ["a", "b7", "12.50", "", "", " ", "x y", "ä", "€uro", "𝄞", "\u2028", "\x85", "\x0b", "5 pipe", "\ufeff", "a\\b", "\\", "\ufffd", "\x01"]
NASTY = ['"', '""', '"""', ' "', '" ', '\t"', '5" pipe', 'a"b"', '"x', 'x"', '"a" b', '\\"', '"\\"', '"a\\', "\\\\"]
QUOTED = ['"a"', '"a,b;c"', '"l\nm"', '"l\r\nm"', '"l\rm"', '"say ""hi"""', '""', ' "s, t" ', '"u"  ', '\t"v"', '"w\r\r\nz"', '""""', '"\\\\"', '"say \\"hi\\""', '"e\\n"']
LINE_ENDS = ["\n", "\n", "\r\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\r\r\n", "\n\r"]


def random_text(rng: random.Random, delimiter: str) -> str:
    """A table with more or less of what is unusual."""
    width, ragged, nasty, quoted = rng.randint(1, 5), rng.choice([0, 0, 0.1, 0.5]), rng.choice([0, 0, 0, 0.02, 0.3]), rng.choice([0, 0, 0.2, 0.6])
    ends = rng.choice([["\n"], ["\r\n"], ["\r"], LINE_ENDS])
    text = rng.choice(["", "", "", "sep=;\n", '"sep=|"\r\n', "SEP=,\r"]) if rng.random() < 0.1 else ""
    for _ in range(rng.randint(0, 12)):
        fields = [rng.choice(NASTY if rng.random() < nasty else QUOTED if rng.random() < quoted else PLAIN) for _ in range(width)]
        if rng.random() < ragged:
            fields = rng.choice([fields[: rng.randint(0, width)], fields + [""] * rng.randint(1, 3), [*fields, "more"], fields + ["x"] * rng.randint(1, 40)])
        text += delimiter.join(fields) + rng.choice(ends)
    return text if rng.random() < 0.7 else text[: len(text) - rng.randint(0, min(len(text), 3))]


def random_file(rng: random.Random) -> tuple[bytes, dict]:
    """The bytes of such a text in some encoding, or damaged, and what a person says of it."""
    delimiter = rng.choice([",", ",", ";", "\t", "|", ",", "~", " ", "§", "€", "\\", "a", ":"])
    options = {"delimiter": delimiter} if delimiter not in ",;\t|" or rng.random() < 0.3 else {}
    if rng.random() < 0.3:
        options["quoting"] = rng.choice(["double", "backslash", "none"])
    text = random_text(rng, delimiter)
    codec, mark = rng.choice([("utf-8", b""), ("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("cp1252", b""), ("utf-8", b"\xef\xbb\xbf" * 2)])
    data = bytearray(mark + text.encode(codec, "replace"))
    if rng.random() < 0.25:
        for _ in range(rng.randint(1, 4)):
            data.insert(rng.randint(0, len(data)), rng.choice([0x80, 0x81, 0xE4, 0xFF, 0xC3, 0xE2, 0xF0, 0xED, 0xA0, 0x22, 0x0D, 0x0A]))
    if rng.random() < 0.03:
        data.insert(rng.randint(0, len(data)), 0)
    if rng.random() < 0.2:
        options["encoding"] = rng.choice(["utf-8", "utf-16le", "utf-16be", "windows-1250", "windows-1252", "iso-8859-1", "iso-8859-15", "macintosh", "ibm850"])
    return bytes(data), options


@pytest.mark.parametrize("seed", range(8))
def test_random_texts_are_read_as_row_by_row(seed, monkeypatch):
    rng = random.Random(seed)
    for _ in range(ROUNDS):
        monkeypatch.setattr(textblocks, "BLOCK", rng.choice([1, 2, 3, 5, 16, 64, 1 << 24]))
        monkeypatch.setattr(textfields, "SELDOM", rng.choice([1, 2, 3, 100]))
        monkeypatch.setattr(textfields, "STAND_INS", rng.choice([[1], textfields.STAND_INS]))
        monkeypatch.setattr(distincttexts, "GROUP", rng.choice([1, 2, 5, 1 << 19]))
        assert_same(*random_file(rng))


def large_text(rng: random.Random, rows: int, odd: list[str]) -> str:
    """A table in which now and then a row is an odd one."""
    lines = ["order_id,order_date,revenue,note"]
    for row in range(rows):
        note = rng.choice(["", "plain", '"said, ""so"""', '"two\r\nlines"', f"note {rng.randint(0, 500)}"])
        lines.append(rng.choice(odd) if odd and rng.random() < 0.01 else f"SO-{row},2025-01-{rng.randint(1, 28):02},{rng.randint(1, 10**6) / 100},{note}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("odd", "codec"),
    [
        ([], "utf-8"), (['1,2025-01-01,5,5" pipe', '2,2025-01-01,6, "blank, before"', '3,2025-01-01,7,"blank behind" '], "utf-8"),
        (["1", "2,3", "", "", "1,2,3,4,5", "1,2,3,4,,,", ",".join(map(str, range(60)))], "utf-8"), (["1,2025-01-01,5,Grün", "Größe,,,"], "cp1252"),
        (["1,2025-01-01,5,Grün", "1,2025-01-01,5,Gr\udcfcn", "\udcff,x"], "utf-8"), (['1,2025-01-01,5,"a \\"b\\", c"', '1,2025-01-01,5,"\\\\"'], "utf-8"),
        (["1,2025-01-01,5,Größe", ""], "utf-16-le"), (["\ufeff1,2,3,4"], "utf-8"),
    ],
    ids=["quoted", "odd quotes", "ragged", "windows", "strange bytes", "backslashes", "two bytes", "marks"],
)  # fmt: skip
def test_large_tables_are_read_as_row_by_row(odd, codec, monkeypatch):
    monkeypatch.setattr(textblocks, "BLOCK", 20_000)
    monkeypatch.setattr(distincttexts, "GROUP", 500)
    text = large_text(random.Random(7), 3000, odd)
    assert_same(text.encode(codec, "surrogateescape" if codec == "utf-8" else "strict"), {"encoding": "utf-16le"} if codec == "utf-16-le" else {})


ENDLESS = "a.csv can't be read as CSV after row 2: the next one does not end within 16 MB. Check that each quotation mark has its counterpart, save it again and upload it again."


@pytest.mark.parametrize("block", [7, 64, 1 << 20])
@pytest.mark.parametrize("tail", ["x" * 3000, "x" * 3000 + "\n3,4\n", '"' + "x\n" * 1500, '"' + "x\n" * 1500 + '"\n', '1,"' + '""' * 1500 + '"\n', 'y,5" ' + "x" * 3000 + "\n", '"x\\"y' + ",\n" * 1500 + '"\n3,4\n'])
@pytest.mark.parametrize("quoting", [None, "double", "none"])
def test_a_record_has_an_end(tail, quoting, block, monkeypatch):
    monkeypatch.setattr(textblocks, "MOST_RECORD", 1000)
    monkeypatch.setattr(textblocks, "BLOCK", block)
    data, options = ("a,b\n1,2\n" + tail).encode(), {} if quoting is None else {"quoting": quoting}
    lines_end = "\n" in tail[:2000]
    if quoting == "none" and lines_end:
        assert len(read_text("a.csv", Content(data), options)[0]) == 2 + len(tail.splitlines())
        return
    with pytest.raises(RunFailed) as failure:
        read_text("a.csv", Content(data), options)
    sentence = str(failure.value)
    stray = '"x\\"y' in tail and quoting != "none"  # y stands behind a closing quote
    assert sentence == (ENDLESS if not stray else "a.csv can't be read as CSV after row 2: a quoted text has no end, or goes on behind it. Save it again and upload it again.")


def test_records_as_long_as_they_may_be_are_read(monkeypatch):
    monkeypatch.setattr(textblocks, "MOST_RECORD", 1000)
    for block in (7, 64, 1 << 20):
        monkeypatch.setattr(textblocks, "BLOCK", block)
        for record in ("x" * 996 + ",2\n", '"' + "x" * 994 + '",2\n', "5\" " + "x" * 993 + ",2\n"):
            assert_same(b"a,b\n" + record.encode() * 3, {})


def test_columns_have_an_end(monkeypatch):
    monkeypatch.setattr(textfields, "MOST_TEXT_COLUMNS", 6)
    for block in (7, 64, 1 << 20):
        monkeypatch.setattr(textblocks, "BLOCK", block)
        for fields in (7, 40):
            with pytest.raises(RunFailed, match=r"after row 2: the next one has more than .* columns\. Check what separates its columns"):
                read_text("a.csv", Content(b"a,b\n1,2\n" + b"," * (fields - 1) + b"x\n3,4\n"), {})
        grid = read_text("a.csv", Content(b"a,b\n1,2\n" + b"," * 40 + b" \n3,4\n" + b"3,4\n" * 50), {})[0]
        assert grid.row(1) == ["1", "2"] and grid.row(3) == ["3", "4"] and not any(grid.row(2))


@pytest.mark.parametrize("start", [b"", b'"'], ids=["line", "quote"])
def test_a_file_without_an_end_takes_no_more_memory(start, tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n1,2\n" + start)
        for _ in range(150):
            file.write(b"x" * (1 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(RunFailed) as failure:
            read_text("a.csv", Content(path), {})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(failure.value) == ENDLESS and peak < 120 << 20


def test_pyarrow_is_given_records_of_one_width(monkeypatch):
    """Of a record with more fields than it knows of pyarrow writes into memory that is not its own."""
    read, seen = textfields.Regular.read, []

    def checked(self, text, width):
        assert {len(record) for record in self.records.every(text)} == {width}, text
        seen.append(width)
        read(self, text, width)

    monkeypatch.setattr(textfields.Regular, "read", checked)
    rng = random.Random(1)
    for _ in range(ROUNDS):
        assert_same(*random_file(rng))
    assert len(seen) > 100
    wide = b"," * 200_000
    grid = read_text("a.csv", Content(b"a,b\n1,2\n" + (wide + b"\n") * 5 + b"3,4\n"), {})[0]
    assert grid.row(1) == ["1", "2"] and grid.row(7) == ["3", "4"] and grid.widths is not None and grid.widths[4] == 200_001
