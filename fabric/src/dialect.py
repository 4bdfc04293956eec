"""## Text files

How a text file is written (contract/RULES.md, Text files): its encoding and what separates the values.
"""

import csv
import io
from collections import Counter

from failure import RunFailed

HEAD = 65536  # bytes that are looked at to tell encodings without a mark, and the delimiter
MOST_RECORDS = 1000
DELIMITERS = (";", "\t", "|", ",")  # among equals the first: commas occur in texts and numbers, the others seldom


def decoded(name: str, data: bytes) -> tuple[str, str]:
    """The file's text and its encoding. Raises RunFailed for bytes that are no text."""
    encoding, mark = encoding_of(data)
    codec = {"utf-8-bom": "utf-8", "windows-1252": "cp1252", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}.get(encoding, encoding)
    try:
        # Five bytes stand for nothing in Windows-1252.
        text = data[mark:].decode(codec, "replace" if encoding == "windows-1252" else "strict")
    except UnicodeDecodeError as error:
        raise RunFailed(f"{name} is damaged: it is no {encoding} text throughout. Save it as .xlsx or as CSV UTF-8.") from error
    if "\0" in text:
        raise RunFailed(f"{name} is neither a workbook nor a text file: save it as .xlsx or as CSV UTF-8.")
    return text, encoding


def encoding_of(data: bytes) -> tuple[str, int]:
    """The encoding, and the length of the mark that says so."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-bom"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be")):
        if data.startswith(mark):
            return name, len(mark)
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
        return "windows-1252", 0
    return "utf-8", 0


def separated(text: str) -> tuple[str, str | None]:
    """The text without a first line sep=X, and X; a spreadsheet program writes that line for itself."""
    end = next((i for i, c in enumerate(text[:16]) if c in "\r\n"), min(len(text), 16))
    line = text[:end].strip('"')
    if len(line) == 5 and line[:4].lower() == "sep=" and line[4] in DELIMITERS:
        rest = text[end:]
        return rest[2:] if rest.startswith("\r\n") else rest[1:], line[4]
    return text, None


def delimiter_of(text: str, size: int, encoding: str) -> str:
    """The delimiter that splits the beginning of the text best; size is the file's, in bytes."""
    width = 2 if encoding.startswith("utf-16") else 1
    cut = size > HEAD
    sample = text[: HEAD // width] if cut else text
    if cut and width == 1 and encoding != "windows-1252":
        sample = sample.encode("utf-8")[:HEAD].decode("utf-8", "ignore")
    counts = {d: field_counts(sample, d, cut) for d in DELIMITERS}
    return best(counts, lambda c: c[0], 2) or best(counts, usual, 3) or ","


def field_counts(sample: str, delimiter: str, cut: bool) -> list[int]:
    """The number of fields of each record that is not empty."""
    csv.field_size_limit(max(len(sample), 1))
    records = [len(r) for r in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if r and r != [""]]
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
