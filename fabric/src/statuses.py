"""## Statuses and cases

The checks of orders that are returned or cancelled, and of order_ids in another case: both are counted as they stand, and said.
"""

import pyarrow as pa

from grouping import coded
from othercase import in_another_case
from survey import Survey
from values import as_text
from verdicts import MOST_EXAMPLES, example, outcome, share_of_rows
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


def order_id_case(found: Survey, rows: list[int]) -> dict:
    """Order_ids that differ from an earlier one in upper and lower case only."""
    table = found.table
    column = table.index("order_id")
    passed = outcome("order_id_case", "warning", True, 0, "No order_ids differ in upper and lower case only.")
    if column is None:
        return passed
    cells = table.cells[column]
    later = [rows[place] for place in in_another_case(*coded(pa.array([as_text(cells[r]) for r in rows], pa.large_string()))).tolist()]
    if not later:
        return passed
    who = "1 order_id differs from an earlier one" if len(later) == 1 else f"{len(later):,} order_ids differ from earlier ones"
    message = f"{who} in upper and lower case only: they count as different orders."
    return outcome("order_id_case", "warning", False, len(later), message, [example(table.address(column, r), as_text(cells[r])) for r in later[:MOST_EXAMPLES]])


def returned_or_cancelled(found: Survey, rows: list[int]) -> dict:
    """Rows that a column of statuses calls returned or cancelled."""
    table = found.table
    column = first_named(STATUS_COLUMNS, table.headers, set(found.roles.values()))
    cells = [] if column is None else table.cells[column]
    texts = [] if column is None else [(r, cells[r]) for r in rows]
    said = [r for r, text in texts if isinstance(text, str) and status_word(text)]
    if column is None or not said:
        return outcome("returned_or_cancelled", "warning", True, 0, "No order is returned or cancelled, as far as a column tells.")
    verb = "is" if len(said) == 1 else "are"
    message = f"{share_of_rows(len(said), table.row_count)} {verb} returned or cancelled by a column of statuses, and counted all the same."
    return outcome("returned_or_cancelled", "warning", False, len(said), message, [example(table.address(column, r), as_text(cells[r])) for r in said[:MOST_EXAMPLES]])
