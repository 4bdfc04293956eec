"""## Shapes of numbers

The common shapes of numbers written as text, told for whole arrays of texts at once. What has another shape is read one by one
(`numbertexts`); of the texts that are told here both say the same.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute

from numbertexts import NUMBER_FORMS

MOST_DIGITS = 300  # a longer text may be beyond a double
NO_FORM = len(NUMBER_FORMS)

# Each with its form, whether it is a number by the plain rule, the mark that groups, and the decimal mark.
NUMBER_SHAPES = (
    (r"^-?[0-9]+$", "", True, "", ""),
    (r"^-?[0-9]+\.[0-9]+$", "1234.50", True, "", "."),
    (r"^-?[0-9]+,[0-9]+$", "1234,50", False, "", ","),
    (r"^-?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+$", "1.234,50", False, ".", ","),
    (r"^-?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+$", "1,234.50", False, ",", "."),
    (r"^-?[0-9]{1,3}(?:\.[0-9]{3}){2,}$", "1.234.567", False, ".", ""),
    (r"^-?[0-9]{1,3}(?:,[0-9]{3}){2,}$", "1,234,567", False, ",", ""),
)
OPEN_SHAPES = {"1234.50": (r"^-?[1-9][0-9]{0,2}\.[0-9]{3}$", "1.234"), "1234,50": (r"^-?[1-9][0-9]{0,2},[0-9]{3}$", "1,234")}


@dataclass
class NumberShapes:
    """What trimmed texts show as numbers, one element a text. Of a text whose shape is not told here known is false and value NaN."""

    known: np.ndarray  # bool
    value: np.ndarray  # float64
    grouped: np.ndarray | None  # float64: the value where the mark of an open text groups; None where no text is open
    form: np.ndarray  # uint8, the place in NUMBER_FORMS; NO_FORM: none
    plain: np.ndarray  # bool: a number by the plain rule

    def open_by(self, mark: str) -> np.ndarray:
        """Which texts are open and have this mark."""
        return self.form == NUMBER_FORMS.index("1" + mark + "234")


def matches(texts: pa.Array, pattern: str) -> np.ndarray:
    """Which texts a pattern is found in; null is none."""
    return pa.compute.match_substring_regex(texts, pattern).fill_null(False).to_numpy(zero_copy_only=False)


def number_shapes(texts: pa.Array) -> NumberShapes:
    """Tells trimmed texts (large_string)."""
    count = len(texts)
    found = NumberShapes(np.zeros(count, bool), np.full(count, np.nan), None, np.full(count, NO_FORM, np.uint8), np.zeros(count, bool))
    short = pa.compute.less_equal(pa.compute.binary_length(texts), MOST_DIGITS).fill_null(False).to_numpy(zero_copy_only=False)
    rest = np.flatnonzero(short)
    left = texts if len(rest) == count else texts.take(pa.array(rest))
    for pattern, form, plain, group, mark in NUMBER_SHAPES:
        if not len(rest):
            break
        fits = matches(left, pattern)
        if not fits.any():
            continue
        places, some = (rest, left) if fits.all() else (rest[fits], left.filter(pa.array(fits)))
        found.known[places] = True
        found.plain[places] = plain
        found.value[places] = values_of(some, group, mark)
        if form:
            found.form[places] = NUMBER_FORMS.index(form)
            tell_open(found, places, some, form)
        rest, left = rest[~fits], left.filter(pa.array(~fits))
    return found


def tell_open(found: NumberShapes, places: np.ndarray, texts: pa.Array, form: str) -> None:
    """Marks the open ones of texts with one mark."""
    if form not in OPEN_SHAPES:
        return
    pattern, open_form = OPEN_SHAPES[form]
    is_open = matches(texts, pattern)
    if is_open.any():
        if found.grouped is None:
            found.grouped = found.value.copy()
        found.form[places[is_open]] = NUMBER_FORMS.index(open_form)
        found.grouped[places[is_open]] = values_of(texts.filter(pa.array(is_open)), open_form[1], "")


def values_of(texts: pa.Array, group: str, mark: str) -> np.ndarray:
    """The doubles next to the numbers that texts of one shape stand for."""
    if group:
        texts = pa.compute.replace_substring(texts, pattern=group, replacement="")
    if mark == ",":
        texts = pa.compute.replace_substring(texts, pattern=",", replacement=".")
    return pa.compute.cast(texts, pa.float64()).to_numpy(zero_copy_only=False) + 0.0  # no negative zero
