"""## Profile

`import_profile.json`: the schema, the row count, the date range, the outcome of the checks and sample rows.
"""

from datetime import date, datetime, time

from checks import above_five_percent, run_checks, validation
from documents import SCHEMA_VERSION, utc_now
from reading import Table, has_value
from rounding import rounded
from values import as_date, json_value, stored

SAMPLE_ROWS = 20


def build_profile(table: Table, file: dict, generator: dict, run_id: str | None) -> dict:
    """The document; file holds name, size_bytes, sha256 and last_modified of what was read."""
    columns = [
        profile_column(header, name, [stored(cell, table.is_csv) for cell in cells])
        for header, name, cells in zip(table.headers, table.names, table.cells)
    ]
    return {
        "schema_version": SCHEMA_VERSION,
        "generated_at": utc_now(),
        "generator": generator,
        "run_id": run_id,
        "file": {
            "name": file["name"],
            "format": table.format,
            "size_bytes": file["size_bytes"],
            "sha256": file["sha256"],
            "last_modified": file["last_modified"],
        },
        "sheets": table.sheets,
        "sheet": table.sheet,
        "complete": True,  # a file that can't be read to its end fails the run
        "incomplete_reason": None,
        "row_count": table.row_count,
        "column_count": len(table.names),
        "columns": columns,
        "date_range": date_range(table, columns),
        "validation": validation(run_checks(table)),
        "sample_rows": sample_rows(table),
    }


def profile_column(header: str, name: str, values: list) -> dict:
    """Type, nulls, distinct values, smallest and largest value of a column's values as stored."""
    found = [value for value in values if value is not None]
    # Sets by type: to Python True, 1 and 1.0 are equal, to the contract only the numbers are.
    by_type: dict[type, list] = {}
    for value in found:
        by_type.setdefault(type(value), []).append(value)
    kind, smallest, largest = column_type(by_type, len(found))
    nulls = len(values) - len(found)
    return {
        "name": header,
        "normalized_name": name,
        "type": kind,
        "null_count": nulls,
        "null_share": rounded(nulls, len(values), 6) if values else 0,
        "distinct_count": sum(len(set(group)) for group in by_type.values()),
        "min": json_value(smallest),
        "max": json_value(largest),
    }


def column_type(by_type: dict, count: int) -> tuple:
    """The column's type with the smallest and largest value of that type."""
    if count == 0:
        return "empty", None, None
    groups = {
        "number": by_type.get(float, []),
        "day": by_type.get(date, []) + by_type.get(datetime, []),
        "boolean": by_type.get(bool, []),
        "text": by_type.get(str, []),
    }
    family, values = max(groups.items(), key=lambda item: len(item[1]))
    if above_five_percent(count - len(values), count):
        return "mixed", None, None
    if family == "boolean":
        return "boolean", None, None
    if family == "number":
        kind = "integer" if all(map(float.is_integer, values)) else "decimal"
    elif family == "day":
        kind = "datetime" if datetime in by_type else "date"
        if kind == "datetime":
            values = [v if type(v) is datetime else datetime.combine(v, time()) for v in values]
    else:
        kind = "text"
    return kind, min(values), max(values)


def date_range(table: Table, columns: list[dict]) -> dict | None:
    """First and last day of order_date, or of the first date column where there is no order_date."""
    if "order_date" in table.names:
        name = "order_date"
        days = [day for day in map(as_date, table.column(name)) if day is not None]
    else:
        name = next((c["normalized_name"] for c in columns if c["type"] in ("date", "datetime")), None)
        if name is None:
            return None
        values = (stored(cell, table.is_csv) for cell in table.column(name))
        days = [as_date(value) for value in values if isinstance(value, date)]
    if not days:
        return None
    return {"column": name, "min": min(days).isoformat(), "max": max(days).isoformat()}


def sample_rows(table: Table) -> list[list]:
    """The first rows; a text stands as it is in the file, blanks at its ends included."""
    rows = []
    for r in range(min(SAMPLE_ROWS, table.row_count)):
        row = []
        for cells in table.cells:
            value = stored(cells[r], table.is_csv)
            row.append(cells[r] if type(value) is str and has_value(cells[r]) else json_value(value))
        rows.append(row)
    return rows
