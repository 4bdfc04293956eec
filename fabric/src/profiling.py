"""## Profile

`import_profile.json`: the schema, the row count, the date range, the outcome of the checks and sample rows.
"""

from datetime import date, datetime, time, timedelta

from checks import above_five_percent, run_checks, validation
from documents import PROFILE_VERSION, utc_now
from figures import column_figures, duplicate_rows
from reading import Table, has_value
from rounding import rounded
from values import as_date, json_value, stored, time_in

SAMPLE_ROWS = 20
GAPS_NAMED = 5  # runs of days without a row


def build_profile(table: Table, file: dict, generator: dict, run_id: str | None) -> dict:
    """The document; file holds name, size_bytes, sha256 and last_modified of what was read."""
    counted = [counted_values(table, c) for c in range(len(table.names))]
    columns = [profile_column(table, c, values) for c, values in enumerate(counted)]
    return {
        "schema_version": PROFILE_VERSION,
        "generated_at": utc_now(),
        "generator": generator,
        "run_id": run_id,
        "file": {
            "name": file["name"],
            "format": table.format,
            "text": table.text,
            "size_bytes": file["size_bytes"],
            "sha256": file["sha256"],
            "last_modified": file["last_modified"],
        },
        "sheets": table.sheets,
        "sheet": table.sheet,
        "header_row": table.header_row or None,
        "complete": True,  # a file that can't be read to its end fails the run
        "incomplete_reason": None,
        "row_count": table.row_count,
        "column_count": len(table.names),
        **({"left_out_columns": table.left_out_columns} if table.left_out_columns else {}),
        "hidden_rows": table.hidden_rows,
        "duplicate_rows": duplicate_rows(counted),
        "macros": table.macros,
        "external_links": table.external_links,
        "columns": columns,
        "date_range": date_range(table, columns),
        "validation": validation(run_checks(table)),
        "sample_rows": sample_rows(table),
    }


def counted_values(table: Table, c: int) -> list:
    """A column's values as the profile counts them: as stored, and times of day as what they are."""
    values = [stored(cell, table.is_csv) for cell in table.cells[c]]
    if table.is_csv:
        return [(time_in(v) or v) if type(v) is str else v for v in values]
    if table.times:
        return [table.times.get((c, number), v) for number, v in zip(table.row_numbers, values)]
    return values


def profile_column(table: Table, c: int, values: list) -> dict:
    """Everything that the document says of one column."""
    found = [value for value in values if value is not None]
    # Sets by type: to Python True, 1 and 1.0 are equal, to the contract only the numbers are.
    by_type: dict[type, list] = {}
    for value in found:
        by_type.setdefault(type(value), []).append(value)
    kind, smallest, largest = column_type(by_type, len(found))
    nulls = len(values) - len(found)
    errors = {r: table.error_cells[c, number] for r, number in enumerate(table.row_numbers) if (c, number) in table.error_cells}
    figures = column_figures(kind, c, values, table.cells[c], table.row_numbers, bool(table.sheets), errors, table.formulas[c])
    return {
        "name": table.headers[c],
        "normalized_name": table.names[c],
        "type": kind,
        "null_count": nulls,
        "null_share": rounded(nulls, len(values), 6) if values else 0,
        "distinct_count": sum(len(set(group)) for group in by_type.values()),
        "distinct_exact": True,
        "min": json_value(smallest),
        "max": json_value(largest),
        **figures,
    }


def column_type(by_type: dict, count: int) -> tuple:
    """The column's type with the smallest and largest value of that type."""
    if count == 0:
        return "empty", None, None
    groups = {
        "number": by_type.get(float, []),
        "day": by_type.get(date, []) + by_type.get(datetime, []),
        "boolean": by_type.get(bool, []),
        "time": by_type.get(time, []),
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
        kind = family  # time or text
    return kind, min(values), max(values)


def date_range(table: Table, columns: list[dict]) -> dict | None:
    """First and last day of order_date, or of the first date column where there is no order_date, and the days between without a row."""
    found = (c["normalized_name"] for c in columns if c["type"] in ("date", "datetime"))
    name = "order_date" if "order_date" in table.names else next(found, None)
    cells = table.column(name) if name is not None else None
    if cells is None:
        return None
    if name != "order_date":
        cells = [value for value in (stored(cell, table.is_csv) for cell in cells) if isinstance(value, date)]
    days = {day for day in map(as_date, cells) if day is not None}
    if not days:
        return None
    first, last = min(days), max(days)
    missing = (last - first).days + 1 - len(days)
    return {"column": name, "min": first.isoformat(), "max": last.isoformat(), "missing_days": missing, "gaps": gaps(days)}


def gaps(days: set[date]) -> list[dict]:
    """The first runs of days that are missing between others."""
    found: list[dict] = []
    ordered = sorted(days)
    for before, after in zip(ordered, ordered[1:]):
        if len(found) == GAPS_NAMED:
            break
        if (after - before).days > 1:
            found.append({"from": (before + timedelta(days=1)).isoformat(), "to": (after - timedelta(days=1)).isoformat()})
    return found


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
