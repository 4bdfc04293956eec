"""## Number formats

What a cell's number format shows a number as, and the day or time that a serial number then stands for (contract/RULES.md, Reading).
"""

import math
import re
from datetime import date, datetime, time

import numpy as np

from columns import DAY, FIRST_DAY, MOMENT, NUMBER, TIME

NUMBER_SHOWN, DATE_SHOWN, TIME_SHOWN = range(3)  # a time of day without a day is the last

# What is shown as it stands, its width, what fills the cell, and colours, conditions and languages in brackets.
LITERAL = re.compile(r'"[^"]*(?:"|$)|\\.?|_.?|\*.?|\[[^\]]*(?:\]|$)', re.DOTALL)
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
# Names of the format General in languages in which they have a letter of a date; some programs write their own.
GENERAL = re.compile(r"standardowy|standaard|standard|est[áa]ndar|yleinen|všeobecný|obecný|normál|allmänt|általános|ogólny|algemeen", re.IGNORECASE)
HALF_DAY = re.compile(r"am/pm", re.IGNORECASE)

MILLIS_A_DAY = 86_400_000
LAST_SERIAL = 2_958_465  # 9999-12-31 where days count from 1900
EPOCH_1900 = date(1899, 12, 30).toordinal()  # right from 1900-03-01 on: Excel counts a 29 February 1900
EPOCH_1904 = date(1904, 1, 1).toordinal()


def builtin_format(number: int) -> int:
    """The formats that workbooks use without writing them down (ECMA-376 part 1, 18.8.30); 27 to 36 and 50 to 58 are dates in East Asian versions."""
    if 18 <= number <= 21 or number in (45, 47):
        return TIME_SHOWN
    if 14 <= number <= 22 or 27 <= number <= 36 or 50 <= number <= 58:
        return DATE_SHOWN
    return NUMBER_SHOWN


def format_of_code(code: str) -> int:
    """What the first section of a format's code shows. m and mm beside an hour or a second are minutes."""
    section = first_section(code)
    if ELAPSED.search(section):  # a duration
        return NUMBER_SHOWN
    bare = HALF_DAY.sub("", GENERAL.sub("\0", LITERAL.sub("\0", section))).lower()
    days, clock = "y" in bare or "d" in bare, "h" in bare or "s" in bare
    months = max((len(run) for run in re.findall("m+", bare)), default=0)
    if days or months > 2 or (months and not clock):
        return DATE_SHOWN
    return TIME_SHOWN if clock else NUMBER_SHOWN


def first_section(code: str) -> str:
    """The code up to the first semicolon that is no text."""
    place = 0
    while place < len(code):
        if code[place] == ";":
            return code[:place]
        literal = LITERAL.match(code, place)
        place = literal.end() if literal else place + 1
    return code


def moment_of_serial(serial: float, date1904: bool) -> date | datetime | None:
    """The day or date-time of a serial number, which is exact to the millisecond.
    None for a number that stands for no day: below 1, 29 February 1900, or after 9999."""
    if not 1 <= serial < LAST_SERIAL + 1:
        return None
    day, millis = divmod(math.floor(serial * MILLIS_A_DAY + 0.5), MILLIS_A_DAY)
    if date1904:
        day += EPOCH_1904
    elif day == 60:
        return None
    else:
        day += EPOCH_1900 + (day < 60)
    if day > date.max.toordinal():
        return None
    found = date.fromordinal(day)
    clock = whole_second(millis)
    return datetime.combine(found, clock) if clock != time() else found


def clock_of_serial(serial: float) -> time:
    """The time of day of a number from 0 to below 1."""
    return whole_second(math.floor(serial * MILLIS_A_DAY + 0.5))


def whole_second(millis: int) -> time:
    """A time of day in milliseconds, rounded to the second, but never into the next day."""
    seconds = min((millis + 500) // 1000, 86_399)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


CLOCK_PART = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]+)?)?"
ISO_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T" + CLOCK_PART + r"(Z|[+-][0-9]{2}:[0-9]{2})?)?")
ISO_CLOCK = re.compile(r"T?" + CLOCK_PART + "Z?")
DAYS_ZERO = (date(1899, 12, 30), date(1899, 12, 31))  # as programs count


def iso_moment(text: str, shown: int) -> date | datetime | time | None:
    """What a cell of type d says: a day, a date-time or a time of day as it is written; shown is what its format shows."""
    try:
        if found := ISO_CLOCK.fullmatch(text):
            return iso_clock(found.groups())
        if found := ISO_MOMENT.fullmatch(text):
            day = date.fromisoformat(found[1])
            clock = iso_clock(found.groups()[1:5]) if found[2] else time()
            if shown == TIME_SHOWN and day in DAYS_ZERO:  # a time alone
                return clock
            return datetime.combine(day, clock) if clock != time() else day
    except ValueError:  # such as 31 February
        pass
    return None


def iso_clock(parts: tuple) -> time:
    hour, minute, second = int(parts[0]), int(parts[1]), int(parts[2] or 0)
    time(hour, minute, second)  # raises ValueError where there is no such time
    return whole_second((hour * 3600 + minute * 60 + second) * 1000 + int(float(parts[3] or 0) * 1000))


def moments_of_serials(serials: np.ndarray, clocks: np.ndarray, date1904: bool) -> tuple[np.ndarray, np.ndarray]:
    """The kinds and values, as columns have them, of numbers that are shown as days or times; clocks says which of them as times. As moment_of_serial."""
    kinds = np.full(len(serials), NUMBER, np.uint8)
    values = serials.copy()
    some_day = (serials >= 1) & (serials < LAST_SERIAL + 1)
    millis = np.floor(np.where(some_day | (clocks & (serials >= 0) & (serials < 1)), serials, 0.0) * MILLIS_A_DAY + 0.5).astype(np.int64)
    day, rest = np.divmod(millis, MILLIS_A_DAY)
    ordinal = day + (EPOCH_1904 if date1904 else EPOCH_1900 + (day < 60))
    some_day &= ordinal <= date.max.toordinal()
    if not date1904:
        some_day &= day != 60
    seconds = np.minimum((rest + 500) // 1000, 86_399)
    days = ordinal - FIRST_DAY.toordinal()
    kinds[some_day] = np.where(seconds == 0, DAY, MOMENT)[some_day]
    values[some_day] = np.where(seconds == 0, days, days * 86_400 + seconds)[some_day]
    times = ~some_day & clocks & (serials >= 0) & (serials < 1)
    kinds[times] = TIME
    values[times] = np.minimum((millis + 500) // 1000, 86_399)[times]
    return kinds, values
