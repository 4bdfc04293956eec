"""## Checks

The checks of contract/RULES.md in their order; each says what it found in one sentence.
"""

from dataclasses import dataclass

import numpy as np

from columns import Column
from ledger import Counted
from names import normalized_name
from readings import NO_DAY, amounts_of, days_of, keys_of, nulls_of, whole_days
from rounding import above_five_percent, money
from rowfacts import PRICED, UNPRICED
from statuses import called_off, order_id_case, other_cases, returned_or_cancelled, status_column
from survey import Survey
from table import Table
from textarrays import first_of_each, part
from textchecks import (
    Currencies,
    Spellings,
    StrangeTexts,
    currencies_in,
    first_cells,
    group_names,
    inexact_ids,
    one_currency,
    order_id_exact,
    spellings_in,
    strange_texts,
    text_encoding,
)
from values import as_text, has_value, trimmed
from verdicts import MOST_EXAMPLES, example, outcome, share_of_rows
from words import RECOMMENDED, REQUIRED


@dataclass
class Failing:
    """What fails the checks that look at rows: of a whole table, or merged of its parts."""

    rows: dict[str, Counted]  # by check
    currencies: list[Currencies]
    strange: StrangeTexts
    spellings: dict[str, Spellings]  # by role


@dataclass
class ToldRows:
    """Rows of a part of a table that only all of its rows tell: those that repeat an order_id, and those in which one first stands that is an
    earlier one in another case."""

    repeated: np.ndarray
    other_cases: np.ndarray


def failing_in(found: Survey, told: ToldRows | None = None) -> Failing:
    """What fails in a table, or in a part of one, of which others are told."""
    rows = looked_at(found)
    return Failing(
        {
            "order_id_present": Counted(missing_ids(found, rows)),
            "order_id_unique": Counted(repeated_ids(found, rows) if told is None else told.repeated),
            "order_id_exact": Counted(inexact_ids(found, rows)),
            "order_id_case": Counted(other_cases(found, rows) if told is None else told.other_cases),
            "order_date_valid": Counted(invalid_dates(found, rows)),
            "revenue_valid": Counted(invalid_revenues(found, rows)),
            "revenue_not_negative": Counted(negative_revenues(found, rows)),
            "returned_or_cancelled": Counted(called_off(found, rows)),
        },
        currencies_in(found, rows),
        strange_texts(found.table, told is None or (bool(len(found.table.grid)) and found.table.grid.place_of(found.table.header_row) is not None)),
        spellings_in(found, told is not None),
    )


def run_checks(found: Survey, failing: Failing | None = None) -> list[dict]:
    """All checks of an import file, passed ones too. failing says what fails where the table's own rows don't."""
    table, options = found.table, found.options
    failing = failing_in(found) if failing is None else failing
    rows = failing.rows
    accepted = "accept_missing" in options
    return [
        reading_decided(found),
        rows_present(table),
        columns_present(table, "required_columns", "error", "required", REQUIRED),
        columns_present(table, "recommended_columns", "warning", "recommended", RECOMMENDED),
        header_names(table),
        text_encoding(table, failing.strange),
        cell_check(found, "order_id_present", "order_id", rows["order_id_present"], ("has", "have", "no order_id"), "Every row has an order_id.", accepted),
        cell_check(found, "order_id_unique", "order_id", rows["order_id_unique"], ("repeats", "repeat", "an earlier order_id"), "No order_id is repeated.", "row_is" in options),
        order_id_exact(found, rows["order_id_exact"]),
        order_id_case(table, rows["order_id_case"]),
        cell_check(found, "order_date_valid", "order_date", rows["order_date_valid"], ("has", "have", "an order_date that is no date"), "Every order_date is a date."),
        cell_check(
            found, "revenue_valid", "revenue", rows["revenue_valid"], ("has", "have", "no revenue or one that is no number"), "Every revenue is a number.", accepted
        ),
        one_currency(table, failing.currencies),
        cell_check(found, "revenue_not_negative", "revenue", rows["revenue_not_negative"], ("has", "have", "a negative revenue"), "No revenue is negative.", decided=True),
        returned_or_cancelled(table, status_column(found), rows["returned_or_cancelled"]),
        amounts_complete(found),
        rows_left_out(found),
        group_names(table, failing.spellings),
    ]


def looked_at(found: Survey) -> np.ndarray:
    """The rows that the checks of order_id, order_date and revenue look at: those that are not left out as no orders, or shifted."""
    looked = are_orders(found)
    if found.outcome is not None:
        shifts = found.outcome.ledger.shifts
        looked[(shifts.lost if found.outcome.choice.realign else shifts).rows] = False
    return np.flatnonzero(looked)


def orders_of(found: Survey) -> np.ndarray:
    """The rows, int64, that are not left out as no orders."""
    return np.flatnonzero(are_orders(found))


def are_orders(found: Survey) -> np.ndarray:
    """Which rows are not left out as no orders."""
    orders = np.ones(found.table.row_count, bool)
    if found.outcome is not None:
        for kind in found.outcome.no_orders:
            orders[kind.rows] = False
    return orders


def validation(checks: list[dict]) -> dict:
    """The summary of the checks, as it stands in import_profile.json."""
    errors = sum(not c["passed"] and c["severity"] == "error" for c in checks)
    warned = sum(not c["passed"] and c["severity"] == "warning" for c in checks)
    status = "failed" if errors else "warnings" if warned else "passed"
    return {"status": status, "errors": errors, "warnings": warned, "checks": checks}


def failure_reason(checks: list[dict]) -> str | None:
    """The message of the first failed error check; None where there is none."""
    return next((c["message"] for c in checks if not c["passed"] and c["severity"] == "error"), None)


def rows_present(table: Table) -> dict:
    count = table.row_count
    if count == 0:
        return outcome("rows_present", "error", False, 0, "The file has no rows.")
    return outcome("rows_present", "error", True, 0, "The file has 1 row." if count == 1 else f"The file has {count:,} rows.")


def columns_present(table: Table, check: str, severity: str, word: str, wanted: tuple) -> dict:
    missing = [name for name in wanted if name not in table.names]
    if not missing:
        return outcome(check, severity, True, 0, f"All {word} columns are there.")
    if len(missing) == 1:
        message = f"The {word} column {missing[0]} is missing."
    else:
        message = f"The {word} columns {', '.join(missing[:-1])} and {missing[-1]} are missing."
    # Columns that another character separates are one column of long texts: without this sentence nobody finds the option.
    if severity == "error" and len(missing) == len(wanted) and len(table.names) == 1 and table.format == "csv":
        message += " The file has one column only: if another character than , ; | or a tab separates its columns, say which, as its delimiter."
    return outcome(check, severity, False, len(missing), message)


def header_names(table: Table) -> dict:
    """Headers that are blank, repeated (a column of the same normalised name stands before) or have blanks at their ends."""
    bad = []
    for position, header in enumerate(table.headers, start=1):
        base = normalized_name(header) or f"column_{position}"
        blank_or_padded = trimmed(header) != header
        if blank_or_padded or table.file_names[position - 1] != base:
            bad.append(example(table.header_address(position - 1), header))
    if not bad:
        return outcome("header_names", "warning", True, 0, "All headers are well formed.")
    message = f"{len(bad)} headers are blank, repeated or have blanks at their ends."
    if len(bad) == 1:
        message = "1 header is blank, repeated or has blanks at its ends."
    return outcome("header_names", "warning", False, len(bad), message, bad[:MOST_EXAMPLES])


def cell_check(found: Survey, check: str, name: str, rows: Counted, sentence: tuple, passed: str, decided: bool = False) -> dict:
    """A check of one column that rows fail. More than 5 % of the rows are an error, unless a person has decided."""
    table = found.table
    column = table.index(name)
    if column is None:
        return outcome(check, "warning", True, 0, f"There is no column {name} to check.")
    count, total = rows.count, table.row_count
    if count == 0:
        return outcome(check, "warning", True, 0, passed)
    severity = "error" if above_five_percent(count, total) and not decided else "warning"
    one, many, rest = sentence
    message = f"{share_of_rows(count, total)} {one if count == 1 else many} {rest}."
    return outcome(check, severity, False, count, message, first_cells(table, column, rows.rows))


def named_column(found: Survey, name: str) -> Column | None:
    place = found.table.index(name)
    return None if place is None else found.table.columns[place]


def keys_at(found: Survey, rows: np.ndarray) -> np.ndarray:
    """The numbers of the order_ids of rows; -1 is none. Rows have one where there is no such column."""
    column = named_column(found, "order_id")
    if column is None:
        return np.zeros(len(rows), np.int32)
    return (keys_of(column)[0] if found.outcome is None else found.outcome.ledger.facts.keys)[rows]


def missing_ids(found: Survey, rows: np.ndarray) -> np.ndarray:
    return rows[keys_at(found, rows) < 0]


def repeated_ids(found: Survey, rows: np.ndarray) -> np.ndarray:
    """The rows with an order_id that an earlier one has."""
    if found.row_is == "order_line" or named_column(found, "order_id") is None:
        return rows[:0]
    keys = keys_at(found, rows)
    rows, keys = rows[keys >= 0], keys[keys >= 0]
    return rows[~first_of_each(keys, int(keys.max(initial=-1)) + 1)[0]]


def invalid_dates(found: Survey, rows: np.ndarray) -> np.ndarray:
    dates = named_column(found, "order_date")
    if dates is None:
        return rows[:0]
    days = whole_days(days_of(dates, found.forms)) if found.outcome is None else found.outcome.ledger.facts.days
    rows = rows[days[rows] == NO_DAY]
    return rows[~nulls_of(part(dates, rows), found.forms)]


def amounts_at(found: Survey, rows: np.ndarray) -> np.ndarray:
    """The revenues of rows; NaN where one is null or no number."""
    column = named_column(found, "revenue")
    if column is None:
        return np.zeros(len(rows))
    if found.outcome is None:
        return amounts_of(column, found.forms)[rows]
    facts = found.outcome.ledger.facts
    return np.where(facts.money[rows] == PRICED, facts.amounts[rows], np.nan)


def invalid_revenues(found: Survey, rows: np.ndarray) -> np.ndarray:
    rows = rows[np.isnan(amounts_at(found, rows))]
    return rows[~np.isin(rows, items_of(found))]


def items_of(found: Survey) -> np.ndarray:
    """The lines without a revenue of orders that another line gives one."""
    if found.outcome is None or found.row_is != "order_line":
        return np.zeros(0, np.int64)
    sums = found.outcome.sums
    unpriced = sums.rows[sums.facts.money[sums.rows] == UNPRICED]
    return unpriced[~np.isin(unpriced, sums.no_amount)]


def negative_revenues(found: Survey, rows: np.ndarray) -> np.ndarray:
    return rows[amounts_at(found, rows) < 0]


def reading_decided(found: Survey) -> dict:
    if not found.questions:
        return outcome("reading_decided", "error", True, 0, "How the file is read is decided.")
    asked = ", ".join(question["id"] for question in found.questions)
    return outcome("reading_decided", "error", False, len(found.questions), f"The file can be read in more than one way, and a person has to decide: {asked}.")


def amounts_complete(found: Survey) -> dict:
    """Says what is missing from the sums."""
    passed = outcome("amounts_complete", "warning", True, 0, "Nothing is missing from the sums.")
    if found.outcome is None or found.outcome.share == 0:
        return passed
    table, missing = found.table, found.outcome.missing
    causes = [missing[cause] for cause in ("unread_amounts", "no_order_id", "repeated_order_id", "shifted_rows")]
    rows = Counted.merged(causes)
    amount = sum(money(cause.units) for cause in causes)
    message = f"{share_of_rows(rows.count, table.row_count)} with {amount:.2f} {'is' if rows.count == 1 else 'are'} missing from the sums."
    return outcome("amounts_complete", "warning", False, rows.count, message, first_cells(table, found.roles["revenue"], rows.rows))


def rows_left_out(found: Survey) -> dict:
    """Says which rows are no orders."""
    table = found.table
    rows = Counted.merged(found.outcome.no_orders if found.outcome else [])
    if not rows.count:
        return outcome("rows_left_out", "warning", True, 0, "Every row is an order.")
    ending = "is no order and is left out." if rows.count == 1 else "are no orders and are left out."
    examples = [first_value(table, row) for row in rows.rows[:MOST_EXAMPLES].tolist()]
    return outcome("rows_left_out", "warning", False, rows.count, f"{share_of_rows(rows.count, table.row_count)} {ending}", examples)


def first_value(table: Table, row: int) -> dict:
    """The first cell of a row with a value."""
    column = next(c for c, cells in enumerate(table.columns) if has_value(cells.cell(row)))
    return example(table.address(column, row), as_text(table.columns[column].cell(row)))
