"""## Values

How a cell is read (contract/RULES.md, Values). A cell is `None`, a `float` (every number), a `bool`, a `date`, a
`datetime` (whole seconds) or a `str` as it stands in the file; the cells of a CSV are all `str`.
"""

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

Cell = None | float | bool | date | datetime | str

# Unicode's White_Space: str.strip() without an argument takes four control characters more.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{4})/([0-9]{2})/([0-9]{2})|([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
DAY_AND_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")

TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")

# Columns repeat their texts, so what a text reads as is remembered.
REMEMBERED = 1 << 16


@lru_cache(maxsize=REMEMBERED)
def trimmed(text: str):
    """The text without white space at its ends; None where nothing is left."""
    return text.strip(WHITE_SPACE) or None


@lru_cache(maxsize=REMEMBERED)
def number_in(text: str):
    """The number that a trimmed text stands for, else None (also for one that a double can't hold)."""
    if not NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


@lru_cache(maxsize=REMEMBERED)
def date_in(text: str):
    """The date or datetime that a trimmed text stands for, else None."""
    try:
        if found := DAY.fullmatch(text):
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
def typed_text(text: str):
    """What a trimmed text of a CSV reads as: number, boolean, date, datetime, else the text."""
    number = number_in(text)
    if number is not None:
        return number
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    day = date_in(text)
    return text if day is None else day


@lru_cache(maxsize=REMEMBERED)
def time_in(text: str):
    """The time of day that a trimmed text HH:MM or HH:MM:SS stands for, else None."""
    found = TIME.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2]), int(found[3] or 0))


def stored(cell: Cell, is_csv: bool):
    """The cell as the profile counts it: text trimmed, and read as a value in a CSV. None is null."""
    if type(cell) is not str:
        return cell
    text = trimmed(cell)
    if text is None or not is_csv:
        return text
    return typed_text(text)


def as_number(cell: Cell):
    """The number that a cell holds, as a number or as text; else None."""
    if type(cell) is float:
        return cell
    if type(cell) is str:
        text = trimmed(cell)
        return None if text is None else number_in(text)
    return None


def as_date(cell: Cell):
    """The day that a cell holds, as a date, date-time or text; else None."""
    value = cell
    if type(cell) is str:
        text = trimmed(cell)
        value = None if text is None else date_in(text)
    if type(value) is datetime:
        return value.date()
    return value if type(value) is date else None


def as_text(cell: Cell):
    """A cell as text, None for null: text trimmed, a number in its shortest decimal form, dates as ISO 8601."""
    if cell is None:
        return None
    if type(cell) is str:
        return trimmed(cell)
    if type(cell) is float:
        return number_text(cell)
    if isinstance(cell, date):  # a datetime is a date, too
        return cell.isoformat()
    return "true" if cell else "false"


def number_text(number: float) -> str:
    """The shortest decimal form that reads as this double, without exponent, an integer without a point."""
    if number.is_integer() and abs(number) < 2**53:
        return str(int(number))
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_value(value):
    """A cell as it stands in a JSON document: whole numbers without a point, dates as ISO 8601."""
    if type(value) is float and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, (date, time)):  # a datetime is a date, too
        return value.isoformat()
    return value
