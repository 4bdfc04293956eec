"""Text files read by blocks: the same as row by row, whatever stands in them and wherever a block ends."""

import random

import pytest

import distincttexts
import textblocks
import textfields
from content import Content
from failure import RunFailed
from text_reference import rows_by_reference
from textfile import read_text

ROUNDS = 1500


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
