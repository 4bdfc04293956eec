"""## Profile

`import_profile.json`: the schema, the row count, the date range, the outcome of the checks and sample rows.
"""

import numpy as np

from checks import run_checks, validation
from columns import DAY, MOMENT, NUMBER, TIME, cell_of
from dateranges import date_range
from documents import PROFILE_VERSION, utc_now
from figures import KINDS_OF_FAMILY, column_figures
from repeats import Repeats
from rounding import above_five_percent, rounded
from survey import Survey
from table import Formulas, Table
from tally import Tallies
from typed import Typed, typed_values
from values import Cell, has_value, json_value

SAMPLE_ROWS = 20


def build_profile(found: Survey, file: dict, generator: dict, run_id: str | None) -> dict:
    """The document; file holds name, size_bytes, sha256 and last_modified of what was read."""
    table = found.table
    formulas = table.formulas
    repeats = Repeats(table, found.forms)
    columns, samples = [], []
    for place in range(len(table.names)):  # the values of one column at a time are kept
        typed = typed_values(found, place)
        columns.append(profile_column(table, place, typed, formulas[place]))
        samples.append(sample_values(table, place, typed))
        repeats.add(place, columns[-1]["distinct_count"], typed)
    rows = [list(row) for row in zip(*samples)]
    return profile_document(found, file, generator, run_id, columns, repeats.count(), date_range(found, columns), validation(run_checks(found)), rows)


def profile_document(
    found: Survey, file: dict, generator: dict, run_id: str | None, columns: list[dict], repeated: int, days: dict | None, checked: dict, samples: list[list]
) -> dict:
    """The document with what was found of the rows."""
    table = found.table
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
        "duplicate_rows": repeated,
        "macros": table.macros,
        "external_links": table.external_links,
        "columns": columns,
        "date_range": days,
        "reading": found.document,
        "validation": checked,
        "sample_rows": samples,
    }


def profile_column(table: Table, place: int, typed: Typed, formulas: Formulas) -> dict:
    """Everything that the document says of one column; typed are its values as counted."""
    tallies = Tallies(typed)
    kind = column_type(tallies)
    figures = column_figures(kind[0], table, place, typed, tallies)
    return column_document(table, place, (typed.rows, typed.rows - tallies.total), (tallies.different, True), kind, figures, formulas)


def column_document(
    table: Table, place: int, rows: tuple[int, int], different: tuple[int, bool], kind: tuple[str, Cell, Cell], figures: dict, formulas: Formulas
) -> dict:
    """A column as it stands in the document. rows: all and those that are null; different: how many values, and whether that is exact;
    kind: its type with the smallest and the largest value."""
    count, nulls = rows
    return {
        "name": table.headers[place],
        "normalized_name": table.file_names[place],
        "type": kind[0],
        "null_count": nulls,
        "null_share": rounded(nulls, count, 6) if count else 0,
        "distinct_count": different[0],
        "distinct_exact": different[1],
        "min": json_value(kind[1]),
        "max": json_value(kind[2]),
        **figures,
        "formulas": formulas.all,
        "formulas_uncached": formulas.uncached(table.grid.never_calculated),
    }


def column_type(tallies: Tallies) -> tuple[str, Cell, Cell]:
    """The column's type with the smallest and largest value of that type."""
    if tallies.total == 0:
        return "empty", None, None
    counts = {family: sum(map(tallies.count, kinds)) for family, kinds in KINDS_OF_FAMILY.items()}
    family = max(("number", "day", "boolean", "time", "text"), key=lambda name: counts[name])
    if above_five_percent(tallies.total - counts[family], tallies.total):
        return "mixed", None, None
    if family == "boolean":
        return "boolean", None, None
    if family == "text":
        return "text", *tallies.smallest_and_largest()
    if family == "number":
        values, kind, cells = tallies.of(NUMBER).values, "decimal", NUMBER
        if bool((np.floor(values) == values).all()):
            kind = "integer"
    elif family == "day" and tallies.count(MOMENT):
        values, kind, cells = tallies.moments.values, "datetime", MOMENT
    else:
        kind, cells = ("date", DAY) if family == "day" else ("time", TIME)
        values = tallies.of(cells).values
    return kind, cell_of(cells, float(values[0])), cell_of(cells, float(values[-1]))


def sample_values(table: Table, place: int, typed: Typed) -> list:
    """A column's values in the first rows; a text stands as it is in the file, blanks at its ends included."""
    values = []
    for row in range(min(SAMPLE_ROWS, table.row_count)):
        cell, value = table.columns[place].cell(row), typed.cell(row)
        values.append(json_value(cell if isinstance(value, str) and has_value(cell) else value))
    return values
