"""A text file as contract/RULES.md says, row by row in Python over the whole text: slow, and easy to compare with the rules. The reader
of blocks must give the same (test_textfile.py)."""

import csv
import io
import re
from collections.abc import Iterator

from dialect import CODECS, CONTROLS, HEAD, MARKS, SEVERAL_BYTES, delimiter_of, separated
from failure import RunFailed
from quoting import StrayQuote

ESCAPE = re.compile(r'\\(["\\])')
SURROGATES = re.compile("[\udc80-\udcff]")


def rows_by_reference(name: str, data: bytes, options: dict) -> tuple[list, dict, int, set]:
    """The records of a text file, how it is written, how many quotes stand behind a backslash where that was found, and the cells with bytes that are none of UTF-8."""
    whole, encoding = decoded(name, data, options.get("encoding"))
    given = options.get("delimiter")
    text, named = separated(whole, given)
    quoting = options.get("quoting")
    delimiter = given or named or delimiter_of(text, len(data), encoding, quoting or "double")
    rows, found = split(name, text, delimiter, quoting)
    strange = put_right(rows) if encoding.startswith("utf-8") and SURROGATES.search(text) else set()
    return rows, {"encoding": encoding, "delimiter": delimiter, "quoting": found}, text.count('\\"') if found == "backslash" and quoting is None else 0, strange


def decoded(name: str, data: bytes, given: str | None = None) -> tuple[str, str]:
    """The file's text and its encoding; bytes that are none of UTF-8 are lone surrogates in it. Raises RunFailed for bytes that are no text."""
    encoding, mark = encoding_of(data) if given is None else (given, 0)
    if given is not None:
        sign = MARKS.get(given, b"")
        if sign and data.startswith(sign):
            mark, encoding = len(sign), "utf-8-bom" if given == "utf-8" else given
    try:
        if encoding.startswith("utf-8"):
            # A text without a character of several bytes would be in Windows-1252; a mark, or a person, says that it is not.
            text = data[mark:].decode("utf-8", "strict" if given is None and encoding == "utf-8-bom" else "surrogateescape")
        else:  # some bytes stand for nothing in encodings of one byte, or for control characters that no text has
            text = data[mark:].decode(CODECS.get(encoding, encoding), "strict" if encoding.startswith("utf-16") else "replace")
            if encoding.startswith("iso-8859-"):
                text = CONTROLS.sub("\ufffd", text)
    except UnicodeDecodeError as error:
        raise RunFailed(f"{name} is damaged: it is no {encoding} text throughout. Save it as .xlsx or as CSV UTF-8.") from error
    if "\0" in text:
        raise RunFailed(f"{name} holds NUL characters and is neither a workbook nor a text file: save it as .xlsx or as CSV UTF-8.")
    return text, encoding


def encoding_of(data: bytes) -> tuple[str, int]:
    """The encoding, and the length of the mark that says so."""
    for name, mark in MARKS.items():
        if data.startswith(mark):
            return "utf-8-bom" if name == "utf-8" else name, len(mark)
    head = data[:HEAD]
    pairs = len(head) // 2
    even, odd = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if pairs >= 2 and odd * 2 >= pairs and even * 100 <= pairs:
        return "utf-16le", 0
    if pairs >= 2 and even * 2 >= pairs and odd * 100 <= pairs:
        return "utf-16be", 0
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # One byte of another encoding does not make the file one of it.
        if not SEVERAL_BYTES.search(data.decode("utf-8", "surrogateescape")):
            return "windows-1252", 0
    return "utf-8", 0


def split(name: str, text: str, delimiter: str, quoting: str | None) -> tuple[list, str]:
    """The records, and the quoting by which they were found."""
    csv.field_size_limit(max(len(text), 1))
    if quoting == "none":
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)), quoting
    row = 0
    if quoting != "backslash":
        try:
            if not spaced_quotes(text, delimiter):
                reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
                return [[field.replace("\r\n", "\n") for field in record] if "\r\n" in "".join(record) else record for record in reader], "double"
        except csv.Error:
            pass
        try:
            return list(escaped_rows(text, delimiter, escaped=False)), "double"
        except StrayQuote as error:
            row = error.row
    if (quoting != "double" and '\\"' in text) or quoting == "backslash":
        try:
            return list(escaped_rows(text, delimiter)), "backslash"
        except StrayQuote as error:
            row = row or error.row
    raise RunFailed(f"{name} can't be read as CSV after row {row - 1}: a quoted text has no end, or goes on behind it. Save it again and upload it again.")


def spaced_quotes(text: str, delimiter: str) -> bool:
    """Whether a quote may stand behind blanks at the beginning of a field."""
    blanks = "".join(c for c in " \t" if c != delimiter)
    return any(f'{blank}"' in text for blank in blanks) and re.search(f'(?:^|[\r\n]|{re.escape(delimiter)})[{blanks}]+"', text) is not None


def put_right(rows: list[list]) -> set[tuple[int, int]]:
    """Reads bytes that are none of UTF-8 as Windows-1252, one by one, and says where they stand."""
    strange = set()
    for place, row in enumerate(rows):
        for column, field in enumerate(row):
            if isinstance(field, str) and SURROGATES.search(field):
                strange.add((place, column))
                row[column] = SURROGATES.sub(lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), field)
    return strange


def escaped_rows(text: str, delimiter: str, escaped: bool = True, strict: bool = True) -> Iterator[list[str]]:
    """The records of a text. escaped: inside quotes a backslash stands before a quote or a backslash. Raises StrayQuote, unless strict is false."""
    blanks = "".join(c for c in " \t" if c != delimiter)
    inside = r'[^"\\]*(?:(?:""|\\.)[^"\\]*)*' if escaped else r'[^"]*(?:""[^"]*)*'
    in_line = r'[^"\\\r\n]*(?:(?:""|\\[^\r\n])[^"\\\r\n]*)*' if escaped else r'[^"\r\n]*(?:""[^"\r\n]*)*'
    end = f"(?={re.escape(delimiter)}|[\r\n]|\\Z)"
    # Behind blanks a quote begins a field only where that ends in the same line.
    quoted = re.compile(f'(?:"({inside})"|[{blanks}]+"({in_line})")[{blanks}]*{end}', re.DOTALL)
    plain = re.compile(f"[^{re.escape(delimiter)}\r\n]*")
    place, row = 0, 1
    fields: list[str] = []
    while place < len(text) or fields:
        found = quoted.match(text, place)
        if found:
            field = (found[1] if found[2] is None else found[2]).replace('""', '"').replace("\r\n", "\n")
            fields.append(ESCAPE.sub(r"\1", field) if escaped else field)
        else:
            if strict and text.startswith('"', place):
                raise StrayQuote(row)
            found = plain.match(text, place)
            assert found is not None  # it matches nothing, too
            fields.append(found[0])
        place = found.end()
        if text.startswith(delimiter, place):
            place += len(delimiter)
            if place == len(text):
                fields.append("")
                yield fields
                return
            continue
        yield fields
        fields, row = [], row + 1
        place += 2 if text.startswith("\r\n", place) else 1
