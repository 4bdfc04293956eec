"""## What columns read as

The values of whole columns by the forms that were decided: each different text is read once.
"""

import numpy as np
import pyarrow as pa

from columns import DAY, MOMENT, NULL, NUMBER, TEXT, Column
from forms import Forms
from values import as_text

DAY_SECONDS = 86400
EPOCH_ORDINAL = 719163  # of 1970-01-01


def amounts_of(column: Column, forms: Forms) -> np.ndarray:
    """The numbers of a column of amounts, one a row; NaN where a cell is null or no number."""
    found = np.full(len(column), np.nan)
    if column.codes is not None:
        read = np.array([number_or_nan(forms.amount(word)) for word in column.words], np.float64)
        found = column.spread(read, np.nan)
    if column.numbers is not None:
        is_number = column.kinds == NUMBER
        found[is_number] = column.numbers[is_number]
    return found


def number_or_nan(number: float | None) -> float:
    return np.nan if number is None else number


def nulls_of(column: Column, forms: Forms) -> np.ndarray:
    """Which cells of a column of dates or amounts are nothing: empty, blank, or a word for nothing."""
    found = column.kinds == NULL
    if column.codes is not None:
        found |= column.spread(np.array([forms.is_null(word) for word in column.words], bool), False)
    return found


def days_of(column: Column, forms: Forms) -> np.ndarray:
    """The days of order_date since 1970, one a row; NaN where a cell is null or no date."""
    found = np.full(len(column), np.nan)
    if column.codes is not None:
        read = [forms.day(word) for word in column.words]
        found = column.spread(np.array([np.nan if day is None else day.toordinal() - EPOCH_ORDINAL for day in read], np.float64), np.nan)
    if column.numbers is not None:
        is_day, is_moment, is_number = (column.kinds == kind for kind in (DAY, MOMENT, NUMBER))
        found[is_day] = column.numbers[is_day]
        found[is_moment] = np.floor(column.numbers[is_moment] / DAY_SECONDS)
        if is_number.any():
            different, places = np.unique(column.numbers[is_number], return_inverse=True)
            read = [forms.day_in_number(float(number)) for number in different]
            found[is_number] = np.array([np.nan if day is None else day.toordinal() - EPOCH_ORDINAL for day in read], np.float64)[places]
    return found


def dated_of(column: Column, forms: Forms) -> np.ndarray:
    """Which cells are a date in some order and century."""
    found = ~np.isnan(days_of(column, forms))
    if column.codes is not None:
        is_text = column.kinds == TEXT
        found[is_text] = column.spread(np.array([forms.dated(word) for word in column.words], bool), False)[is_text]
    return found


def texts_of(column: Column) -> Column:
    """The cells as texts (values.as_text): null stays null, and so becomes a text of blanks only."""
    if column.numbers is None:
        if column.codes is None:
            return column
        return recoded(column.codes, column.words)
    places = np.unique(np.where(column.kinds == TEXT, -1.0, column.numbers) + 0.0, return_inverse=True)[1]
    pairs = np.where(column.kinds == TEXT, 0 if column.codes is None else column.codes, places) * 8 + column.kinds
    _, first, codes = np.unique(pairs, return_index=True, return_inverse=True)
    return recoded(codes, [column.cell(int(row)) for row in first])


def recoded(codes: np.ndarray, cells: list) -> Column:
    """A column of the texts of cells that codes name by their places; -1 is null."""
    places: dict[str, int] = {}
    new = np.full(len(cells) + 1, -1, np.int32)
    for place, cell in enumerate(cells):
        text = as_text(cell)
        if text is not None:
            new[place] = places.setdefault(text, len(places))
    found = new[codes]
    return Column(np.where(found < 0, NULL, TEXT).astype(np.uint8), None, found, pa.array(list(places), pa.large_string()))
