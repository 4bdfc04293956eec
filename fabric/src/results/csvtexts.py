"""## Values as texts of a CSV

As Python's csv writes them: a text in quotes only where it needs them, a double in its shortest form that reads as the same one,
dates as ISO 8601, `true` and `false`, nothing for null.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TEXTS = pa.large_string()
NEEDS_QUOTES = '[",\r\n]'
FRACTION = 10_000
MOST_UNITS = 10**15  # a decimal number of 15 digits is the shortest form of the double next to it
# What stands behind the whole part of so many ten-thousandths.
FRACTIONS = pa.array([f".{part:04d}".rstrip("0") if part else ".0" for part in range(FRACTION)], TEXTS)
SIGN_TEXTS = pa.array(["", "-"], TEXTS)


def csv_texts(values: pa.Array) -> pa.Array:
    """The values as fields of a CSV, large_string; null stays null."""
    if pa.types.is_large_string(values.type):
        return in_quotes(values)
    if pa.types.is_floating(values.type):
        return double_texts(values)
    if pa.types.is_timestamp(values.type):
        return pc.replace_substring(values.cast(pa.timestamp("s")).cast(TEXTS), " ", "T")
    return values.cast(TEXTS)  # whole numbers, days, true and false


def in_quotes(texts: pa.Array) -> pa.Array:
    """Texts, those that hold a comma, a quote or a line's end in quotes."""
    which = pc.match_substring_regex(texts, NEEDS_QUOTES).fill_null(False)
    if not pc.any(which).as_py():
        return texts
    inside = pc.replace_substring(texts.filter(which), '"', '""')
    mark = pa.scalar('"', TEXTS)
    return pc.replace_with_mask(texts, which, pc.binary_join_element_wise(mark, inside, mark, pa.scalar("", TEXTS)))


def double_texts(numbers: pa.Array) -> pa.Array:
    """Each double as Python's repr. Those next to a number of four decimals and 15 digits have that as their shortest form; the others are
    written one by one."""
    values = numbers.fill_null(0.0).to_numpy()
    sizes = np.abs(values)
    with np.errstate(over="ignore"):
        units = np.rint(sizes * FRACTION)
    quick = (units < MOST_UNITS) & (units / FRACTION == sizes)
    whole, part = np.divmod(np.where(quick, units, 0).astype(np.int64), FRACTION)
    signs = SIGN_TEXTS.take(pa.array(np.signbit(values).astype(np.int8)))
    found = pc.binary_join_element_wise(signs, pa.array(whole).cast(TEXTS), FRACTIONS.take(pa.array(part)), pa.scalar("", TEXTS))
    if not quick.all():
        others = pa.array([repr(value) for value in values[~quick].tolist()], TEXTS)
        found = pc.replace_with_mask(found, pa.array(~quick), others)
    return pc.if_else(numbers.is_valid(), found, pa.scalar(None, TEXTS)) if numbers.null_count else found
