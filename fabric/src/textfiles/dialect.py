"""## Text files

How a text file is written (contract/RULES.md, Text files): its encoding and what separates the values.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from content import CHUNK, Content
from failure import RunFailed
from quoting import Records

HEAD = 65536  # bytes that are looked at to tell encodings without a mark, and the delimiter
MOST_RECORDS = 1000
MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16le": b"\xff\xfe", "utf-16be": b"\xfe\xff"}
CODECS = {
    "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "windows-1250": "cp1250", "windows-1251": "cp1251", "windows-1252": "cp1252", "windows-1254": "cp1254",
    "macintosh": "mac_roman", "ibm850": "cp850",
}  # fmt: skip
SEVERAL_BYTES = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
CONTROLS = re.compile("[\x80-\x9f]")
DELIMITERS = (";", "\t", "|", ",")  # among equals the first: commas occur in texts and numbers, the others seldom


@dataclass(frozen=True)
class Encoding:
    """A text file's encoding: its name, the length of the mark that says so, and whether every byte is of it."""

    name: str
    mark: int = 0
    valid: bool = True

    @property
    def is_utf8(self) -> bool:
        return self.name.startswith("utf-8")

    def decoder(self) -> codecs.IncrementalDecoder:
        """Decodes pieces. Bytes that are none of UTF-8 become lone surrogates; those that are none of UTF-16 raise UnicodeDecodeError; others become U+FFFD."""
        if self.is_utf8:
            return codecs.getincrementaldecoder("utf-8")("surrogateescape")
        return codecs.getincrementaldecoder(CODECS.get(self.name, self.name))("strict" if self.name.startswith("utf-16") else "replace")

    def decoded(self, decoder: codecs.IncrementalDecoder, data: bytes, last: bool) -> str:
        """The text of a piece."""
        text = decoder.decode(data, last)
        return CONTROLS.sub("\ufffd", text) if self.name.startswith("iso-8859-") else text  # control characters that no text has

    def in_utf8(self, content: Content, size: int) -> Iterator[bytes]:
        """The text behind the mark in UTF-8, by pieces of so many bytes of the file; bytes that are none of UTF-8 as they stand."""
        decoder = self.decoder()
        for data in pieces(content, self.mark, size):
            one_byte = not self.name.startswith("utf-16")
            yield data if self.is_utf8 or (one_byte and data.isascii()) else self.decoded(decoder, data, False).encode("utf-8")

    def head(self, content: Content, size: int) -> str:
        """The text of the first bytes behind the mark; a character that they cut is left out."""
        data = content.head(self.mark + size)
        return self.decoded(self.decoder(), data[self.mark :], len(data) == content.size)


def pieces(content: Content, start: int = 0, size: int = CHUNK) -> Iterator[bytes]:
    """The bytes of a file from a place on."""
    with content.open() as file:
        file.seek(start)
        while data := file.read(size):
            yield data


def encoding_of(name: str, content: Content, given: str | None = None) -> Encoding:
    """The encoding of a file, which is looked through. Raises RunFailed for bytes that are no text."""
    found = first_encoding(content.head(HEAD), given)
    valid, has_nul = looked_through(content, found)
    return decided_encoding(name, found, given, valid, has_nul, lambda: has_several_bytes(content))


def first_encoding(head: bytes, given: str | None) -> Encoding:
    """The encoding that a person, a mark or zeros beside the letters say; else UTF-8."""
    if given is None:
        return marked(head)
    sign = MARKS.get(given, b"")
    has_mark = bool(sign) and head.startswith(sign)
    return Encoding("utf-8-bom" if given == "utf-8" and has_mark else given, len(sign) if has_mark else 0)


def decided_encoding(name: str, found: Encoding, given: str | None, valid: bool, has_nul: bool, has_several: Callable[[], bool]) -> Encoding:
    """The encoding of a text that was looked through by the first one. Raises RunFailed for bytes that are no text."""
    damaged = RunFailed(f"{name} is damaged: it is no {found.name} text throughout. Save it as .xlsx or as CSV UTF-8.")
    if not valid:
        # A text without a character of several bytes would be in Windows-1252; a mark, or a person, says that it is not.
        if found.name.startswith("utf-16") or (given is None and found.mark):
            raise damaged
        found = Encoding(found.name, found.mark, False) if given is not None or has_several() else Encoding("windows-1252")
    if has_nul:
        raise RunFailed(f"{name} holds NUL characters and is neither a workbook nor a text file: save it as .xlsx or as CSV UTF-8.")
    return found


def marked(head: bytes) -> Encoding:
    """The encoding that a mark says, or zeros beside the letters; else UTF-8."""
    for name, mark in MARKS.items():
        if head.startswith(mark):
            return Encoding("utf-8-bom" if name == "utf-8" else name, len(mark))
    pairs = len(head) // 2
    even, odd = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if pairs >= 2 and odd * 2 >= pairs and even * 100 <= pairs:
        return Encoding("utf-16le")
    if pairs >= 2 and even * 2 >= pairs and odd * 100 <= pairs:
        return Encoding("utf-16be")
    return Encoding("utf-8")


def looked_through(content: Content, encoding: Encoding) -> tuple[bool, bool]:
    """Whether every byte is of the encoding, and whether there is a zero character."""
    decoder = codecs.getincrementaldecoder(CODECS.get(encoding.name, "utf-8"))()
    wide, valid, has_nul = encoding.name.startswith("utf-16"), True, False
    try:
        for piece in pieces(content, encoding.mark):
            if wide:
                has_nul = "\0" in decoder.decode(piece) or has_nul
                continue
            has_nul = has_nul or b"\0" in piece
            if encoding.is_utf8 and valid and (decoder.getstate()[0] or not piece.isascii()):
                valid = is_text(decoder, piece)
        if valid:
            decoder.decode(b"", True)
    except UnicodeDecodeError:
        valid = False
    return valid, has_nul


def is_text(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    """Whether a piece is of an encoding."""
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def has_several_bytes(content: Content) -> bool:
    """Whether a character of several bytes in UTF-8 stands anywhere. One byte of another encoding does not make the file one of it."""
    decoder = Encoding("utf-8").decoder()
    return any(SEVERAL_BYTES.search(decoder.decode(piece)) for piece in pieces(content))


def separated(text: str, given: str | None = None) -> tuple[str, str | None]:
    """The text without a first line sep=X, and X; a spreadsheet program writes that line for itself."""
    end = next((i for i, c in enumerate(text[:16]) if c in "\r\n"), min(len(text), 16))
    line = text[:end].strip('"')
    if len(line) == 5 and line[:4].lower() == "sep=" and (line[4] in DELIMITERS or line[4] == given):
        rest = text[end:]
        return rest[2:] if rest.startswith("\r\n") else rest[1:], line[4]
    return text, None


def delimiter_of(text: str, size: int, encoding: str, quoting: str = "double") -> str:
    """The delimiter that splits the beginning of the text best; size is the file's, in bytes."""
    width = 2 if encoding.startswith("utf-16") else 1
    cut = size > HEAD
    sample = text[: HEAD // width] if cut else text
    if cut and width == 1 and encoding.startswith("utf-8"):
        sample = sample.encode("utf-8", "surrogateescape")[:HEAD].decode("utf-8", "ignore")
    counts = {d: field_counts(sample, d, cut, quoting) for d in DELIMITERS}
    return best(counts, lambda c: c[0], 2) or best(counts, usual, 3) or ","


def field_counts(sample: str, delimiter: str, cut: bool, quoting: str) -> list[int]:
    """The number of fields of each record that is not empty."""
    csv.field_size_limit(max(len(sample), 1))
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE if quoting == "none" else csv.QUOTE_MINIMAL)
    if quoting == "backslash":
        escaped = Records(delimiter.encode(), escaped=True, strict=False)  # a quote that does not match is a character
        records = [len(r) for r in escaped.every(sample.encode("utf-8", "surrogateescape")) if r != [b""]]
    else:
        records = [len(r) for r in reader if r and r != [""]]
    if cut and len(records) > 1:
        records.pop()
    return records[:MOST_RECORDS]


def usual(counts: list[int]) -> int:
    """The most frequent number of fields, the larger of equals."""
    return max(Counter(counts).items(), key=lambda pair: (pair[1], pair[0]))[0]


def best(counts: dict, fields_of, least: int) -> str | None:
    scores: dict[str, int] = {}
    for delimiter, found in counts.items():
        if not found or (fields := fields_of(found)) < least:
            continue
        scores[delimiter] = found.count(fields) * (fields - 1) * (1 if delimiter == "," else 2)
    return max(scores, key=lambda delimiter: scores[delimiter]) if scores else None
