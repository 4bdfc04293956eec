"""Restoring an earlier run."""

import pytest

from conftest import SMALL, assert_schema, new_id
from failure import RunFailed
from test_ingest import recorded_moves


@pytest.fixture
def two_runs(lake):
    first = lake.ingest(lake.add("first.csv", SMALL))
    second = lake.ingest(lake.add("second.csv", SMALL.replace(b"20.25", b"99")))
    return first, second


def test_restore(lake, two_runs, monkeypatch):
    first, second = two_runs
    assert lake.read_current("kpis.json")["run_id"] == second
    runs_before = {k: v for k, v in lake.snapshot().items() if "/runs/" in k}
    moved = recorded_moves(monkeypatch)
    run_id = lake.restore(first)

    for name in ("sales_cleaned.parquet", "sales_cleaned.csv", "import_profile.json", "kpis.json"):
        assert (lake.current / name).read_bytes() == (lake.runs / first / name).read_bytes()
    assert [p.name for p in moved if p.parent == lake.current][-2:] == ["kpis.json", "manifest.json"]
    assert {p.name for p in lake.current.iterdir()} - {"manifest.json"} == {p.name for p in (lake.runs / first).iterdir()} - {"run_metadata.json"}
    manifest = lake.read_current("manifest.json")
    assert_schema(manifest, "manifest")
    assert (manifest["run_id"], manifest["source_run_id"]) == (run_id, first)
    metadata, source = lake.read(run_id, "run_metadata.json"), lake.read(first, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert (metadata["status"], metadata["kind"], metadata["source_run_id"], metadata["notebook_name"]) == ("succeeded", "restore", first, "restore_run")
    assert metadata["input_file"] == "first.csv" and metadata["input_sha256"] == source["input_sha256"] and metadata["rows"] is None
    assert sorted(o["sha256"] for o in metadata["outputs"]) == sorted(o["sha256"] for o in source["outputs"])
    assert [p.name for p in (lake.runs / run_id).iterdir()] == ["run_metadata.json"]
    # The source's folder, as every ended run's, is as it was.
    assert {k: v for k, v in lake.snapshot().items() if "/runs/" in k and run_id not in k} == runs_before


def refused(lake, source, message):
    current = {p.name: p.read_bytes() for p in lake.current.iterdir()}
    run_id = new_id()
    with pytest.raises(RunFailed, match=message):
        lake.restore(source, run_id)
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "failed" and metadata["kind"] == "restore" and metadata["outputs"] == []
    assert {p.name: p.read_bytes() for p in lake.current.iterdir()} == current


def test_missing_source(lake, two_runs):
    refused(lake, new_id(), "has no results")


def test_failed_source(lake, two_runs):
    run_id = new_id()
    with pytest.raises(RunFailed):
        lake.ingest(lake.add("bad.csv", b"x\n1\n"), run_id)
    refused(lake, run_id, "did not succeed")


def test_restore_of_a_restore(lake, two_runs):
    refused(lake, lake.restore(two_runs[0]), f"choose run {two_runs[0]}")


@pytest.mark.parametrize("name", ["sales_cleaned.parquet", "sales_cleaned.csv", "import_profile.json", "kpis.json"])
@pytest.mark.parametrize("how", ["altered", "removed"])
def test_altered_source(lake, two_runs, name, how):
    path = lake.runs / two_runs[0] / name
    if how == "removed":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b" ")
    refused(lake, two_runs[0], f"^{name} of run {two_runs[0]} is missing or was altered")


def test_own_id(lake, two_runs):
    before = lake.snapshot()
    with pytest.raises(RunFailed, match="id of its own"):
        lake.restore(two_runs[0], two_runs[0])
    with pytest.raises(RunFailed, match="source_run_id"):
        lake.restore("../current")
    assert lake.snapshot() == before
