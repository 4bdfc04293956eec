"""## The likeliest amount

What a value that is no number would add to a sum by its likeliest reading (contract/RULES.md, What is missing, in money).
"""

from datetime import date, datetime, time

from numbertexts import likely_amount
from values import Cell, trimmed

SERIAL_OF_1970 = 25569
DAY_SECONDS = 86400
DAY_OF_1970 = date(1970, 1, 1).toordinal()


def likely_value(cell: Cell) -> float:
    """0 where nothing speaks for an amount; a date has its serial number of the 1900 system."""
    if isinstance(cell, str):
        text = trimmed(cell)
        return likely_amount(text) if text else 0.0
    if isinstance(cell, time):
        return share_of_day(cell)
    if isinstance(cell, date):
        clock = share_of_day(cell.time()) if isinstance(cell, datetime) else 0.0
        return cell.toordinal() - DAY_OF_1970 + SERIAL_OF_1970 + clock
    return 0.0


def share_of_day(clock: time) -> float:
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) / DAY_SECONDS
