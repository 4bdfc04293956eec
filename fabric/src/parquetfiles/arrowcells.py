"""## Cells of Arrow's arrays

The values of a batch of a Parquet column as a column of cells (contract/RULES.md, Reading 4), worked out on arrays: Python
looks at single values only where they are odd, such as texts that are to be repaired.
"""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import BOOLEAN, DAY, MOMENT, NULL, NUMBER, TEXT, TIME, Column
from distinct import told_apart
from values import EXACT

# The first and the last moment with a year of four digits, in seconds since 1970, and the one behind it.
FIRST_MOMENT, PAST_MOMENTS = -62_135_596_800, 253_402_300_800
SECONDS_A_DAY = 86_400
UNITS = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}
KEYS_FROM = 10**15  # below it, a fraction is an amount, and need not be exact
EXACT_TENS = 22  # powers of ten up to this one are doubles
HALF_BYTES = 2
SHORT = 64  # bytes of a text
UUID_DASHES = (4, 6, 8, 10)  # bytes in front of which one stands
HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), np.uint8).reshape(256, 2)
NUMBER_ERROR, DATE_ERROR, TIME_ERROR = "infinity", "date out of range", "time out of range"


def arrow_cells(values: pa.Array, uuids: bool = False, halves: bool = False) -> Column:
    """The cells of a batch. uuids and halves say what bytes of a fixed length are: UUIDs, or numbers of 16 bits."""
    kind = values.type
    if pa.types.is_dictionary(kind) or is_bytes(kind):
        return text_cells(values)
    if pa.types.is_fixed_size_binary(kind):  # decimals are none of these
        return real_cells(half_numbers(values), values) if halves and kind.byte_width == HALF_BYTES else fixed_cells(values, uuids)
    if pa.types.is_boolean(kind):
        return Column(kinds_of(values, BOOLEAN), filled_numbers(values.cast(pa.uint8())).astype(np.float64))
    if pa.types.is_integer(kind):
        return whole_cells(values)
    if pa.types.is_decimal(kind):
        return decimal_cells(values)
    if pa.types.is_floating(kind):
        return real_cells(values.to_numpy(zero_copy_only=False).astype(np.float64), values)
    if pa.types.is_timestamp(kind):
        return moment_cells(filled_numbers(values.cast(pa.int64())) // UNITS[kind.unit], values)
    if pa.types.is_date(kind):
        days = filled_numbers(values.cast(pa.int32() if kind.bit_width == 32 else pa.int64())).astype(np.int64)
        return moment_cells(days * SECONDS_A_DAY if kind.bit_width == 32 else days // 1000, values)
    if pa.types.is_time(kind):
        return clock_cells(filled_numbers(values.cast(pa.int32() if kind.bit_width == 32 else pa.int64())) // UNITS[kind.unit], values)
    if pa.types.is_null(kind):
        return Column.empty(len(values))
    raise ValueError(f"the type {kind} is not known here")


def is_bytes(kind: pa.DataType) -> bool:
    """Whether values are texts or bytes of any length."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def kinds_of(values: pa.Array, kind: int) -> np.ndarray:
    """What the cells are: of one kind, or null."""
    kinds = np.full(len(values), kind, np.uint8)
    if values.null_count:
        kinds[values.is_null().to_numpy(zero_copy_only=False)] = NULL
    return kinds


def filled_numbers(values: pa.Array) -> np.ndarray:
    """Values of a fixed length as they are; those that are null are 0."""
    return (values.fill_null(pa.scalar(0, values.type)) if values.null_count else values).to_numpy(zero_copy_only=False)


def cells_with_texts(kinds: np.ndarray, numbers: np.ndarray, rows: np.ndarray, words: pa.Array) -> Column:
    """A column of numbers in which some rows are texts; rows marks them, and words are theirs."""
    if not rows.any():
        return Column(kinds, numbers)
    encoded = words.dictionary_encode()
    codes = np.full(len(kinds), -1, np.int32)
    codes[rows] = encoded.indices.to_numpy()
    kinds[rows] = TEXT
    numbers[rows] = 0
    left = bool(((kinds != TEXT) & (kinds != NULL)).any())
    return Column(kinds, numbers if left else None, codes, encoded.dictionary.cast(pa.large_string()))


def with_errors(kinds: np.ndarray, numbers: np.ndarray, rows: np.ndarray, error: str) -> Column:
    """A column of numbers in which the cells of some rows are errors, which have this text."""
    rows &= kinds != NULL
    return cells_with_texts(kinds, numbers, rows, pa.repeat(error, int(rows.sum())))


def whole_cells(values: pa.Array) -> Column:
    """Integers; what is beyond those that a double holds is the text of its digits."""
    numbers, kinds = filled_numbers(values), kinds_of(values, NUMBER)
    if values.type.bit_width < 64:
        return Column(kinds, numbers.astype(np.float64))
    beyond = numbers > EXACT
    if numbers.dtype.kind == "i":
        beyond |= numbers < -EXACT
    return cells_with_texts(kinds, numbers.astype(np.float64), beyond, values.filter(pa.array(beyond)).cast(pa.string()))


def decimal_cells(values: pa.Array) -> Column:
    """Decimals, each as exact_of says."""
    places, kinds = values.type.scale, kinds_of(values, NUMBER)
    odd = kinds != NULL
    numbers = np.zeros(len(values))
    if values.type.bit_width == 128 and places <= EXACT_TENS:
        words = np.frombuffer(values.buffers()[1], "<i8", 2 * len(values), 16 * values.offset)
        low, high = words[0::2], words[1::2]
        # Both halves of the division are doubles, so that its result is the double next to the decimal.
        short = odd & (high == low >> 63) & (low <= EXACT) & (low >= -EXACT)
        numbers[short] = low[short] / 10.0**places
        odd &= ~short
    if not odd.any():
        return Column(kinds, numbers)
    words = values.filter(pa.array(odd)).cast(pa.string())
    numbers[odd] = sizes = words.cast(pa.float64()).to_numpy()
    sizes = np.abs(sizes)
    keys = sizes >= KEYS_FROM
    if not keys.any():
        return Column(kinds, numbers)
    words, sizes = words.filter(pa.array(keys)), sizes[keys]
    if places:
        words = pc.utf8_rtrim(pc.utf8_rtrim(words, characters="0"), characters=".")
    lost = sizes > EXACT
    for place in np.flatnonzero(~lost).tolist():
        lost[place] = isinstance(exact_of(Decimal(words[place].as_py())), str)
    rows = np.zeros(len(values), bool)
    rows[np.flatnonzero(odd)[keys][lost]] = True
    return cells_with_texts(kinds, numbers, rows, words.filter(pa.array(lost)))


def exact_of(value: int | Decimal) -> float | str:
    """An integer or a decimal as the double next to it, or as the text of its digits where that might change a key."""
    number = float(value)
    if abs(number) < KEYS_FROM or (abs(number) <= EXACT and Decimal(repr(number)) == value):
        return number
    text = str(value) if type(value) is int else format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def half_numbers(values: pa.Array) -> np.ndarray:
    """Two bytes each as numbers of 16 bits."""
    return fixed_bytes(values).view("<f2")[:, 0].astype(np.float64)


def real_cells(numbers: np.ndarray, values: pa.Array) -> Column:
    """Doubles: what is no number is null, and infinity an error."""
    kinds = kinds_of(values, NUMBER)
    missing = np.isnan(numbers)
    kinds[missing] = NULL
    missing |= kinds == NULL
    if missing.any():
        numbers = np.where(missing, 0.0, numbers)
    return with_errors(kinds, numbers, np.isinf(numbers), NUMBER_ERROR)


def moment_cells(seconds: np.ndarray, values: pa.Array) -> Column:
    """Whole seconds since 1970: at midnight a day, else a moment. They were cut, so that the day stays the one that they are in."""
    kinds = kinds_of(values, MOMENT)
    wrong = (seconds < FIRST_MOMENT) | (seconds >= PAST_MOMENTS)
    days = seconds // SECONDS_A_DAY
    midnight = (seconds == days * SECONDS_A_DAY) & (kinds != NULL)
    kinds[midnight] = DAY
    return with_errors(kinds, np.where(midnight, days, seconds).astype(np.float64), wrong, DATE_ERROR)


def clock_cells(seconds: np.ndarray, values: pa.Array) -> Column:
    """Whole seconds since midnight as times of day."""
    return with_errors(kinds_of(values, TIME), seconds.astype(np.float64), (seconds < 0) | (seconds >= SECONDS_A_DAY), TIME_ERROR)


def text_cells(values: pa.Array) -> Column:
    """A batch of texts, or of bytes without a meaning of their own."""
    return text_column([values])


def text_column(batches: Iterable[pa.Array]) -> Column:
    """All texts of a column, or bytes without a meaning of their own. Only different ones stay in memory, where they are fewer than the rows."""
    words: list[pa.Array] = []  # of each batch or some
    parts: list[tuple[int, np.ndarray | None]] = []  # of each batch: which of the words are its, and their places by row
    listed: pa.Array | None = None  # the list of the last batch
    rarely = False  # texts repeat
    for values in batches:
        if len(values) == 0:
            continue
        if not pa.types.is_dictionary(values.type) and not (rarely and values.nbytes < SHORT * len(values)):
            encoded = values.dictionary_encode()
            rarely = len(encoded.dictionary) > len(values) // 2
            values = values if rarely else encoded
        if not pa.types.is_dictionary(values.type):
            words.append(words_of(values))
            parts.append((len(words) - 1, None))
            continue
        rows = places_in(values)
        if len(values.dictionary) and (listed is None or not values.dictionary.equals(listed)):
            listed = values.dictionary
            words.append(words_of(listed))
        parts.append((len(words) - 1, rows))
    if not words:
        return Column.empty(sum(len(rows) for _, rows in parts if rows is not None))
    places, texts = told_apart(words)
    codes = np.concatenate([places[place] if rows is None else np.append(places[place], np.int32(-1))[rows] for place, rows in parts])
    return Column(np.where(codes < 0, NULL, TEXT).astype(np.uint8), None, codes, texts)


def places_in(encoded: pa.DictionaryArray) -> np.ndarray:
    """The places of values in their dictionary, by row; -1 for null."""
    return encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)


def words_of(raw: pa.Array) -> pa.Array:
    """Texts or bytes as large_string; different ones may become one."""
    text = pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type)
    large = raw.cast(pa.large_binary())
    try:
        return large.cast(pa.large_string())
    except pa.ArrowInvalid:  # some are no valid UTF-8
        read = repaired if text else text_or_digits
        return pa.array([None if value is None else read(value) for value in large.to_pylist()], pa.large_string())


def text_or_digits(value: bytes) -> str:
    """Bytes without a meaning of their own, as a text where they are one: so old programs write it."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return "0x" + value.hex()


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


def fixed_bytes(values: pa.Array) -> np.ndarray:
    """Bytes of a fixed length, a row each; where they are null, any."""
    width = values.type.byte_width
    content = values.buffers()[1]
    if content is None or width == 0:
        return np.zeros((len(values), width), np.uint8)
    return np.frombuffer(content, np.uint8, width * len(values), width * values.offset).reshape(len(values), width)


def fixed_cells(values: pa.Array, uuids: bool) -> Column:
    """Bytes of a fixed length as 0x and hexadecimal digits, or as UUIDs."""
    pairs = HEX[fixed_bytes(values)].reshape(len(values), 2 * values.type.byte_width)
    if uuids:
        parts = np.split(pairs, [2 * place for place in UUID_DASHES], axis=1)
        dash = np.full((len(values), 1), ord("-"), np.uint8)
        shown = np.hstack([parts[0], *(half for part in parts[1:] for half in (dash, part))])
    else:
        shown = np.hstack([np.tile(np.frombuffer(b"0x", np.uint8), (len(values), 1)), pairs])
    offsets = np.arange(len(values) + 1, dtype=np.int64) * shown.shape[1]
    words = pa.Array.from_buffers(pa.large_string(), len(values), [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(shown))])
    if values.null_count:
        words = pc.if_else(values.is_valid(), words, pa.scalar(None, pa.large_string()))
    return text_cells(words)
