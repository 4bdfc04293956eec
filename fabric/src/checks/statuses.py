"""## Statuses and cases

The checks of orders that are returned or cancelled, and of order_ids in another case: both are counted as they stand, and said.
"""

import numpy as np
import pyarrow as pa

from columns import Column
from othercase import cases_of, in_another_case
from readings import texts_of
from survey import Survey
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


def order_id_case(found: Survey, rows: np.ndarray) -> dict:
    """Order_ids that differ from an earlier one in upper and lower case only."""
    table = found.table
    column = table.index("order_id")
    later = rows[:0] if column is None else rows[later_cases(texts_of(part(table.columns[column], rows)))]
    if column is None or not len(later):
        return outcome("order_id_case", "warning", True, 0, "No order_ids differ in upper and lower case only.")
    who = "1 order_id differs from an earlier one" if len(later) == 1 else f"{len(later):,} order_ids differ from earlier ones"
    message = f"{who} in upper and lower case only: they count as different orders."
    return outcome("order_id_case", "warning", False, len(later), message, first_cells(table, column, later))


def later_cases(ids: Column) -> np.ndarray:
    """The rows of a column of texts in which an order_id first stands that is an earlier, different one in lower case."""
    if ids.codes is None or cases_of(ids.texts) < 2:
        return np.zeros(0, np.int64)
    used, first = np.unique(ids.codes, return_index=True)
    order = np.argsort(first[used >= 0])
    used = used[used >= 0][order]
    places = np.full(len(ids.texts) + 1, -1, np.int64)  # the last is of the rows without an order_id
    places[used] = np.arange(len(used))
    return in_another_case(ids.texts.take(pa.array(used)), places[ids.codes])


def returned_or_cancelled(found: Survey, rows: np.ndarray) -> dict:
    """Rows that a column of statuses calls returned or cancelled."""
    table = found.table
    column = first_named(STATUS_COLUMNS, table.headers, set(found.roles.values()))
    said = rows[:0] if column is None else rows[says_so(table.columns[column])[rows]]
    if column is None or not len(said):
        return outcome("returned_or_cancelled", "warning", True, 0, "No order is returned or cancelled, as far as a column tells.")
    verb = "is" if len(said) == 1 else "are"
    message = f"{share_of_rows(len(said), table.row_count)} {verb} returned or cancelled by a column of statuses, and counted all the same."
    return outcome("returned_or_cancelled", "warning", False, len(said), message, first_cells(table, column, said))


def says_so(column: Column) -> np.ndarray:
    """Which cells hold a status that says that an order is returned or cancelled."""
    if column.codes is None or not len(column.texts):
        return np.zeros(len(column), bool)
    return column.spread(np.array([status_word(text) is not None for text in column.words], bool), False)
