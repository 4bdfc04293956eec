"""## Checks

The checks of contract/RULES.md in their order; each says what it found in one sentence.
"""

from openpyxl.utils import get_column_letter

from names import normalized_name
from reading import Table
from values import as_date, as_number, as_text, trimmed

REQUIRED = ("order_id", "order_date", "revenue")
RECOMMENDED = ("channel", "region", "product_category")
MOST_EXAMPLES = 5
MOST_CHARACTERS = 80


def above_five_percent(part: int, whole: int) -> bool:
    return part * 20 > whole


def run_checks(table: Table) -> list[dict]:
    """All checks of an import file, passed ones too."""
    return [
        rows_present(table),
        columns_present(table, "required_columns", "error", "required", REQUIRED),
        columns_present(table, "recommended_columns", "warning", "recommended", RECOMMENDED),
        header_names(table),
        cell_check(table, "order_id_present", "order_id", missing_order_ids, ("has", "have", "no order_id"), "Every row has an order_id."),
        cell_check(table, "order_id_unique", "order_id", repeated_order_ids, ("repeats", "repeat", "an earlier order_id"), "No order_id is repeated."),
        cell_check(table, "order_date_valid", "order_date", invalid_dates, ("has", "have", "an order_date that is no date"), "Every order_date is a date."),
        cell_check(table, "revenue_valid", "revenue", invalid_revenues, ("has", "have", "no revenue or one that is no number"), "Every revenue is a number."),
        cell_check(table, "revenue_not_negative", "revenue", negative_revenues, ("has", "have", "a negative revenue"), "No revenue is negative.", stays_warning=True),
    ]


def validation(checks: list[dict]) -> dict:
    """The summary of the checks, as it stands in import_profile.json."""
    errors = sum(not c["passed"] and c["severity"] == "error" for c in checks)
    warned = sum(not c["passed"] and c["severity"] == "warning" for c in checks)
    status = "failed" if errors else "warnings" if warned else "passed"
    return {"status": status, "errors": errors, "warnings": warned, "checks": checks}


def failure_reason(checks: list[dict]) -> str | None:
    """The message of the first failed error check; None where there is none."""
    return next((c["message"] for c in checks if not c["passed"] and c["severity"] == "error"), None)


def outcome(check: str, severity: str, passed: bool, count: int, message: str, examples: list[dict] | None = None) -> dict:
    return {"id": check, "severity": severity, "passed": passed, "count": count, "message": message, "examples": examples or []}


def example(address: str, text: str | None) -> dict:
    return {"cell": address, "value": (text or "")[:MOST_CHARACTERS]}


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
    return outcome(check, severity, False, len(missing), message)


def header_names(table: Table) -> dict:
    """Headers that are blank, repeated (a column of the same normalised name stands before) or have blanks at their ends."""
    bad = []
    for position, header in enumerate(table.headers, start=1):
        base = normalized_name(header) or f"column_{position}"
        blank_or_padded = trimmed(header) != header
        if blank_or_padded or table.names[position - 1] != base:
            bad.append(example(f"{get_column_letter(position)}{table.header_row}", header))
    if not bad:
        return outcome("header_names", "warning", True, 0, "All headers are well formed.")
    message = f"{len(bad)} headers are blank, repeated or have blanks at their ends."
    if len(bad) == 1:
        message = "1 header is blank, repeated or has blanks at its ends."
    return outcome("header_names", "warning", False, len(bad), message, bad[:MOST_EXAMPLES])


def cell_check(table: Table, check: str, name: str, find, sentence: tuple, passed: str, stays_warning: bool = False) -> dict:
    """A check of one column; find gives the positions of the rows that fail it. More than 5 % of the rows are an error."""
    cells = table.column(name)
    if cells is None:
        return outcome(check, "warning", True, 0, f"There is no column {name} to check.")
    rows = find(cells)
    count, total = len(rows), table.row_count
    if count == 0:
        return outcome(check, "warning", True, 0, passed)
    severity = "error" if above_five_percent(count, total) and not stays_warning else "warning"
    one, many, rest = sentence
    message = f"{count:,} of {total:,} {'row' if total == 1 else 'rows'} {one if count == 1 else many} {rest}."
    return outcome(check, severity, False, count, message, [example(table.address(name, r), as_text(cells[r])) for r in rows[:MOST_EXAMPLES]])


def missing_order_ids(cells: list) -> list[int]:
    return [r for r, cell in enumerate(cells) if as_text(cell) is None]


def repeated_order_ids(cells: list) -> list[int]:
    seen: set[str] = set()
    rows = []
    for r, cell in enumerate(cells):
        text = as_text(cell)
        if text is None:
            continue
        if text in seen:
            rows.append(r)
        seen.add(text)
    return rows


def invalid_dates(cells: list) -> list[int]:
    return [r for r, cell in enumerate(cells) if as_date(cell) is None and as_text(cell) is not None]


def invalid_revenues(cells: list) -> list[int]:
    return [r for r, cell in enumerate(cells) if as_number(cell) is None]


def negative_revenues(cells: list) -> list[int]:
    return [r for r, cell in enumerate(cells) if (as_number(cell) or 0.0) < 0]
