"""## Parquet files

From the file's bytes to its columns of cells (contract/RULES.md, Reading): numbers, moments and texts as the file's own schema
types them, whatever a writer noted beside it for itself.
"""

import io
import math
import struct
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow
import pyarrow.parquet

from footer import plain_types
from pages import check_pages
from values import EXACT, Cell

EPOCH_DAY = date(1970, 1, 1).toordinal()
# The first and the last moment with a year of four digits, in seconds since 1970, and the one behind it.
FIRST_MOMENT, PAST_MOMENTS = -62_135_596_800, 253_402_300_800
SINCE_1900 = -2_208_988_800
KEYS_FROM = 10**15  # below it, a fraction is an amount, and need not be exact
UNITS = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}


class Columns:
    """The columns in the file's order, and the cells that hold no value of their type, by column and row from 0."""

    def __init__(self, data: bytes):
        self.halves: set[int] = set()
        try:
            file = pyarrow.parquet.ParquetFile(io.BytesIO(data), coerce_int96_timestamp_unit="s")
        except (pyarrow.ArrowException, OSError):
            try:
                data, self.halves = plain_types(data)
            except (IndexError, RecursionError) as error:
                raise ValueError("the footer is damaged") from error
            file = pyarrow.parquet.ParquetFile(io.BytesIO(data), coerce_int96_timestamp_unit="s")
        content = file.read()
        check_pages(data, file.metadata)
        if any(file.schema.column(leaf).physical_type == "INT96" for leaf in range(len(file.schema))):
            content = with_old_moments(content, pyarrow.parquet.ParquetFile(io.BytesIO(data)).read())
        leaf = 0
        plain = []
        self.left_out: list[str] = []
        for name, column in zip(content.column_names, content.columns):
            if pyarrow.types.is_nested(column.type):
                self.left_out.append(str(name))
            else:
                plain.append((str(name), halves_of(column) if leaf in self.halves else column, file.schema.column(leaf)))
            leaf += leaves(column.type)
        if not plain and self.left_out:
            raise ValueError("no column holds single values")
        self.headers = [name for name, _, _ in plain]
        self.rows = content.num_rows
        self.errors: dict[tuple[int, int], str] = {}
        self.cells = [self.read(place, column, stored) for place, (_, column, stored) in enumerate(plain)]

    def read(self, place: int, column, stored) -> list[Cell]:
        """A column's cells; stored is what the file's own schema says of it."""
        kind = column.type
        if isinstance(kind, pyarrow.BaseExtensionType):
            kind = kind.storage_type
            column = column.cast(kind)
        if pyarrow.types.is_dictionary(kind):
            kind = kind.value_type
            column = column.cast(kind)
        if pyarrow.types.is_duration(kind):
            kind = pyarrow.int64()
            column = column.cast(kind)
        if pyarrow.types.is_fixed_size_binary(kind):
            read = uuid_text if stored.logical_type.type == "UUID" else digits_text
            return [None if value is None else read(value) for value in column.to_pylist()]
        if pyarrow.types.is_binary(kind) or pyarrow.types.is_large_binary(kind):
            return [None if value is None else text_or_digits(value) for value in column.to_pylist()]
        if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind):
            raw = pyarrow.large_binary() if pyarrow.types.is_large_string(kind) else pyarrow.binary()
            return [None if value is None else repaired(value) for value in column.cast(raw).to_pylist()]
        if pyarrow.types.is_timestamp(kind):
            ticks = UNITS[kind.unit]
            # Moments are cut, never rounded: the day stays the one that they are in.
            return self.each(place, column.cast(pyarrow.int64()), lambda value: moment_of(value // ticks), "date out of range")
        if pyarrow.types.is_date(kind):
            return self.each(place, column.cast(pyarrow.date32()).cast(pyarrow.int32()), day_of, "date out of range")
        if pyarrow.types.is_time(kind):
            ticks = UNITS[kind.unit]
            return self.each(place, column.cast(pyarrow.int64() if kind.bit_width == 64 else pyarrow.int32()), lambda value: clock_of(value // ticks), "time out of range")
        if pyarrow.types.is_integer(kind) or pyarrow.types.is_decimal(kind):
            return [None if value is None else exact_of(value) for value in column.to_pylist()]
        if pyarrow.types.is_floating(kind):
            return self.each(place, column, double_of, "infinity")
        return column.to_pylist()

    def each(self, place: int, column, read, error: str) -> list[Cell]:
        """The cells of a column's values; a value that read refuses with ValueError is the text of an error."""
        cells: list[Cell] = []
        for row, value in enumerate(column.to_pylist()):
            if value is not None:
                try:
                    value = read(value)
                except (ValueError, OverflowError):
                    self.errors[place, row] = value = error
            cells.append(value)
        return cells


def halves_of(column):
    """Numbers of 16 bits, which are stored as two bytes, as doubles."""
    numbers = [None if value is None else struct.unpack("<e", value)[0] for value in column.to_pylist()]
    return pyarrow.chunked_array([pyarrow.array(numbers, pyarrow.float64())])


def with_old_moments(seconds: pyarrow.Table, nanoseconds: pyarrow.Table) -> pyarrow.Table:
    """A table whose INT96 moments were read in seconds, which hold any year, and in nanoseconds, which come round after 584 years.

    Where a writer counts a moment before 1970 from the end of its day, pyarrow is 2**64 nanoseconds too late with the seconds.
    What would be such a moment of the years from 1900 on is one.
    """
    for place, (coarse, fine) in enumerate(zip(seconds.columns, nanoseconds.columns)):
        if coarse.type == fine.type or pyarrow.types.is_nested(coarse.type):
            continue  # lists and records are left out anyhow
        pairs = zip(coarse.cast(pyarrow.int64()).to_pylist(), fine.cast(pyarrow.int64()).to_pylist())
        right = [f // 10**9 if f is not None and 0 > f // 10**9 >= SINCE_1900 and abs(c - f // 10**9 - 2**64 // 10**9) <= 1 else c for c, f in pairs]
        seconds = seconds.set_column(place, seconds.field(place), pyarrow.chunked_array([pyarrow.array(right, pyarrow.int64()).cast(coarse.type)]))
    return seconds


def moment_of(seconds: int) -> date | datetime:
    """Seconds since 1970 as a date where it is midnight, else as a date-time."""
    if not FIRST_MOMENT <= seconds < PAST_MOMENTS:
        raise ValueError("no year of four digits")
    if seconds % 86400 == 0:
        return day_of(seconds // 86400)
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)


def day_of(days: int) -> date:
    """Days since 1970 as a date."""
    return date.fromordinal(EPOCH_DAY + days)


def clock_of(seconds: int) -> time:
    """Seconds since midnight as a time of day."""
    if not 0 <= seconds < 86400:
        raise ValueError("no time of a day")
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def leaves(kind) -> int:
    """How many of the file's columns hold the values of a type."""
    if isinstance(kind, pyarrow.BaseExtensionType):
        return leaves(kind.storage_type)
    if pyarrow.types.is_dictionary(kind) or not pyarrow.types.is_nested(kind):
        return 1
    return sum(leaves(kind.field(child).type) for child in range(kind.num_fields))


def text_or_digits(value: bytes) -> str:
    """Bytes without a meaning of their own, as a text where they are one: so old programs write it."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return digits_text(value)


def digits_text(value: bytes) -> str:
    return "0x" + value.hex()


def uuid_text(value: bytes) -> str:
    digits = value.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def repaired(value: bytes) -> str:
    """A text; each byte that is not valid in it is U+FFFD."""
    done = ""
    while (wrong := first_wrong(value)) is not None:
        done += value[:wrong].decode("utf-8") + "\ufffd"
        value = value[wrong + 1 :]
    return done + value.decode("utf-8")


def first_wrong(value: bytes) -> int | None:
    """The place of the first byte that is not valid in a text."""
    try:
        value.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def exact_of(value: int | Decimal) -> float | str:
    """An integer or a decimal as the double next to it, or as the text of its digits where that might change a key."""
    number = float(value)
    if abs(number) < KEYS_FROM or (abs(number) <= EXACT and Decimal(repr(number)) == value):
        return number
    text = str(value) if type(value) is int else format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def double_of(value: float) -> float | None:
    """The double next to a number; no number is no value."""
    value = float(value)
    if math.isinf(value):
        raise ValueError("infinity is no number")
    return None if math.isnan(value) else value
