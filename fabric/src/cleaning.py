"""## Cleaning

Which rows stay, and which values become null (contract/RULES.md, Cleaning). Nothing else changes.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from reading import Table
from values import as_date, as_number, as_text, stored

NUMERIC = ("quantity", "unit_price", "discount", "revenue")
ALWAYS_TEXT = ("order_id", "channel", "region", "product_category")
EXACT = 2**53  # whole numbers up to here are exact in a double


@dataclass
class Cleaned:
    """The cleaned rows. columns[name] has one value a row (None is null), all of the type that kinds[name] names:
    string, int64, double, bool, date or timestamp."""

    columns: dict[str, list]
    kinds: dict[str, str]
    rows: dict[str, int]  # as in run_metadata.json

    @property
    def count(self) -> int:
        return self.rows["written"]


def clean(table: Table) -> Cleaned:
    """Cleans a table whose validation did not fail: it has order_id, order_date and revenue."""
    ids = table.column("order_id")
    assert ids is not None
    order_ids = [as_text(cell) for cell in ids]
    seen: set[str] = set()
    keep, without, repeated = [], 0, 0
    for row, order_id in enumerate(order_ids):
        if order_id is None:
            without += 1
        elif order_id in seen:
            repeated += 1
        else:
            seen.add(order_id)
            keep.append(row)

    columns, kinds = {}, {}
    bad_dates = bad_numbers = 0
    for name, cells in zip(table.names, table.cells):
        kept = [cells[row] for row in keep]
        if name in ALWAYS_TEXT:
            values, kind = [as_text(cell) for cell in kept], "string"
        elif name == "order_date":
            values, kind = [as_date(cell) for cell in kept], "date"
            bad_dates += lost(kept, values)
        elif name in NUMERIC:
            values = [as_number(cell) for cell in kept]
            bad_numbers += lost(kept, values)
            values, kind = whole_numbers(values) if name == "quantity" else (values, "double")
        else:
            values, kind = as_stored(kept, table.is_csv)
        columns[name], kinds[name] = values, kind
    counts = {
        "read": table.row_count,
        "without_order_id": without,
        "duplicate_order_id": repeated,
        "written": len(keep),
        "invalid_dates": bad_dates,
        "invalid_numbers": bad_numbers,
    }
    return Cleaned(columns, kinds, counts)


def lost(cells: list, values: list) -> int:
    """How many cells had a value that could not be read."""
    return sum(value is None and as_text(cell) is not None for cell, value in zip(cells, values))


def as_stored(cells: list, is_csv: bool) -> tuple[list, str]:
    """A column that no rule names keeps its values: typed where all have one type, else as text."""
    values = [stored(cell, is_csv) for cell in cells]
    types = {type(value) for value in values if value is not None}
    # In a CSV a code such as 007 reads as a number, but is none: it would not come back as it was.
    if is_csv and any(as_text(value) != as_text(cell) for value, cell in zip(values, cells)):
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
