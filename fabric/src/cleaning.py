"""## Cleaning

Which rows stay, and which values become null (contract/RULES.md, Cleaning). Nothing else changes.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from survey import Survey
from typed import typed_values
from values import EXACT, as_text, trimmed
from words import AMOUNTS

ALWAYS_TEXT = ("order_id", "channel", "region", "product_category")


@dataclass
class Cleaned:
    """The cleaned rows. columns[name] has one value a row (None is null), all of the type that kinds[name] names:
    string, int64, double, bool, date or timestamp."""

    columns: dict[str, list]
    kinds: dict[str, str]
    rows: dict[str, int]  # as in run_metadata.json
    first: list[bool]  # a row is the first of its order

    @property
    def count(self) -> int:
        return self.rows["written"]


def clean(found: Survey) -> Cleaned:
    """Cleans a table whose validation did not fail: it has order_id, order_date and revenue."""
    outcome, table, forms = found.outcome, found.table, found.forms
    assert outcome is not None
    keep = outcome.sums.rows.tolist()
    columns: dict[str, list] = {}
    kinds: dict[str, str] = {}
    bad_dates = bad_numbers = 0
    for place, (name, cells) in enumerate(zip(table.names, table.cells)):
        kept = [cells[row] for row in keep]
        values: list
        if name in ALWAYS_TEXT:
            values, kind = [as_text(cell) for cell in kept], "string"
        elif name == "order_date":
            values, kind = [forms.day(cell) for cell in kept], "date"
            bad_dates += lost(forms, kept, values)
        elif name in AMOUNTS:
            values = [forms.amount(cell) for cell in kept]
            bad_numbers += lost(forms, kept, values)
            values, kind = whole_numbers(values) if name == "quantity" else (values, "double")
        else:
            typed = typed_values(found, place)
            values, kind = as_stored(kept, [typed[row] for row in keep], table.is_csv)
        columns[name], kinds[name] = values, kind
    first_rows = {order_id: row for row, order_id in reversed(list(enumerate(columns["order_id"])))}
    first = [first_rows[order_id] == row for row, order_id in enumerate(columns["order_id"])]
    return Cleaned(columns, kinds, row_counts(found, len(keep), bad_dates, bad_numbers), first)


def row_counts(found: Survey, written: int, bad_dates: int, bad_numbers: int) -> dict[str, int]:
    """How the rows of the file became cleaned rows."""
    outcome = found.outcome
    assert outcome is not None
    missing = outcome.missing
    return {
        "read": found.table.row_count,
        "left_out": sum(kind["rows"] for kind in outcome.left_out),
        "shifted": len(missing["shifted_rows"].rows),
        "without_order_id": len(missing["no_order_id"].rows),
        "duplicate_order_id": len(missing["repeated_order_id"].rows),
        "written": written,
        "invalid_dates": bad_dates,
        "invalid_numbers": bad_numbers,
    }


def lost(forms, cells: list, values: list) -> int:
    """How many cells had a value that could not be read."""
    return sum(value is None and not forms.is_null(cell) for cell, value in zip(cells, values))


def as_stored(cells: list, values: list, is_csv: bool) -> tuple[list, str]:
    """A column that no rule names keeps its values: typed where all have one type, else as text."""
    types = {type(value) for value in values if value is not None}
    # In a text file a code such as 007 reads as a number, but is none: it would not come back as it was.
    if is_csv and any(as_text(value) != (trimmed(cell) if cell else None) for value, cell in zip(values, cells)):
        types = {str}
    if types == {float}:
        return whole_numbers(values)
    if types == {bool}:
        return values, "bool"
    if types == {date}:
        return values, "date"
    if types and types <= {date, datetime}:
        return [datetime.combine(v, time()) if type(v) is date else v for v in values], "timestamp"
    return [as_text(cell) for cell in cells], "string"


def whole_numbers(values: list) -> tuple[list, str]:
    """int64 where every number is whole and exact, else double."""
    if all(value is None or (value.is_integer() and abs(value) <= EXACT) for value in values):
        return [None if value is None else int(value) for value in values], "int64"
    return values, "double"
