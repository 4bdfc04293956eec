"""An input in parts beside one that is read as a whole: the same documents of the shared cases, case files and random tables."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import CASES, assert_schema, input_of, new_id
from failure import RunFailed
from sparkingest import Sizes, run_ingest_spark
from tasks_here import SESSION

EXACT = 1 << 40
PIECES = 3  # in which the cases are read
LARGE_PARTS = Sizes(part_bytes=1 << 20, part_rows=1 << 14, different=EXACT)
# What differs between two runs of one file.
OWN = {"generated_at", "computed_at", "generator", "run_id", "started_at", "finished_at", "notebook_name", "environment", "outputs"}


@pytest.fixture
def spark():
    """Tasks in this process; test_spark.py has a Spark session."""
    return SESSION


def ingest(spark, lake, name: str, sizes: Sizes | None = None, options: dict | None = None, funnel: dict | None = None) -> tuple[dict, dict, dict | None, str]:
    """The documents of a run on Spark, and the sentence with which it failed."""
    sizes = sizes or in_pieces(lake, name)
    return documents(lake, lambda run_id, **figures: run_ingest_spark(spark, str(lake.root), name, run_id, "ana@example.com", sizes=sizes, **figures), options, funnel)


def documents(lake, run, options, funnel) -> tuple[dict, dict, dict | None, str]:
    run_id, funnel, sentence = new_id(), funnel or {}, ""
    try:
        run(
            run_id,
            total_visitors=funnel.get("total_visitors", 0),
            converting_visitors=funnel.get("converting_visitors") or 0,
            read_options=json.dumps(options) if options else "",
        )
    except RunFailed as failed:
        sentence = str(failed)
    found = [lake.read(run_id, name) if (lake.runs / run_id / name).exists() else None for name in ("import_profile.json", "run_metadata.json", "kpis.json")]
    for document, name in zip(found, ("import_profile", "run_metadata", "kpis")):
        if document is not None:
            assert_schema(document, name)
    return (*found, sentence)


def both(spark, lake, name: str, sizes: Sizes | None = None, options: dict | None = None, funnel: dict | None = None):
    """The documents of the notebook of one node, and those of Spark, without what differs between runs."""
    one = documents(lake, lambda run_id, **figures: lake.ingest(name, run_id, **figures), options, funnel)
    other = ingest(spark, lake, name, sizes, options, funnel)
    return tuple(map(bare, one)), tuple(map(bare, other))


def in_pieces(lake, name: str, different: int = EXACT) -> Sizes:
    """Sizes by which a file is read in a few parts."""
    path = lake.imports / name
    size = max((each.stat().st_size for each in path.iterdir()), default=1) if path.is_dir() else path.stat().st_size
    return Sizes(part_bytes=max(size // PIECES, 1), part_rows=3, different=different)


def bare(document):
    return {key: value for key, value in document.items() if key not in OWN} if isinstance(document, dict) else document


def cleaned(lake, run_id: str) -> tuple[bytes, pa.Table]:
    return (lake.runs / run_id / "sales_cleaned.csv").read_bytes(), pq.read_table(lake.runs / run_id / "sales_cleaned.parquet")


IN_PARTS = [case for case in CASES if {"csv", "base64", "parquet"} & case.keys()]


@pytest.mark.parametrize("case", IN_PARTS, ids=lambda case: case["name"])
def test_a_shared_case_in_small_parts_has_the_documents_of_one_node(case, spark, lake):
    name = lake.add(*input_of(case))
    one, other = both(spark, lake, name, options=case.get("options"), funnel=case["funnel"])
    for mine, theirs in zip(one, other):
        assert mine == theirs
