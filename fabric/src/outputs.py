"""## The cleaned rows as CSV and Parquet

Both are faithful to the data. A text that begins with `=`, `+`, `-` or `@` is left as it is: these files feed other
programs, and an added apostrophe would be a change of the data. Whoever opens the CSV in Excel sees such a text as a formula.
"""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cleaning import Cleaned

ARROW_TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


def write_parquet(cleaned: Cleaned, path: Path) -> None:
    """Parquet, compressed with Snappy; dates as date32, numbers as double or int64."""
    fields = [pa.field(name, ARROW_TYPES[kind]) for name, kind in cleaned.kinds.items()]
    arrays = [pa.array(cleaned.columns[f.name], type=f.type) for f in fields]
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), path, compression="snappy")


def write_csv(cleaned: Cleaned, path: Path) -> None:
    """CSV in UTF-8 without byte order mark: commas, line feeds, dates as ISO 8601, true/false, nothing for null."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(cleaned.columns)
        writer.writerows(zip(*(csv_values(cleaned.columns[name], kind) for name, kind in cleaned.kinds.items())))


def csv_values(values: list, kind: str) -> list:
    if kind == "bool":
        return [None if v is None else "true" if v else "false" for v in values]
    if kind in ("date", "timestamp"):
        return [None if v is None else v.isoformat() for v in values]
    return values
