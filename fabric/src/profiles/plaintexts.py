"""## Plain texts, many at once

What texts of the plain forms read as, and which texts can read as something at all: the few that are left are read one by one.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from values import WHITE_SPACE
from words import CURRENCIES, MONTHS

MOST_PLAIN_DIGITS = 300  # characters of a number that a double holds for certain
PLAIN_POINT = r"^-?[0-9]+(?:\.[0-9]+)?$"
WITH_COMMA = r"^-?[0-9]+,[0-9]+$"
OPEN = r"^-?[1-9][0-9]{0,2}[.,][0-9]{3}$"  # its mark may group
DAY_SIZE, MINUTE_SIZE, SECOND_SIZE = 10, 16, 19  # of 2025-12-31, 2025-12-31T23:59 and 2025-12-31T23:59:59


def alternatives(words) -> str:
    """A pattern of the words that are ASCII."""
    escaped = ("".join(char if char.isalnum() else "\\" + char for char in word) for word in words if word.isascii())
    return "(?:" + "|".join(escaped) + ")"


# What an ASCII text looks like at least that is a number, date, time of day or boolean, dressed or not. It takes more than these are.
MONEY, MONTH = alternatives(CURRENCIES), alternatives(MONTHS)
MAY_READ = (
    r"(?i)^(?:true|false|[0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
    rf"|[-+( ]*{MONEY}?[-+( ]*[0-9.,][0-9.,' eE+-]*[-+)% .,]*{MONEY}?[-+)% ]*"
    r"|[0-9]{1,4} *[-/.] *[0-9]{1,2} *[-/.] *[0-9].*"
    rf"|[0-9]{{1,4}}[ .,/-]*{MONTH}[ .,/-]*[0-9].*|{MONTH}[ .,/-]*[0-9].*)$"
)


def flags_of(found: pa.Array) -> np.ndarray:
    """Arrow's booleans as numpy's."""
    return found.to_numpy(zero_copy_only=False).astype(bool, copy=False)


def matching(texts: pa.Array, pattern: str) -> np.ndarray:
    """Which texts have a pattern; its $ is the text's very end."""
    return flags_of(pc.match_substring_regex(texts, pattern))


def without_blanks(texts: pa.Array) -> pa.Array:
    """The texts without white space at their ends."""
    return pc.utf8_trim(texts, characters=WHITE_SPACE)


def sizes_of(texts: pa.Array) -> np.ndarray:
    """The bytes of each text."""
    return pc.binary_length(texts).to_numpy(zero_copy_only=False)


def numbers_in(texts: pa.Array, comma: bool = False) -> np.ndarray:
    """The numbers of the plain texts [-]digits[.digits], NaN elsewhere; with comma those whose mark is a comma, but for texts whose mark may group."""
    plain = matching(texts, PLAIN_POINT)
    if comma:
        plain = (plain | matching(texts, WITH_COMMA)) & ~matching(texts, OPEN)
    plain &= sizes_of(texts) <= MOST_PLAIN_DIGITS
    found = np.full(len(texts), np.nan)
    if plain.any():
        digits = texts if plain.all() else texts.filter(pa.array(plain))
        if comma:
            digits = pc.replace_substring(digits, ",", ".", max_replacements=1)
        found[plain] = digits.cast(pa.float64()).to_numpy() + 0.0  # no negative zero
    return found


def moments_in(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The seconds since 1970 of the texts YYYY-MM-DD or YYYY/MM/DD, NaN elsewhere, and those of the texts YYYY-MM-DD with T or a blank
    and HH:MM[:SS] behind."""
    days, moments = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    sizes = sizes_of(texts)
    for size in (DAY_SIZE, MINUTE_SIZE, SECOND_SIZE):
        which = np.flatnonzero(sizes == size)
        if len(which):
            (days if size == DAY_SIZE else moments)[which] = fixed_moments(letters_of(texts.take(pa.array(which)), size))
    return days, moments


def letters_of(texts: pa.Array, size: int) -> np.ndarray:
    """The bytes of texts that have so many each, one a row."""
    _, offsets, data = texts.buffers()
    start = int(np.frombuffer(offsets, np.int64, 1, texts.offset * 8)[0])
    return np.frombuffer(data, np.uint8, len(texts) * size, start).reshape(len(texts), size)


def fixed_moments(letters: np.ndarray) -> np.ndarray:
    """The seconds since 1970 of texts of one size, NaN where they are no day or moment that exists."""
    size = letters.shape[1]
    digits = letters - np.uint8(ord("0"))  # what is below 0 becomes large
    good = np.ones(len(letters), bool)

    def number(start: int, stop: int) -> np.ndarray:
        nonlocal good
        value: np.ndarray = np.zeros(len(letters), np.int64)
        for place in range(start, stop):
            good &= digits[:, place] < 10
            value = value * 10 + digits[:, place]
        return value

    year, month, day = number(0, 4), number(5, 7), number(8, 10)
    good &= (letters[:, 4] == letters[:, 7]) & ((letters[:, 4] == ord("-")) | ((letters[:, 4] == ord("/")) & (size == DAY_SIZE)))
    seconds: np.ndarray = np.zeros(len(letters), np.int64)
    if size > DAY_SIZE:
        hour, minute = number(11, 13), number(14, 16)
        second = number(17, 19) if size == SECOND_SIZE else seconds
        good &= ((letters[:, 10] == ord("T")) | (letters[:, 10] == ord(" "))) & (letters[:, 13] == ord(":")) & (hour < 24) & (minute < 60) & (second < 60)
        if size == SECOND_SIZE:
            good &= letters[:, 16] == ord(":")
        seconds = hour * 3600 + minute * 60 + second
    good &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    good &= days < (months + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64)
    return np.where(good, days * 86400 + seconds, np.nan)


def may_read(texts: pa.Array) -> np.ndarray:
    """Which trimmed texts may be a number, date, time of day or boolean; the others certainly are none."""
    if len(texts) == 0:
        return np.zeros(0, bool)
    found = matching(texts, MAY_READ)
    other = np.flatnonzero(~flags_of(pc.string_is_ascii(texts)))
    if len(other):  # only those with a digit
        found[other] = matching(texts.take(pa.array(other)), "[0-9\uff10-\uff19]")
    return found
