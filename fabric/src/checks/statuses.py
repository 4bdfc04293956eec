"""## Statuses and cases

The checks of orders that are returned or cancelled, and of order_ids in another case: both are counted as they stand, and said.
"""

import numpy as np
import pyarrow as pa

from columns import Column
from ledger import Counted
from othercase import cases_of, in_another_case
from readings import texts_of
from survey import Survey
from table import Table
from textarrays import part
from textchecks import first_cells
from verdicts import outcome, share_of_rows
from words import RETURNED_OR_CANCELLED, STATUS_COLUMNS, plain_name


def status_word(text: str) -> str | None:
    """The word of file_words.json that a status is which says that an order is returned or cancelled."""
    word = plain_name(text)
    return word if word in RETURNED_OR_CANCELLED else None


def first_named(names: tuple, columns: list[str], taken=()) -> int | None:
    """The place of the column that has the first of some names; of several with one name it is the first. taken are places that have a role."""
    found: dict[str, int] = {}
    for place, column in enumerate(columns):
        if place not in taken:
            found.setdefault(plain_name(column), place)
    return next((found[name] for name in names if name in found), None)


def other_cases(found: Survey, rows: np.ndarray) -> np.ndarray:
    """Those of some rows in which an order_id first stands that differs from an earlier one in upper and lower case only."""
    column = found.table.index("order_id")
    return rows[:0] if column is None else rows[later_cases(texts_of(part(found.table.columns[column], rows)))]


def order_id_case(table: Table, later: Counted) -> dict:
    """Order_ids that differ from an earlier one in upper and lower case only."""
    column = table.index("order_id")
    if column is None or not later.count:
        return outcome("order_id_case", "warning", True, 0, "No order_ids differ in upper and lower case only.")
    who = "1 order_id differs from an earlier one" if later.count == 1 else f"{later.count:,} order_ids differ from earlier ones"
    message = f"{who} in upper and lower case only: they count as different orders."
    return outcome("order_id_case", "warning", False, later.count, message, first_cells(table, column, later.rows))


def later_cases(ids: Column) -> np.ndarray:
    """The rows of a column of texts in which an order_id first stands that is an earlier, different one in lower case."""
    return np.zeros(0, np.int64) if ids.codes is None else later_cases_of(ids.texts, ids.codes)


def later_cases_of(texts: pa.Array, codes: np.ndarray) -> np.ndarray:
    """As later_cases, of rows that have the texts at codes; -1 is none."""
    if cases_of(texts) < 2:
        return np.zeros(0, np.int64)
    used, first = np.unique(codes, return_index=True)
    order = np.argsort(first[used >= 0])
    used = used[used >= 0][order]
    places = np.full(len(texts) + 1, -1, np.int64)  # the last is of the rows without an order_id
    places[used] = np.arange(len(used))
    return in_another_case(texts.take(pa.array(used)), places[codes])


def status_column(found: Survey) -> int | None:
    """The place of the column of statuses."""
    return first_named(STATUS_COLUMNS, found.table.headers, set(found.roles.values()))


def called_off(found: Survey, rows: np.ndarray) -> np.ndarray:
    """Those of some rows that a column of statuses calls returned or cancelled."""
    column = status_column(found)
    return rows[:0] if column is None else rows[says_so(found.table.columns[column])[rows]]


def returned_or_cancelled(table: Table, column: int | None, said: Counted) -> dict:
    """Rows that a column of statuses calls returned or cancelled."""
    if column is None or not said.count:
        return outcome("returned_or_cancelled", "warning", True, 0, "No order is returned or cancelled, as far as a column tells.")
    verb = "is" if said.count == 1 else "are"
    message = f"{share_of_rows(said.count, table.row_count)} {verb} returned or cancelled by a column of statuses, and counted all the same."
    return outcome("returned_or_cancelled", "warning", False, said.count, message, first_cells(table, column, said.rows))


def says_so(column: Column) -> np.ndarray:
    """Which cells hold a status that says that an order is returned or cancelled."""
    if column.codes is None or not len(column.texts):
        return np.zeros(len(column), bool)
    return column.spread(np.array([status_word(text) is not None for text in column.words], bool), False)
