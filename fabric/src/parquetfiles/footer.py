"""## What a Parquet file says of itself

Its footer, without what a writer noted beside it for itself, and without the marks of types that came after `pyarrow`'s version:
it refuses the whole file for one such column. Without the mark a column holds the bytes or the groups that it is stored as.
"""

import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pages import LIST, STRUCT, Compact

SCHEMA = 2  # field of the file's metadata
CHILDREN, LOGICAL_TYPE = 5, 10  # fields of a column's or group's entry; the second is its last
LAST_KNOWN, FLOAT16 = 14, 15  # of the logical types in parquet.thrift; behind them stand VARIANT, GEOMETRY and GEOGRAPHY
SIZE_STATISTICS = (4, 1, 3, 16)  # row groups, their columns, what is said of each, and in it the sizes
OTHER_FIELD = 4  # fields further on nobody knows one
MAGIC = b"PAR1"
TAIL = 8  # bytes behind the footer: its size, and the magic ones
# A note of the writer's program with types of its own, as a key of the footer; under another name nobody knows it.
OWN_TYPES, NO_OWN_TYPES = b"\x18\x0cARROW:schema\x18", b"\x18\x0cARROW-schema\x18"


def description(file: BinaryIO) -> tuple[pq.FileMetaData, set[int]]:
    """The file's description, and which leaves hold numbers of 16 bits that the reader does not know.

    Raises ValueError, IndexError, RecursionError or an error of Arrow's for a damaged footer.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - TAIL, 0))
    tail = file.read()
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != MAGIC or length > size - TAIL - len(MAGIC):
        raise ValueError("the footer is damaged")
    file.seek(size - TAIL - length)
    footer = without_size_statistics(file.read(length).replace(OWN_TYPES, NO_OWN_TYPES))
    try:
        return described(footer), set()
    except (pa.ArrowException, OSError):
        footer, halves = plain_types(footer)
        return described(footer), halves


def without_size_statistics(footer: bytes) -> bytes:
    """A footer in which nobody finds the sizes that columns' values have: they are not needed, and new versions of pyarrow end
    the whole program where one is wrong. Raises ValueError or IndexError for a damaged footer."""
    patched = bytearray(footer)
    for place in fields_at(Compact(footer, 0), SIZE_STATISTICS):
        if not 0 < footer[place] >> 4 <= 15 - OTHER_FIELD:  # a writer leaves out none of the many fields in front
            raise ValueError("the footer has an odd field")
        patched[place] += OTHER_FIELD << 4
    return bytes(patched)


def fields_at(reader: Compact, path: Sequence[int]) -> Iterator[int]:
    """The places where fields begin that have a path in a structure: by the numbers of the fields, through structures and lists of them."""
    field = 0
    while True:
        place = reader.place
        if (head := reader.byte()) == 0:
            return
        field, kind = field + (head >> 4) if head >> 4 else reader.zigzag(), head & 0xF
        if field != path[0]:
            reader.skip(kind)
        elif len(path) == 1:
            yield place
            reader.skip(kind)
        elif kind == STRUCT:
            yield from fields_at(reader, path[1:])
        elif kind == LIST:
            head = reader.byte()
            for _ in range(head >> 4 if head >> 4 < 15 else reader.varint()):
                yield from fields_at(reader, path[1:])
        else:
            reader.skip(kind)


def described(footer: bytes) -> pq.FileMetaData:
    """The description that is in a footer, with a schema that the reader knows."""
    metadata = pq.read_metadata(io.BytesIO(MAGIC + footer + len(footer).to_bytes(4, "little") + MAGIC))
    metadata.schema.to_arrow_schema()
    return metadata


def plain_types(footer: bytes) -> tuple[bytes, set[int]]:
    """A footer without the marks of unknown types, and which leaves hold numbers of 16 bits. Raises ValueError or IndexError for a damaged one."""
    reader = Compact(footer, 0)
    field = 0
    while (head := reader.byte()) != 0:
        field = field + (head >> 4) if head >> 4 else reader.zigzag()
        if field == SCHEMA and head & 0xF == LIST:
            marks, halves = marks_of(reader)
            for begin, end in reversed(marks):
                footer = footer[:begin] + footer[end:]
            return footer, halves
        reader.skip(head & 0xF)
    raise ValueError("the footer has no schema")


def marks_of(reader: Compact) -> tuple[list[tuple[int, int]], set[int]]:
    """Where the unknown marks of the schema's entries stand, and the leaves of numbers of 16 bits; the reader stands at the list."""
    head = reader.byte()
    marks, halves, leaf = [], set(), 0
    for _ in range(head >> 4 if head >> 4 < 15 else reader.varint()):
        field, children, kind = 0, 0, 0
        while True:
            begin = reader.place
            if (head := reader.byte()) == 0:
                break
            field = field + (head >> 4) if head >> 4 else reader.zigzag()
            if field == LOGICAL_TYPE and head & 0xF == STRUCT:
                kind = only_field(reader)
                if kind > LAST_KNOWN:
                    marks.append((begin, reader.place))
            elif field == CHILDREN:
                children = reader.zigzag()
            else:
                reader.skip(head & 0xF)
        if children == 0:
            if kind == FLOAT16:
                halves.add(leaf)
            leaf += 1
    return marks, halves


def only_field(reader: Compact) -> int:
    """The number of a union's field; 0 where it has none."""
    field = 0
    while (head := reader.byte()) != 0:
        field = field + (head >> 4) if head >> 4 else reader.zigzag()
        reader.skip(head & 0xF)
    return field
