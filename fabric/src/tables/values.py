"""## Values

What a cell is, and the plain forms of numbers and dates (contract/RULES.md, Values). A cell is `None`, a `float`, a `bool`, a `date`,
a `datetime`, a `time` or a `str` as it stands in the file; the cells of a text file are all `str`.
"""

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

Cell = None | float | bool | date | datetime | time | str

# Unicode's White_Space: str.strip() without an argument takes four control characters more.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
SHOWN = 1000  # characters of a text that a document shows
EXACT = 2**53  # whole numbers up to here are exact in a double
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
PLAIN_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{4})/([0-9]{2})/([0-9]{2})|([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
DAY_AND_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")

PLAIN_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")

# Columns repeat their texts, so what a text reads as is remembered.
REMEMBERED = 1 << 16


@lru_cache(maxsize=REMEMBERED)
def trimmed(text: str):
    """The text without white space at its ends; None where nothing is left."""
    return text.strip(WHITE_SPACE) or None


@lru_cache(maxsize=REMEMBERED)
def number_in(text: str):
    """The number that a trimmed text stands for, else None (also for one that a double can't hold)."""
    if not PLAIN_NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


@lru_cache(maxsize=REMEMBERED)
def date_in(text: str):
    """The date or datetime that a trimmed text stands for, else None."""
    try:
        if found := PLAIN_DAY.fullmatch(text):
            parts = found.groups()
            if parts[6]:
                return date(int(parts[8]), int(parts[7]), int(parts[6]))
            year, month, day = parts[0:3] if parts[0] else parts[3:6]
            return date(int(year), int(month), int(day))
        if found := DAY_AND_TIME.fullmatch(text):
            day = date.fromisoformat(found[1])
            return datetime(day.year, day.month, day.day, int(found[2]), int(found[3]), int(found[4] or 0))
    except ValueError:  # such as 31 February
        pass
    return None


@lru_cache(maxsize=REMEMBERED)
def time_in(text: str):
    """The time of day that a trimmed text HH:MM or HH:MM:SS stands for, else None."""
    found = PLAIN_TIME.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def has_value(cell: Cell) -> bool:
    """A text of blanks only is no value."""
    return cell is not None and (type(cell) is not str or trimmed(cell) is not None)


def as_text(cell: Cell):
    """A cell as text, None for null: text trimmed, a number in its shortest decimal form, dates as ISO 8601."""
    if cell is None:
        return None
    if type(cell) is str:
        return trimmed(cell)
    if type(cell) is float:
        return number_text(cell)
    if type(cell) is bool:
        return "true" if cell else "false"
    return iso_text(cell)


def iso_text(moment) -> str:
    """A day, a date-time or a time of day as ISO 8601, with whole seconds."""
    return moment.isoformat() if type(moment) is date else moment.isoformat(timespec="seconds")


def number_text(number: float) -> str:
    """The shortest decimal form that reads as this double, without exponent, an integer without a point."""
    if number.is_integer() and abs(number) < 2**53:
        return str(int(number))
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_value(value):
    """A cell as it stands in a JSON document: whole numbers without a point, dates as ISO 8601, the beginning of a text."""
    if type(value) is str:
        return value[:SHOWN]
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, (date, time)):  # a datetime is a date, too
        return iso_text(value)
    return value
