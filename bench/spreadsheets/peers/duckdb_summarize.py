"""Summarizes a CSV or Parquet file with DuckDB and says how long that took without the start of Python."""

import sys
import time

import duckdb

path = sys.argv[1]
reader = "read_parquet" if path.endswith(".parquet") else "read_csv"
connection = duckdb.connect()
start = time.perf_counter()
summary = connection.execute(f"SUMMARIZE SELECT * FROM {reader}('{path}')").fetchall()
print(f"seconds={time.perf_counter() - start:.6f}")
print(f"rows={summary[0][-2]}")
