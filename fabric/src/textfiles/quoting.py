"""## Quotes

The records of a text, one by one and exactly: also those with a backslash before a quote, or with blanks around quoted fields
(contract/RULES.md, Text files). Texts are bytes in UTF-8 here, whose delimiter is one byte; a record's fields are bytes, too.
"""

import re
from collections.abc import Iterator

LINE_END = re.compile(rb"[\r\n]")
ESCAPE = re.compile(rb'\\(["\\])')


class StrayQuote(Exception):
    """A quoted field has no end, or goes on behind it; row counts from 1. long: the record is longer than one may be."""

    def __init__(self, row: int, long: bool = False):
        super().__init__(f"a quote in row {row}")
        self.row, self.long = row, long


class Records:
    """Splits off records. escaped: inside quotes a backslash stands before a quote or a backslash; plain: a quote is a character."""

    def __init__(self, delimiter: bytes, escaped: bool = False, plain: bool = False, strict: bool = True):
        self.delimiter, self.escaped, self.quotes, self.strict = delimiter, escaped, not plain, strict
        mark = re.escape(delimiter)
        blanks = bytes(c for c in b" \t" if c not in delimiter)
        inside = rb'[^"\\]*(?:(?:""|\\.)[^"\\]*)*' if escaped else rb'[^"]*(?:""[^"]*)*'
        in_line = rb'[^"\\\r\n]*(?:(?:""|\\[^\r\n])[^"\\\r\n]*)*' if escaped else rb'[^"\r\n]*(?:""[^"\r\n]*)*'
        end = rb"(?=" + mark + rb"|[\r\n]|\Z)"
        # Behind blanks a quote begins a field only where that ends in the same line.
        self.quoted = re.compile(rb'(?:"(' + inside + rb')"|[' + blanks + rb']+"(' + in_line + rb')")[' + blanks + rb"]*" + end, re.DOTALL)
        self.opened = re.compile(rb'"' + inside + rb'("[' + blanks + rb"]*)?", re.DOTALL)
        self.spaced = re.compile(rb"[" + blanks + rb']+"' if self.quotes else rb"(?!)")
        self.unquoted = re.compile(rb"[^" + mark + rb"\r\n]*")

    def at(self, data: bytes, place: int, whole: bool, line_end: bytes = b"\r\n") -> tuple[list[bytes], int] | None:
        """The record at a place, and the place behind it; None where it may go on behind data, which is the text to its end where whole.
        line_end becomes LF inside of quotes. Raises StrayQuote with row 1."""
        fields: list[bytes] = []
        while True:
            found = self.quoted.match(data, place) if self.quotes else None
            if found:
                field = (found[1] if found[2] is None else found[2]).replace(b'""', b'"').replace(line_end, b"\n")
                fields.append(ESCAPE.sub(rb"\1", field) if self.escaped else field)
            else:
                if self.quotes and self.strict and data.startswith(b'"', place):
                    opened = self.opened.match(data, place)
                    if not whole and (opened is None or opened[1] is None or opened.end() == len(data)):
                        return None
                    raise StrayQuote(1)
                if not whole and self.spaced.match(data, place) and not LINE_END.search(data, place):
                    return None  # a quote may follow that makes it a quoted field
                found = self.unquoted.match(data, place)
                assert found is not None  # it matches nothing, too
                fields.append(found[0])
            place = found.end()
            if data.startswith(self.delimiter, place):
                place += 1
                if place < len(data):
                    continue
                if whole:
                    fields.append(b"")
            elif data.startswith(b"\r\n", place):
                return fields, place + 2
            elif place < len(data) and (whole or place + 1 < len(data) or data[place] != 13):  # a lone CR at the end may be the first of CRLF
                return fields, place + 1
            return (fields, place) if whole else None

    def every(self, text: bytes) -> Iterator[list[bytes]]:
        """All records of a text."""
        place = 0
        while place < len(text):
            found = self.at(text, place, True)
            assert found is not None  # the text is whole
            fields, place = found
            yield fields
