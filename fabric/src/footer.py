"""## Types that the reader does not know

A Parquet file's footer without the marks of types that came after `pyarrow`'s version: it refuses the whole file for one such column.
Without the mark a column holds the bytes or the groups that it is stored as.
"""

from pages import LIST, STRUCT, Compact

SCHEMA = 2  # field of the file's metadata
CHILDREN, LOGICAL_TYPE = 5, 10  # fields of a column's or group's entry; the second is its last
LAST_KNOWN, FLOAT16 = 14, 15  # of the logical types in parquet.thrift; behind them stand VARIANT, GEOMETRY and GEOGRAPHY


def plain_types(data: bytes) -> tuple[bytes, set[int]]:
    """The file without the marks of unknown types, and which leaves hold numbers of 16 bits. Raises ValueError or IndexError for a damaged footer."""
    size = int.from_bytes(data[-8:-4], "little")
    start = len(data) - 8 - size
    if data[-4:] != b"PAR1" or start < 4:
        raise ValueError("the footer is damaged")
    reader = Compact(data, start)
    field = 0
    while (head := reader.byte()) != 0:
        field = field + (head >> 4) if head >> 4 else reader.zigzag()
        if field == SCHEMA and head & 0xF == LIST:
            marks, halves = marks_of(reader)
            footer = data[start:-8]
            for begin, end in reversed(marks):
                footer = footer[: begin - start] + footer[end - start :]
            return data[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1", halves
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
