"""## Pages of Parquet files

The checksums of a Parquet file's pages. Old versions of `pyarrow` do not look at them, so that a damaged page would be read as it is.
"""

import zlib
from typing import BinaryIO

# Types of Thrift's compact form; between the byte and the double are those of whole numbers, before it those of a boolean.
BYTE, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = 3, 7, 8, 9, 10, 11, 12
PACKED_SIZE, CHECKSUM = 3, 4  # fields of a page's header
# Bytes that a header is looked for in, first and at last: it has the smallest and the largest value of its page.
FIRST_WINDOW, LAST_WINDOW = 1 << 10, 1 << 26
PAGE_PART = 1 << 20  # bytes of a page that are in memory at a time


class Compact:
    """Reads structures in Thrift's compact form."""

    def __init__(self, data: bytes, place: int):
        self.data, self.place = data, place

    def byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1]

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def numbers(self) -> dict[int, int]:
        """A structure's whole numbers by field; its other fields are passed over."""
        found: dict[int, int] = {}
        field = 0
        while (head := self.byte()) != 0:
            kind = head & 0xF
            field = field + (head >> 4) if head >> 4 else self.zigzag()
            if BYTE < kind < DOUBLE:
                found[field] = self.zigzag()
            else:
                self.skip(kind)
        return found

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def skip(self, kind: int) -> None:
        if kind == BYTE:
            self.place += 1
        elif BYTE < kind < DOUBLE:
            self.varint()
        elif kind == DOUBLE:
            self.place += 8
        elif kind == BINARY:
            size = self.varint()
            self.place += size
        elif kind in (LIST, SET):
            head = self.byte()
            count = head >> 4 if head >> 4 < 15 else self.varint()
            if count > len(self.data) - self.place:  # each takes a byte at least
                raise ValueError("a list is longer than the file")
            for _ in range(count):
                self.skip(max(head & 0xF, BYTE))  # booleans are bytes here
        elif kind == MAP:
            raise ValueError("a page's header has a map")
        elif kind == STRUCT:
            self.numbers()


def check_pages(file: BinaryIO, metadata, groups: range | None = None) -> None:
    """Compares the pages of row groups, or of all, with their checksums, where they have some; little of the file is in memory. Raises ValueError for a damaged one."""
    for group in range(metadata.num_row_groups) if groups is None else groups:
        for leaf in range(metadata.num_columns):
            column = metadata.row_group(group).column(leaf)
            place = column.data_page_offset
            if column.dictionary_page_offset:
                place = min(place, column.dictionary_page_offset)
            end = place + column.total_compressed_size
            while place < end:
                header, place = header_at(file, place)
                size = header.get(PACKED_SIZE, 0)
                if size < 0:
                    raise ValueError("a page has no size")
                if CHECKSUM in header and checksum(file, place, size) != header[CHECKSUM] & 0xFFFFFFFF:
                    raise ValueError(f"a page of the column {column.path_in_schema} is damaged")
                place += size


def header_at(file: BinaryIO, place: int) -> tuple[dict[int, int], int]:
    """A page's header, and the place behind it."""
    window = FIRST_WINDOW
    while True:
        file.seek(place)
        data = file.read(window)
        reader = Compact(data, 0)
        try:
            return reader.numbers(), place + reader.place
        except (IndexError, ValueError):  # it goes on behind what was read, or is damaged
            if len(data) < window or window >= LAST_WINDOW:
                raise
            window *= 16


def checksum(file: BinaryIO, place: int, size: int) -> int:
    """The checksum of some bytes, or of as many as there are."""
    file.seek(place)
    found = 0
    while size > 0 and (part := file.read(min(size, PAGE_PART))):
        found = zlib.crc32(part, found)
        size -= len(part)
    return found
