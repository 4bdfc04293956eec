"""The readers of others, each told as main.go tells ours. Shows the file, whose path comes on standard input, to those that read its kind."""

import csv
import io
import json
import math
import os
import re
import resource
import sys
import warnings
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import duckdb
import openpyxl
import pandas
import pyarrow.parquet
import python_calamine
from tallies import EXACT, Fault, Tally, blank

Answer = dict[str, Any]
MOST_MEMORY = 6 << 30  # bytes


def table(rows: Iterable[Iterable[Any]], rounded: bool) -> Answer:
    """Applies rule 1 of contract/RULES.md: the first row with a value is the header; a row counts that has a value under it."""
    names: list[Any] = []
    tallies: list[Tally] = []
    count = 0
    header = 0
    for number, row in enumerate(rows, 1):
        cells = list(row)
        if not tallies:
            while cells and blank(cells[-1]):
                cells.pop()
            names, tallies, header = cells, [Tally(rounded) for _ in cells], number if cells else 0
            continue
        filled = False
        for tally, value in zip(tallies, cells, strict=False):
            if not blank(value):
                filled = True
                tally.add(value)
        count += filled
    return {"header": header, "rows": count, "columns": [{"name": "" if n is None else str(n)} | t.told() for n, t in zip(names, tallies, strict=True)]}


def of_openpyxl(path: str, ours: Answer) -> Answer:
    """A workbook's sheet that we read, with the values that formulas had when it was saved."""
    book = openpyxl.load_workbook(path, data_only=True, keep_links=False)
    sheet = book[ours["sheet"]] if ours.get("sheet") else book.worksheets[0]
    if not hasattr(sheet, "iter_rows"):
        raise ValueError("it is no worksheet")
    rows = ((Fault(c.value) if c.data_type == "e" else unescaped(c.value) for c in row) for row in sheet.iter_rows())
    return table(rows, True)


def unescaped(value: Any) -> Any:
    """In a text of a workbook _xHHHH_ is a character, which openpyxl leaves as it stands."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), value) if isinstance(value, str) else value


def of_calamine(path: str, ours: Answer) -> Answer:
    """The same with calamine, which has no word for errors."""
    book = python_calamine.CalamineWorkbook.from_path(path)
    rows = book.get_sheet_by_name(ours.get("sheet") or book.sheet_names[0]).to_python(skip_empty_area=False)
    answer = table(rows, True)
    for column in answer["columns"]:
        del column["errors"]
    return answer


def of_pyarrow(path: str, ours: Answer) -> Answer:
    """A Parquet file, column by column; those of lists and records are left out."""
    whole = pyarrow.parquet.ParquetFile(path, coerce_int96_timestamp_unit="us").read()
    columns = []
    filled = [False] * whole.num_rows
    for field, column in zip(whole.schema, whole.columns, strict=True):
        if pyarrow.types.is_nested(field.type) and not isinstance(field.type, pyarrow.BaseExtensionType):
            continue
        tally = Tally(False)
        for row, value in enumerate(plain_values(column)):
            if not blank(value):
                filled[row] = True
                tally.add(value)
        columns.append({"name": field.name} | tally.told())
    return {"rows": sum(filled), "columns": columns}


TICKS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def plain_values(column: Any) -> Iterable[Any]:
    """The values of a column as rule 4 of contract/RULES.md has them."""
    if pyarrow.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pyarrow.types.is_date32(kind):
        return (v if v is None else instant(v * 86_400) for v in column.cast("int32").to_pylist())
    if pyarrow.types.is_timestamp(kind):
        return (v if v is None else instant(v // TICKS[kind.unit]) for v in column.cast("int64").to_pylist())
    if pyarrow.types.is_time(kind):
        column = column.cast(pyarrow.time64("us"), safe=False)
    fixed = pyarrow.types.is_fixed_size_binary(kind)
    return (as_text(v, fixed) if isinstance(v, bytes) else v for v in column.to_pylist())


def instant(seconds: int) -> datetime | str:
    """The moment so many seconds after the beginning of 1970; an error where no year from 1 to 9999 has it."""
    try:
        return datetime(1970, 1, 1) + timedelta(seconds=seconds)
    except OverflowError:
        return Fault("date out of range")


def as_text(value: bytes, fixed: bool) -> str:
    """Bytes without a meaning of their own."""
    try:
        if not fixed:
            return value.decode()
    except UnicodeDecodeError:
        pass
    return "0x" + value.hex()


def of_duckdb(path: str, ours: Answer) -> Answer:
    """Counts, sums, first and last moments by DuckDB, which finds types and a text's dialect by itself."""
    reader = "read_parquet(?, hive_partitioning = false)" if ours["format"] == "parquet" else "read_csv(?, hive_partitioning = false)"
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
        described = [(d[0], str(d[1])) for d in connection.execute(f"SELECT * FROM {reader} LIMIT 0", [path]).description or []]
        wanted = [""]
        filled = ["false"]
        columns = []
        for i, (name, kind) in enumerate(described):
            if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
                continue
            column: Answer = {"name": name, "type": kind}
            filled.append(f"c{i} IS NOT NULL")
            if kind.startswith(("DECIMAL", "DOUBLE", "FLOAT")) or kind.endswith(("INT", "INTEGER")):
                filled[-1] = f"NOT isnan(c{i}::DOUBLE)"  # NaN is no value, infinity an error, and a long whole number a text
                plain = f"isfinite(c{i}::DOUBLE)" if kind in ("DOUBLE", "FLOAT") else f"(abs(c{i}::DOUBLE) <= {EXACT} OR c{i} != trunc(c{i}))"
                column |= {"numbers": f"count(c{i}) FILTER ({plain})", "sum": f"coalesce(sum(c{i}::DOUBLE) FILTER ({plain}), 0)"}
            elif kind.startswith(("DATE", "TIMESTAMP")):
                known = f"FILTER (c{i} >= DATE '0001-01-01' AND c{i} < DATE '10000-01-01')"
                column |= {"moments": f"count(c{i}) {known}", "first": f"(min(c{i}) {known})::VARCHAR", "last": f"(max(c{i}) {known})::VARCHAR"}
            else:
                column |= {"values": f"count(c{i})"}
            wanted += list(column.values())[2:]
            columns.append(column)
        wanted[0] = f"count(*) FILTER ({' OR '.join(filled)})"
        named = ", ".join(f"c{i}" for i in range(len(described)))
        figures = connection.execute(f"SELECT {', '.join(wanted)} FROM {reader} AS t({named})", [path]).fetchone() or ()
    rest = iter(figures)
    rows = next(rest)
    for column in columns:
        for key in list(column)[2:]:
            column[key] = next(rest)
    return {"rows": rows, "columns": columns}


def encoding_of(ours: Answer) -> str:
    """The name that Python has for the encoding that we found."""
    return {"utf-8-bom": "utf-8-sig"}.get(ours["encoding"], str(ours["encoding"]))


def of_python(path: str, ours: Answer) -> Answer:
    """A text file with Python's own splitter, told the encoding and the delimiter that we found."""
    with open(path, encoding=encoding_of(ours), errors="replace", newline="") as file:
        text = file.read().removeprefix("\ufeff")
    if text.lower().startswith("sep="):  # it names the delimiter and is dropped
        text = text[text.index("\n") + 1:]
    csv.field_size_limit(sys.maxsize)
    return table(csv.reader(io.StringIO(text, newline=""), delimiter=ours["delimiter"]), False)


def of_pandas(path: str, ours: Answer) -> Answer:
    """The same with pandas, which finds types by itself."""
    frame = pandas.read_csv(path, sep=ours["delimiter"], encoding=encoding_of(ours), index_col=False, low_memory=False)
    columns = []
    for i, name in enumerate(frame.columns):
        values = frame.iloc[:, i]
        column: Answer = {"name": str(name), "type": str(values.dtype)}
        if pandas.api.types.is_numeric_dtype(values) and not pandas.api.types.is_bool_dtype(values):
            column |= {"numbers": int(values.count()), "sum": float(values[values.abs() != math.inf].sum())}
        else:
            column["values"] = int(values.count())
        columns.append(column)
    return {"rows": len(frame), "columns": columns}


PEERS = {"xlsx": (of_openpyxl, of_calamine), "parquet": (of_pyarrow, of_duckdb), "csv": (of_python, of_duckdb, of_pandas)}


def answer(peer: Callable[[str, Answer], Answer], ours: Answer) -> Answer:
    """What a reader says, or why it refuses, each in a way of its own."""
    try:
        return peer(ours["path"], ours)
    except Exception as why:
        return {"refused": f"{type(why).__name__}: {why}"[:300]}


def main() -> None:
    """Answers each line, our answer about a file, with those of the others."""
    warnings.simplefilter("ignore")
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    for line in sys.stdin:
        ours = json.loads(line)
        answers = {peer.__name__[3:]: answer(peer, ours) for peer in PEERS[ours["format"]]}
        print(json.dumps(answers, default=str), file=told, flush=True)


if __name__ == "__main__":
    main()
