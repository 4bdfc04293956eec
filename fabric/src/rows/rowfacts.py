"""## What the sums need of a row

From a batch of columns to arrays, one element a row: any part of a table gives the same for its rows. What holds for a whole table
only is not here: which rows repeat an order_id, and which come after a total.
"""

from dataclasses import dataclass

import numpy as np

from columns import Column
from forms import Forms
from readings import NO_DAY, amounts_of, dated_of, days_of, keys_of, likely_of, nulls_of, unread_of, whole_days
from textarrays import part
from words import AMOUNTS

PRICED, UNPRICED, UNREAD = range(3)  # what a revenue is: a number, null, neither


@dataclass
class RowFacts:
    """The facts of a batch. keys are numbers of this batch: over several, the order_ids' texts tell which are the same."""

    keys: np.ndarray  # int32: the same for the same order_id, -1 where there is none
    key_count: int  # every key is below
    amounts: np.ndarray  # float64: the revenue; 0 where it is null, where it can't be read what it probably is
    money: np.ndarray  # uint8: PRICED, UNPRICED or UNREAD
    days: np.ndarray  # int32: the day of order_date since 1970; NO_DAY where it is no date, or none yet
    undated: np.ndarray  # bool: order_date is null or no date in any order
    odd: np.ndarray  # bool: a value of a date or an amount is there and can't be read


def facts_of(columns: dict[str, Column], forms: Forms) -> RowFacts:
    """The facts of rows; columns has those of the roles, order_id, order_date and revenue among them."""
    keys, key_count = keys_of(columns["order_id"])
    dates = columns["order_date"]
    days = whole_days(days_of(dates, forms))
    undated = days == NO_DAY
    odd = np.zeros(len(days), bool)
    if undated.any():
        # What is read as a day is one; else it may be one in another order or century.
        rows = np.flatnonzero(undated)
        open_dates = part(dates, rows)
        undated[rows] = ~dated_of(open_dates, forms)
        odd[rows] = undated[rows] & ~nulls_of(open_dates, forms)
    amounts, money = money_of(columns["revenue"], forms)
    odd |= money == UNREAD
    for role in AMOUNTS:
        if role in columns and role != "revenue":
            odd |= unread_of(columns[role], forms)
    return RowFacts(keys, key_count, amounts, money, days, undated, odd)


def money_of(revenues: Column, forms: Forms) -> tuple[np.ndarray, np.ndarray]:
    """The amounts of a column of revenue, and what each is, as RowFacts has them."""
    amounts = amounts_of(revenues, forms)
    money = np.zeros(len(amounts), np.uint8)
    lacking = np.flatnonzero(np.isnan(amounts))
    if not len(lacking):
        return amounts, money
    amounts = np.where(np.isnan(amounts), 0.0, amounts)
    cells = part(revenues, lacking)
    money[lacking] = np.where(nulls_of(cells, forms), UNPRICED, UNREAD)
    unread = lacking[money[lacking] == UNREAD]
    if len(unread):
        amounts[unread] = likely_of(part(revenues, unread))
    return amounts, money
