"""## Shapes of numbers

The common shapes of numbers written as text, told for whole arrays of texts at once. What has another shape is read one by one
(`numbertexts`); of the texts that are told here both say the same.
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute

from numbertexts import NUMBER_FORMS
from textarrays import flags
from words import CURRENCIES, CURRENCY_OF

MOST_DIGITS = 300  # a longer text may be beyond a double
NO_FORM = len(NUMBER_FORMS)

# Each with its form, whether it is a number by the plain rule, the mark that groups, and the decimal mark.
SHAPES = (
    (r"^-?[0-9]+$", "", True, "", ""),
    (r"^-?[0-9]+\.[0-9]+$", "1234.50", True, "", "."),
    (r"^-?[0-9]+,[0-9]+$", "1234,50", False, "", ","),
    (r"^-?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+$", "1.234,50", False, ".", ","),
    (r"^-?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+$", "1,234.50", False, ",", "."),
    (r"^-?[0-9]{1,3}(?:\.[0-9]{3}){2,}$", "1.234.567", False, ".", ""),
    (r"^-?[0-9]{1,3}(?:,[0-9]{3}){2,}$", "1,234,567", False, ",", ""),
)
OPEN_SHAPES = {"1234.50": (r"^-?[1-9][0-9]{0,2}\.[0-9]{3}$", "1.234"), "1234,50": (r"^-?[1-9][0-9]{0,2},[0-9]{3}$", "1,234")}


BLANKS_BESIDE = "[ \u00a0\u202f]*"
MARKS_ONLY = r"[0-9.,'+\-()% \x{a0}\x{202f}]+"
# What is left of a number when its digits, marks and signs are taken away, in lower case.
LEFT_OF_NUMBERS = sorted({"", "e"} | {word.replace(".", "") for word in CURRENCIES})
BARE_CURRENCIES = frozenset(word for word in CURRENCIES if "." not in word)


@dataclass
class NumberShapes:
    """What trimmed texts show as numbers, one element a text. Of a text whose shape is not told here known is false and value NaN;
    what is known and has no value is surely no number."""

    known: np.ndarray  # bool
    value: np.ndarray  # float64
    grouped: np.ndarray | None  # float64: the value where the mark of an open text groups; None where no text is open
    form: np.ndarray  # uint8, the place in NUMBER_FORMS of what its marks show; NO_FORM: nothing
    plain: np.ndarray  # bool: a number by the plain rule
    currency: np.ndarray  # int16, the place in currencies; -1: none
    currencies: list[str]  # codes, or signs

    @staticmethod
    def of(count: int) -> "NumberShapes":
        """Nothing is known of so many texts."""
        marks = np.zeros(count, bool), np.full(count, np.nan), None, np.full(count, NO_FORM, np.uint8), np.zeros(count, bool)
        return NumberShapes(*marks, np.full(count, -1, np.int16), [])

    def open_by(self, mark: str) -> np.ndarray:
        """Which texts are open and have this mark."""
        return self.form == NUMBER_FORMS.index("1" + mark + "234")


def matches(texts: pa.Array, pattern: str) -> np.ndarray:
    """Which texts a pattern is found in."""
    return flags(pa.compute.match_substring_regex(texts, pattern))


def number_shapes(texts: pa.Array) -> NumberShapes:
    """Tells trimmed texts (large_string)."""
    found = NumberShapes.of(len(texts))
    short = flags(pa.compute.less_equal(pa.compute.binary_length(texts), MOST_DIGITS))
    rest, left = tell_shapes(found, *some(np.arange(len(texts)), texts, short), bare=True)
    if len(rest):
        tell_others(found, rest, left)
    return found


def some(places: np.ndarray, texts: pa.Array, which: np.ndarray) -> tuple[np.ndarray, pa.Array]:
    """The marked ones of texts and their places."""
    return (places, texts) if which.all() else (places[which], texts.filter(pa.array(which)))


def tell_shapes(found: NumberShapes, rest: np.ndarray, left: pa.Array, bare: bool) -> tuple[np.ndarray, pa.Array]:
    """Tells texts at places; gives back those that have none of the shapes. bare: nothing else stands around them."""
    for pattern, form, plain, group, mark in SHAPES:
        if not len(rest):
            break
        fits = matches(left, pattern)
        if not fits.any():
            continue
        places, texts = some(rest, left, fits)
        found.known[places] = True
        found.plain[places] = plain and bare
        found.value[places] = values_of(texts, group, mark)
        if form:
            found.form[places] = NUMBER_FORMS.index(form)
            tell_open(found, places, texts, form)
        rest, left = some(rest, left, ~fits)
    return rest, left


def tell_others(found: NumberShapes, rest: np.ndarray, left: pa.Array) -> None:
    """Tells texts of the shapes with one currency in front or behind, and those that are surely no numbers."""
    around = pa.compute.utf8_lower(pa.compute.replace_substring_regex(left, pattern=MARKS_ONLY, replacement=""))
    possible = pa.compute.is_in(around, pa.array(LEFT_OF_NUMBERS, pa.large_string()))
    wrong = flags(pa.compute.string_is_ascii(left)) & ~(flags(possible) & matches(left, "[0-9]"))
    found.known[rest[wrong]] = True
    for currency in pa.compute.unique(around.filter(possible)).to_pylist():
        if currency in BARE_CURRENCIES:
            places, texts = some(rest, left, flags(pa.compute.equal(around, currency)))
            for pattern in (f"(?i)^{re.escape(currency)}{BLANKS_BESIDE}", f"(?i){BLANKS_BESIDE}{re.escape(currency)}$"):
                beside = matches(texts, pattern)
                at, dressed = some(places, texts, beside)
                tell_shapes(found, at, pa.compute.replace_substring_regex(dressed, pattern=pattern, replacement=""), bare=False)
                told_places = at[found.known[at]]
                found.currency[told_places] = len(found.currencies)
            found.currencies.append(CURRENCY_OF.get(currency, currency))


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
