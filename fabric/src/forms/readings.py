"""## What columns read as

The values of whole columns by the forms that were decided: each different text is read once, texts of common shapes all at once.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import BOOLEAN, DAY, FIRST_DAY, MOMENT, NULL, NUMBER, TEXT, TIME, Column
from forms import Forms
from likely import DAY_SECONDS, SERIAL_OF_1970
from numbertexts import likely_amount
from textarrays import flags, trimmed_texts
from values import EXACT, as_text

NO_DAY = -(2**31)  # in arrays of days as int32


def amounts_of(column: Column, forms: Forms) -> np.ndarray:
    """The numbers of a column of amounts, float64, one a row; NaN where a cell is null or no number."""
    found = np.full(len(column), np.nan)
    if column.codes is not None and len(column.texts):
        found = column.spread(forms.amounts_in(trimmed_texts(column.texts)), np.nan)
    if column.numbers is not None:
        is_number = column.kinds == NUMBER
        if is_number.all():
            return column.numbers
        found[is_number] = column.numbers[is_number]
    return found


def nulls_of(column: Column, forms: Forms) -> np.ndarray:
    """Which cells of a column of dates or amounts are nothing: empty, blank, or a word for nothing."""
    found = column.kinds == NULL
    if column.codes is not None and len(column.texts):
        nothing = forms.nothing_in(trimmed_texts(column.texts))
        if nothing.any():
            found |= column.spread(nothing, False)
    return found


def unread_of(column: Column, forms: Forms) -> np.ndarray:
    """Which cells of a column of amounts are there and no number."""
    found = (column.kinds != NULL) & (column.kinds != NUMBER) & (column.kinds != TEXT)
    if column.codes is not None and len(column.texts):
        texts = trimmed_texts(column.texts)
        unread = np.isnan(forms.amounts_in(texts)) & ~forms.nothing_in(texts)
        if unread.any():
            found |= column.spread(unread, False)
    return found


def days_of(column: Column, forms: Forms) -> np.ndarray:
    """The days of order_date since 1970, float64, one a row; NaN where a cell is null or no date."""
    found = np.full(len(column), np.nan)
    if column.codes is not None and len(column.texts):
        found = column.spread(forms.days_in(trimmed_texts(column.texts)), np.nan)
    if column.numbers is not None:
        is_day, is_moment, is_number = (column.kinds == kind for kind in (DAY, MOMENT, NUMBER))
        if is_day.all():
            return column.numbers
        found[is_day] = column.numbers[is_day]
        found[is_moment] = np.floor(column.numbers[is_moment] / DAY_SECONDS)
        if is_number.any():
            different, places = np.unique(column.numbers[is_number], return_inverse=True)
            read = [forms.day_in_number(float(number)) for number in different]
            found[is_number] = np.array([np.nan if day is None else (day - FIRST_DAY).days for day in read], np.float64)[places]
    return found


def whole_days(days: np.ndarray) -> np.ndarray:
    """Days as int32; NO_DAY is none."""
    missing = np.isnan(days)
    return np.where(missing, NO_DAY, days).astype(np.int32) if missing.any() else days.astype(np.int32)


def dated_of(column: Column, forms: Forms) -> np.ndarray:
    """Which cells are a date in some order and century."""
    found = np.zeros(len(column), bool)
    if column.codes is not None and len(column.texts):
        found = column.spread(forms.dated_in(trimmed_texts(column.texts)), False)
    if column.numbers is not None:
        others = ~np.isnan(days_of(Column(np.where(column.kinds == TEXT, NULL, column.kinds), column.numbers), forms))
        found = others if column.codes is None else found | others
    return found


def likely_of(column: Column) -> np.ndarray:
    """What each cell that is no number would add to a sum by its likeliest reading (contract/RULES.md, What is missing, in money)."""
    found = np.zeros(len(column))
    if column.codes is not None and len(column.texts):
        texts = trimmed_texts(column.texts)
        maybe = flags(pa.compute.match_substring_regex(texts, "[0-9]")) | ~flags(pa.compute.string_is_ascii(texts))
        read = np.zeros(len(texts))
        read[maybe] = [likely_amount(text) for text in texts.filter(pa.array(maybe)).to_pylist()]
        found = column.spread(read, 0.0)
    if column.numbers is not None:
        numbers = column.numbers
        for kind, value in ((DAY, numbers + SERIAL_OF_1970), (MOMENT, likely_moments(numbers)), (TIME, numbers / DAY_SECONDS)):
            found = np.where(column.kinds == kind, value, found)
    return found


def likely_moments(seconds: np.ndarray) -> np.ndarray:
    """The serial numbers of moments."""
    days = np.floor(seconds / DAY_SECONDS)
    return days + SERIAL_OF_1970 + (seconds - days * DAY_SECONDS) / DAY_SECONDS


def keys_of(column: Column) -> tuple[np.ndarray, int]:
    """A number for each cell's text (values.as_text), int32, the same for the same text and -1 for null; and how many numbers there may be."""
    if column.codes is None and column.numbers is not None:
        has = column.kinds != NULL
        kinds = np.unique(column.kinds[has])
        if len(kinds) == 1:  # cells of one kind have the same text where they have the same number
            different, places = np.unique(column.numbers[has], return_inverse=True)
            found = np.full(len(column), -1, np.int32)
            found[has] = places
            return found, len(different)
    texts = texts_of(column)
    return (np.full(len(column), -1, np.int32) if texts.codes is None else texts.codes), len(texts.texts)


def texts_of(column: Column) -> Column:
    """The cells as texts (values.as_text): null stays null, and so becomes a text of blanks only."""
    if column.numbers is None:
        return column if column.codes is None else with_texts(column.codes, trimmed_texts(column.texts), column)
    cells = np.where(column.kinds == TEXT, 0.0, column.numbers) + 0.0
    different, places = np.unique(cells, return_inverse=True)
    texts: list[pa.Array] = [trimmed_texts(column.texts)]
    codes = np.full(len(column), -1, np.int64) if column.codes is None else column.codes.astype(np.int64)
    start = len(column.texts)
    for kind in (NUMBER, BOOLEAN, DAY, MOMENT, TIME):
        is_kind = column.kinds == kind
        if is_kind.any():
            used = np.unique(places[is_kind])
            codes[is_kind] = start + np.searchsorted(used, places[is_kind])
            texts.append(number_texts(kind, different[used]))
            start += len(used)
    return with_texts(codes, pa.concat_arrays(texts), None)


def with_texts(codes: np.ndarray, texts: pa.Array, column: Column | None) -> Column:
    """A column of trimmed texts that codes name by their places; -1 is null. column: whose texts these are, if they may be as they were."""
    if column is not None and texts.equals(column.texts) and not flags(pa.compute.equal(texts, "")).any():
        return column
    encoded = texts.dictionary_encode()
    empty = encoded.dictionary.index("").as_py()
    new = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    different = encoded.dictionary
    if empty >= 0:
        new = np.where(new == empty, -1, np.where(new > empty, new - 1, new)).astype(np.int32)
        different = pa.concat_arrays([different.slice(0, empty), different.slice(empty + 1)])
    found = np.append(new, np.int32(-1))[codes]
    return Column(np.where(found < 0, NULL, TEXT).astype(np.uint8), None, found, different)


def number_texts(kind: int, numbers: np.ndarray) -> pa.Array:
    """Cells of one kind that is no text as texts (values.as_text)."""
    if kind != NUMBER:
        return pa.array([as_text(cell) for cell in Column.of_numbers(kind, numbers).cells()], pa.large_string())
    whole = (np.floor(numbers) == numbers) & (np.abs(numbers) < EXACT)
    texts = pa.compute.cast(pa.array(np.where(whole, numbers, 0.0).astype(np.int64)), pa.large_string())
    if whole.all():
        return texts
    # pyarrow writes doubles in their shortest form, too, but the large and the small ones with an exponent.
    decimals = pa.compute.cast(pa.array(np.where(whole, 0.5, numbers)), pa.large_string())
    texts = pa.compute.if_else(pa.array(whole), texts, decimals)
    exponents = flags(pa.compute.match_substring(texts, "e")) | (~whole & (np.floor(numbers) == numbers))
    if exponents.any():
        texts = pa.compute.replace_with_mask(texts, pa.array(exponents), pa.array([as_text(number) for number in numbers[exponents].tolist()], pa.large_string()))
    return texts
