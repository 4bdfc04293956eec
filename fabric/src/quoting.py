"""## Quotes

Text files whose quotes are not those of `csv`: with a backslash before a quote, or with blanks around quoted fields (contract/RULES.md, Text files).
"""

import re
from collections.abc import Iterator

ESCAPE = re.compile(r'\\(["\\])')


class StrayQuote(Exception):
    """A quoted field has no end, or goes on behind it; row counts from 1."""

    def __init__(self, row: int):
        super().__init__(f"a quote in row {row}")
        self.row = row


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
