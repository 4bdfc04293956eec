"""The tally of a column's cells, as tally.go has it, from the values that Python's readers give."""

import math
import zlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

BLANKS = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"  # Unicode white space
EXACT = 1 << 53  # up to where a double holds every whole number
LAST_SECOND = time(23, 59, 59)


class Fault(str):
    """An error such as #N/A in a cell."""


def blank(value: Any) -> bool:
    """Says whether a cell has no value."""
    return value is None or (isinstance(value, str) and not value.strip(BLANKS)) or (isinstance(value, float) and math.isnan(value))


def whole_second(moment: datetime, rounded: bool) -> datetime:
    """A moment has whole seconds: one of a workbook is rounded within its day, others are cut."""
    if rounded and moment.microsecond >= 499_500 and moment.time() < LAST_SECOND:
        moment += timedelta(seconds=1)
    return moment.replace(microsecond=0)


class Tally:
    """Counts the cells of a column by what they hold."""

    def __init__(self, rounded: bool) -> None:
        self.rounded = rounded
        self.numbers = self.moments = self.clocks = self.bools = self.trues = self.texts = self.crc = self.errors = 0
        self.sum = self.seconds = 0.0
        self.first: datetime | None = None
        self.last: datetime | None = None

    def text(self, value: str) -> None:
        value = value.replace("\r\n", "\n").strip(BLANKS)
        if value:
            self.texts += 1
            self.crc += zlib.crc32(value.encode("utf-8", "surrogatepass"))

    def number(self, value: float) -> None:
        self.numbers += 1
        if not math.isinf(self.sum + value):
            self.sum += value

    def add(self, value: Any) -> None:
        """Counts a value by its type; what has no place among ours is a text."""
        if blank(value):
            return
        if isinstance(value, Fault) or (isinstance(value, float) and math.isinf(value)):
            self.errors += 1
        elif isinstance(value, bool):
            self.bools += 1
            self.trues += value
        elif isinstance(value, int):
            self.text(str(value)) if abs(value) > EXACT else self.number(value)
        elif isinstance(value, float):
            self.number(value)
        elif isinstance(value, Decimal):
            self.text(str(value)) if value == value.to_integral_value() and abs(value) > EXACT else self.number(float(value))
        elif isinstance(value, datetime):
            value = whole_second(value.replace(tzinfo=None), self.rounded)
            self.moments += 1
            self.first, self.last = min(self.first or value, value), max(self.last or value, value)
        elif isinstance(value, date):
            self.add(datetime(value.year, value.month, value.day))
        elif isinstance(value, time):
            self.clocks += 1
            self.seconds += value.hour * 3600 + value.minute * 60 + value.second + (self.rounded and value.microsecond >= 500_000 and value < LAST_SECOND)
        elif isinstance(value, timedelta):  # a duration is a number of days in a workbook
            self.number(value / timedelta(days=1))
        else:
            self.text(str(value))

    def told(self) -> dict[str, Any]:
        """The tally as tally.go writes it."""
        told: dict[str, Any] = {k: getattr(self, k) for k in ("numbers", "sum", "moments", "clocks", "seconds", "bools", "trues", "texts", "crc", "errors")}
        if self.first is not None and self.last is not None:
            told |= {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return told
