"""## Profile

`import_profile.json`: the schema, the row count, the date range, the outcome of the checks and sample rows.
"""

from datetime import date, datetime, time, timedelta

from checks import orders_of, run_checks, validation
from documents import PROFILE_VERSION, utc_now
from figures import column_figures, duplicate_rows
from rounding import above_five_percent, rounded
from survey import Survey
from table import Formulas, Table
from typed import typed_values
from values import has_value, json_value

SAMPLE_ROWS = 20
GAPS_NAMED = 5  # runs of days without a row


def build_profile(found: Survey, file: dict, generator: dict, run_id: str | None) -> dict:
    """The document; file holds name, size_bytes, sha256 and last_modified of what was read."""
    table = found.table
    counted = [typed_values(found, c) for c in range(len(table.names))]
    formulas = table.formulas
    columns = [profile_column(table, c, values, formulas[c]) for c, values in enumerate(counted)]
    return {
        "schema_version": PROFILE_VERSION,
        "generated_at": utc_now(),
        "generator": generator,
        "run_id": run_id,
        "file": {
            "name": file["name"],
            "format": table.format,
            "text": table.text or None,
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
        "date_range": date_range(found, columns, counted),
        "reading": found.document,
        "validation": validation(run_checks(found)),
        "sample_rows": sample_rows(table, counted),
    }


def profile_column(table: Table, c: int, values: list, formulas: Formulas) -> dict:
    """Everything that the document says of one column."""
    found = [value for value in values if value is not None]
    # Sets by type: to Python True, 1 and 1.0 are equal, to the contract only the numbers are.
    by_type: dict[type, list] = {}
    for value in found:
        by_type.setdefault(type(value), []).append(value)
    kind, smallest, largest = column_type(by_type, len(found))
    nulls = len(values) - len(found)
    figures = column_figures(kind, c, values, table.cells[c], table.row_numbers.tolist(), table.is_workbook, table.errors_of(c))
    return {
        "name": table.headers[c],
        "normalized_name": table.file_names[c],
        "type": kind,
        "null_count": nulls,
        "null_share": rounded(nulls, len(values), 6) if values else 0,
        "distinct_count": sum(len(set(group)) for group in by_type.values()),
        "distinct_exact": True,
        "min": json_value(smallest),
        "max": json_value(largest),
        **figures,
        "formulas": formulas.all,
        "formulas_uncached": formulas.uncached(table.grid.never_calculated),
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


def date_range(found: Survey, columns: list[dict], counted: list[list]) -> dict | None:
    """First and last day of order_date, or of the first date column where there is no order_date, and the days between without a row."""
    table = found.table
    cells = table.column("order_date")
    if cells is not None:
        name = "order_date"
        days = {day for day in (found.forms.day(cells[r]) for r in orders_of(found)) if day is not None}
    else:
        place = next((c for c, column in enumerate(columns) if column["type"] in ("date", "datetime")), None)
        if place is None:
            return None
        name = table.file_names[place]
        days = {value.date() if isinstance(value, datetime) else value for value in counted[place] if isinstance(value, date)}
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


def sample_rows(table: Table, counted: list[list]) -> list[list]:
    """The first rows; a text stands as it is in the file, blanks at its ends included."""
    rows = []
    for r in range(min(SAMPLE_ROWS, table.row_count)):
        row = []
        for cells, values in zip(table.cells, counted):
            value = values[r]
            row.append(json_value(cells[r] if type(value) is str and has_value(cells[r]) else value))
        rows.append(row)
    return rows
