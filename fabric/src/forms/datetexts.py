"""## Dates written as text

Days in any order, month names, times and offsets (contract/RULES.md, Dates written as text).
"""

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from failure import RunFailed
from numbertexts import compatible
from values import REMEMBERED, date_in
from words import MONTHS, plain_name

# The forms that the evidence counts, in its order.
DATE_FORMS = ("2025-12-31", "31.12.2025", "31/12/2025", "12/31/2025", "01/02/2025", "20251231", "31 Dec 2025", "31.12.25", "23:59", "+01:00")
YEAR_FIRST, POINTS, DAY_FIRST, MONTH_FIRST, EITHER, COMPACT, NAMED, TWO_DIGITS, WITH_TIME, WITH_ZONE = DATE_FORMS

NUMERIC = re.compile(r"([0-9]{4}|[0-9]{1,2}) *([-/.]) *([0-9]{1,2}) *\2 *([0-9]{4}|[0-9]{1,2})(?![0-9])\.?")
BEGINS_NUMERIC = re.compile(r"[0-9]+ *[-/.] *[0-9]")
EIGHT = re.compile(r"[0-9]{8}(?![0-9])")
BETWEEN = r"[ \-.,/]*"
DAY_MONTH = re.compile(r"([0-9]{4}|[0-9]{1,2})" + BETWEEN + r"([^\W\d_]+)" + BETWEEN + r"([0-9]{4}|[0-9]{1,2})(?![0-9])")
MONTH_DAY = re.compile(r"([^\W\d_]+)" + BETWEEN + r"([0-9]{1,2})(?![0-9])[ \-.,/]+([0-9]{4}|[0-9]{2})(?![0-9])")
CLOCK = re.compile(
    r"(?: *, *|T| +)([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]+))?)?(?![0-9:])(?: *([AaPp])[Mm])?"
    r"(?: *(Z|UTC|GMT|([+-])([0-9]{2})(?::?([0-9]{2}))?))?"
)


class DateText(NamedTuple):
    """What a text that is a date shows. first and second are month and day where ordered says so, else in the order that is looked for."""

    year: int
    first: int
    second: int
    ordered: bool
    points: bool  # points stand between the parts, and the year last
    two_digits: bool
    form: str  # of the first eight
    seconds: int  # of the time of day; 86,400 is midnight of the next day
    offset: int | None  # from UTC, in seconds
    timed: bool
    plain: date | datetime | None  # what the plain rule reads

    @property
    def shows(self) -> str:
        """The order that the text shows: dmy, mdy, open where it may be either, or empty."""
        if self.ordered or self.first == self.second <= 12:
            return ""
        return "dmy" if self.first > 12 else "mdy" if self.second > 12 else "open"

    @property
    def forms(self) -> tuple[str, ...]:
        """All forms of the evidence that the text has."""
        found = {self.form}
        if self.two_digits:
            found.add(TWO_DIGITS)
        if self.timed:
            found.add(WITH_TIME)
        if self.offset is not None:
            found.add(WITH_ZONE)
        return tuple(form for form in DATE_FORMS if form in found)


def exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=REMEMBERED)
def date_text_of(text: str, years_first: bool) -> DateText | None:
    """What a trimmed text shows as a date; None where it is none in any order and century. years_first: of two digits each, the first are the year."""
    plain = date_in(text)
    if plain is not None:
        timed = isinstance(plain, datetime)
        if text[2] == ".":
            first, second = int(text[:2]), int(text[3:5])
            form = MONTH_FIRST if second > 12 >= first else POINTS
            return DateText(plain.year, first, second, False, True, False, form, 0, None, False, plain)
        return DateText(plain.year, plain.month, plain.day, True, False, False, YEAR_FIRST, 0, None, timed, plain)
    bare = compatible(text) if len(text) >= 6 else None
    if not bare:
        return None
    parts = date_parts(bare, years_first)
    if parts is None:
        return None
    found, end = parts
    clock = clock_behind(bare[end:])
    if clock is None or not day_possible(found):
        return None
    seconds, offset, timed = clock
    return found._replace(seconds=seconds, offset=offset, timed=timed)


def day_possible(found: DateText) -> bool:
    """Whether the parts are a day in some order; the century is not known of two digits, and 2000 is a leap year."""
    year = 2000 if found.two_digits else found.year
    month, day = (found.first, found.second) if found.ordered or (found.second > 12 >= found.first) else (found.second, found.first)
    return exists(year, month, day)


def date_parts(bare: str, years_first: bool) -> tuple[DateText, int] | None:
    """The date at the beginning of a text, and the place behind it."""

    def parts(year, first, second, ordered, form, points=False, two_digits=False, end=0):
        return DateText(year, first, second, ordered, points, two_digits, form, 0, None, False, None), end

    if eight := EIGHT.match(bare):
        days = int(eight[0])
        if not 19000101 <= days <= 21001231:
            return None
        return parts(days // 10000, days // 100 % 100, days % 100, True, COMPACT, end=8)
    if BEGINS_NUMERIC.match(bare):
        found = NUMERIC.match(bare)
        if not found:
            return None
        end = found.end() - (found[0].endswith(".") and found[2] != ".")
        x, y, z = int(found[1]), int(found[3]), int(found[4])
        front, behind = len(found[1]), len(found[4])
        if front == 4:
            return parts(x, y, z, True, YEAR_FIRST, end=end) if behind <= 2 else None
        if front == 2 and behind <= 2 and (x > 31 or years_first):
            return parts(x, y, z, True, TWO_DIGITS, two_digits=True, end=end)
        if behind not in (2, 4):
            return None
        points = found[2] == "."
        if points and behind == 2:
            form = TWO_DIGITS
        elif points and (x > 12 or y <= 12):
            form = POINTS
        else:
            form = DAY_FIRST if x > 12 else MONTH_FIRST if y > 12 else EITHER
        return parts(z, x, y, False, form, points, behind == 2, end)
    if found := DAY_MONTH.match(bare):
        month = MONTHS.get(plain_name(found[2]))
        front, behind = len(found[1]), len(found[3])
        x, z = int(found[1]), int(found[3])
        if month is None or (front == 4 and behind > 2):
            return None
        if front == 4:
            return parts(x, month, z, True, NAMED, end=found.end())
        if front == 2 and x > 31 and behind <= 2:
            return parts(x, month, z, True, NAMED, two_digits=True, end=found.end())
        return parts(z, month, x, True, NAMED, two_digits=behind == 2, end=found.end()) if behind in (2, 4) else None
    if found := MONTH_DAY.match(bare):
        month = MONTHS.get(plain_name(found[1]))
        if month is not None:
            return parts(int(found[3]), month, int(found[2]), True, NAMED, two_digits=len(found[3]) == 2, end=found.end())
    return None


def clock_behind(rest: str) -> tuple[int, int | None, bool] | None:
    """What stands behind a date: seconds of the day, the offset from UTC, whether there is a time; None where it is something else."""
    if not rest:
        return 0, None, False
    found = CLOCK.fullmatch(rest)
    if not found:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5] in "Pp" else 0)
    if hour > 24 or (hour == 24 and (minute or second or (found[4] or "").strip("0"))):
        return None
    offset = None
    if found[6]:
        offset = int(found[8] or 0) * 3600 + int(found[9] or 0) * 60
        if int(found[8] or 0) > 23 or int(found[9] or 0) > 59:
            return None
        if found[7] == "-":
            offset = -offset
    return hour * 3600 + minute * 60 + second, offset, True


class Dates:
    """Reads dates written as text. Without an order open texts are no dates, without a century those with two-digit years are none."""

    def __init__(self, order: str = "", points: bool = False, years_first: bool = False, century: int = 0, zone: tzinfo | None = None, known: bool = False):
        self.order, self.points, self.years_first, self.century, self.zone, self.known = order, points, years_first, century, zone, known
        self.read_as: dict[str, date | datetime | None] = {}

    def text_of(self, text: str) -> DateText | None:
        """What a trimmed text shows, whether it can be read or not."""
        return date_text_of(text, self.years_first)

    def read(self, text: str) -> date | datetime | None:
        """The moment of a trimmed text of order_date; None where it is no date, or none yet."""
        if text not in self.read_as:
            if len(self.read_as) >= REMEMBERED:
                self.read_as.clear()
            found = self.text_of(text)
            self.read_as[text] = None if found is None else self.moment(found)
        return self.read_as[text]

    def month_first(self, found: DateText) -> bool | None:
        """Whether the month stands first in a text; None where that is not known."""
        shows = found.shows
        if shows != "open":
            return shows == "mdy"
        if found.points and not self.points:
            return False
        return None if not self.order else self.order == "mdy"

    def moment(self, found: DateText) -> date | datetime | None:
        year = found.year
        if found.two_digits:
            if not self.century:
                return None
            year = self.century + (found.year - self.century % 100) % 100
        month, day = found.first, found.second
        if not found.ordered:
            month_first = self.month_first(found)
            if month_first is None:
                return None
            if not month_first:
                month, day = day, month
        if found.plain is not None and found.ordered:
            return found.plain
        if not exists(year, month, day):
            return None
        if not found.timed:
            return date(year, month, day)
        try:
            moment = datetime(year, month, day) + timedelta(seconds=found.seconds)
            if found.offset is not None and self.zone is not None:
                moment = moment.replace(tzinfo=timezone(timedelta(seconds=found.offset))).astimezone(self.zone).replace(tzinfo=None)
        except OverflowError:  # behind the year 9999
            return None
        return moment

    def other(self, text: str) -> date | datetime | None:
        """The moment of a trimmed text of another column of a text file; YYYYMMDD is a number there."""
        plain = date_in(text)
        if not self.known or (plain is not None and text[2] != "."):
            return plain
        found = self.text_of(text)
        return None if found is None or found.form == COMPACT else self.read(text)


def compact_day(number: float) -> date | None:
    """The day that a number YYYYMMDD stands for."""
    if not 19000101 <= number <= 21001231 or number != int(number):
        return None
    days = int(number)
    return date(days // 10000, days // 100 % 100, days % 100) if exists(days // 10000, days // 100 % 100, days % 100) else None


ZONE_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})")


def zone_of(name: str) -> tzinfo:
    """A zone by its IANA name, or an offset +HH:MM. Raises RunFailed where there is none."""
    if found := ZONE_OFFSET.fullmatch(name):
        hours, minutes = int(found[2]), int(found[3])
        if hours <= 23 and minutes <= 59:
            offset = timedelta(hours=hours, minutes=minutes)
            return timezone(-offset if found[1] == "-" else offset)
    else:
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            pass
    raise RunFailed(f"{name} is no time zone: give a name such as Europe/Berlin, or an offset such as +01:00.")


def dates_of(options: dict) -> Dates:
    """The reading of dates as the options say."""
    order = options.get("date_order", "")
    years_first = order == "ymd"
    zone = zone_of(options["time_zone"]) if "time_zone" in options else None
    return Dates(
        "" if years_first else order, points=order in ("dmy", "mdy"), years_first=years_first, century=options.get("two_digit_years_from", 0), zone=zone, known=bool(order)
    )
