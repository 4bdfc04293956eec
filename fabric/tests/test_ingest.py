"""What a run leaves in the lakehouse, whether it ends well or badly."""

import csv
import errno
import hashlib
import os
import shutil
import sys
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import ingest as ingest_module
import lakehouse as lakehouse_module
import running as running_module
from conftest import SMALL, assert_schema, new_id, workbook
from documents import json_bytes
from failure import RunFailed

OUTPUTS = {"sales_cleaned.parquet", "sales_cleaned.csv", "import_profile.json", "kpis.json"}


def test_outputs_and_metadata(lake):
    name = lake.add("small.csv", SMALL)
    run_id = lake.ingest(name, total_visitors=1428571, converting_visitors=49080)

    assert {p.name for p in (lake.runs / run_id).iterdir()} == OUTPUTS | {"run_metadata.json"}
    assert {p.name for p in lake.current.iterdir()} == OUTPUTS | {"manifest.json"}
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "succeeded" and metadata["kind"] == "ingest"
    assert metadata["requested_by"] == "ana@example.com"
    assert metadata["input_sha256"] == hashlib.sha256(SMALL).hexdigest() and metadata["input_size_bytes"] == len(SMALL)
    assert metadata["funnel"] == {"total_visitors": 1428571, "converting_visitors": 49080}
    assert {o["name"]: o["type"] for o in metadata["outputs"]} == {"sales_cleaned.parquet": "parquet", "sales_cleaned.csv": "csv", "import_profile.json": "profile", "kpis.json": "json"}
    for output in metadata["outputs"]:
        for folder in (lake.runs / run_id, lake.current):
            content = (folder / output["name"]).read_bytes()
            assert (output["size_bytes"], output["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert lake.read(run_id, "kpis.json")["run_id"] == lake.read(run_id, "import_profile.json")["run_id"] == run_id


def test_cleaned_files(lake):
    rows = [
        ["Order ID", "Order Date", "Revenue", "Quantity", "Unit Price", "Ship Date", "Seen At", "Is Returned", "Rating", "Code", "Note"],
        [1001, {"date": "2025-01-01"}, 10.5, 2, 5, {"date": "2025-01-03"}, {"datetime": "2025-01-03T10:20:30"}, True, 4, "007", " =1+1 "],
        ["A2", "05.01.2025", "7", None, "unknown", None, {"date": "2025-01-04"}, None, None, 8, "é, \"x\""],
    ] + [[f"B{i}", {"date": "2025-02-01"}, 1, 1, 1, None, None, False, 5, None, None] for i in range(20)]
    run_id = lake.ingest(lake.add("typed.xlsx", workbook([{"name": "S", "hidden": False, "rows": rows}])))

    table = pq.read_table(lake.runs / run_id / "sales_cleaned.parquet")
    types = {field.name: field.type for field in table.schema}
    assert types == {
        "order_id": pa.string(), "order_date": pa.date32(), "revenue": pa.float64(), "quantity": pa.int64(), "unit_price": pa.float64(), "ship_date": pa.date32(),
        "seen_at": pa.timestamp("us"), "is_returned": pa.bool_(), "rating": pa.int64(), "code": pa.string(), "note": pa.string(),
    }
    first, second = table.slice(0, 2).to_pylist()
    assert first == {"order_id": "1001", "order_date": date(2025, 1, 1), "revenue": 10.5, "quantity": 2, "unit_price": 5.0, "ship_date": date(2025, 1, 3), "seen_at": datetime(2025, 1, 3, 10, 20, 30), "is_returned": True, "rating": 4, "code": "007", "note": "=1+1"}
    assert (second["order_date"], second["revenue"], second["unit_price"], second["code"]) == (date(2025, 1, 5), 7.0, None, "8")

    text = (lake.runs / run_id / "sales_cleaned.csv").read_bytes().decode("utf-8")
    assert "\r" not in text and not text.startswith("\ufeff")
    lines = list(csv.reader(text.splitlines()))
    assert lines[0] == list(types)
    assert lines[1] == ["1001", "2025-01-01", "10.5", "2", "5.0", "2025-01-03", "2025-01-03T10:20:30", "true", "4", "007", "=1+1"]
    assert lines[2] == ["A2", "2025-01-05", "7.0", "", "", "", "2025-01-04T00:00:00", "", "", "8", 'é, "x"']
    assert len(lines) == 23 == table.num_rows + 1
    assert lake.read(run_id, "run_metadata.json")["rows"]["invalid_numbers"] == 1


def test_csv_codes_stay_as_they_are(lake):
    run_id = lake.ingest(lake.add("codes.csv", b"order_id,order_date,revenue,zip,stars,flag\n1,2025-01-01,1,01067,4,TRUE\n2,2025-01-01,2,80331,5,false\n"))
    rows = pq.read_table(lake.runs / run_id / "sales_cleaned.parquet").to_pylist()
    assert [(r["zip"], r["stars"], r["flag"]) for r in rows] == [("01067", 4, "TRUE"), ("80331", 5, "false")]


def test_failed_validation(lake):
    before = lake.ingest(lake.add("good.csv", SMALL))
    current = {p.name: p.read_bytes() for p in lake.current.iterdir()}
    run_id = new_id()
    with pytest.raises(RunFailed, match=r"^The required column revenue is missing\.$"):
        lake.ingest(lake.add("bad.csv", b"order_id,order_date\n1,2025-01-01\n"), run_id)
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "failed" and metadata["outputs"] == [] and metadata["finished_at"]
    assert metadata["error"] == {"type": "RunFailed", "message": "The required column revenue is missing."}
    assert metadata["input_sha256"]
    assert {p.name for p in (lake.runs / run_id).iterdir()} == {"import_profile.json", "run_metadata.json"}
    assert {p.name: p.read_bytes() for p in lake.current.iterdir()} == current
    assert lake.read_current("kpis.json")["run_id"] == before


def test_started_stands_there_before_the_file_is_read(lake, monkeypatch):
    seen = []
    real = ingest_module.Source
    run_id = new_id()
    monkeypatch.setattr(ingest_module, "Source", lambda *a: (seen.append(lake.read(run_id, "run_metadata.json")), real(*a))[1])
    lake.ingest(lake.add("small.csv", SMALL), run_id)
    assert_schema(seen[0], "run_metadata")
    assert (seen[0]["status"], seen[0]["finished_at"], seen[0]["outputs"]) == ("started", None, [])


@pytest.mark.parametrize("bad", ["", "..", "../secret.csv", "sub/small.csv", "sub\\small.csv", "absent.csv", "a\x00b"])
def test_input_file_is_a_name_in_the_import_folder(lake, bad):
    (lake.imports / "sub").mkdir()
    (lake.imports / "sub" / "small.csv").write_bytes(SMALL)
    run_id = new_id()
    with pytest.raises(RunFailed):
        lake.ingest(bad, run_id)
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "failed" and metadata["input_sha256"] is None


@pytest.mark.parametrize("bad", ["", "x", "../../current", "018F0000-0000-7000-8000-00000000000A", "{018f0000-0000-7000-8000-00000000000a}"])
def test_run_id_is_a_uuid(lake, bad):
    lake.add("small.csv", SMALL)
    before = lake.snapshot()
    with pytest.raises(RunFailed, match="run_id"):
        lake.ingest("small.csv", bad)
    assert lake.snapshot() == before


def test_no_lakehouse(tmp_path):
    with pytest.raises(RunFailed, match="attach the default lakehouse"):
        ingest_module.run_ingest(str(tmp_path / "none"), "a.csv", new_id(), "ana", 0, 0)


@pytest.mark.parametrize("content", [SMALL, b"order_id\n"], ids=["succeeded", "failed"])
def test_an_ended_run_is_immutable(lake, content):
    run_id = new_id()
    lake.add("one.csv", content)
    try:
        lake.ingest("one.csv", run_id)
    except RunFailed:
        pass
    lake.add("two.csv", SMALL.replace(b"20.25", b"99"))
    before = lake.snapshot()
    with pytest.raises(RunFailed, match="already ended"):
        lake.ingest("two.csv", run_id)
    with pytest.raises(RunFailed, match="already ended"):
        lake.restore(new_id(), run_id)
    assert lake.snapshot() == before


def test_a_killed_run_may_start_again(lake, monkeypatch):
    lake.add("small.csv", SMALL)
    run_id = new_id()
    save = running_module.Run.save
    monkeypatch.setattr(ingest_module, "clean", lambda *_: sys.exit())
    monkeypatch.setattr(running_module.Run, "save", lambda run, **changes: None if "error" in changes else save(run, **changes))
    with pytest.raises(SystemExit):
        lake.ingest("small.csv", run_id)
    monkeypatch.undo()
    assert lake.read(run_id, "run_metadata.json")["status"] == "started"
    lake.ingest("small.csv", run_id)
    assert lake.read(run_id, "run_metadata.json")["status"] == "succeeded"
    assert lake.read_current("manifest.json")["run_id"] == run_id


def test_a_published_run_that_was_killed_does_not_start_again(lake):
    """Its folder is the home of what is published. It only gets the end that it could not write."""
    lake.add("small.csv", SMALL)
    run_id = lake.ingest("small.csv")
    before = lake.snapshot()
    path = lake.runs / run_id / "run_metadata.json"
    document = lake.read(run_id, "run_metadata.json") | {"status": "started", "finished_at": None}
    path.write_bytes(json_bytes(document))
    with pytest.raises(RunFailed, match="already ended"):
        lake.ingest("small.csv", run_id)
    assert lake.snapshot() == before


def recorded_moves(monkeypatch):
    moved = []
    real = os.replace
    monkeypatch.setattr(lakehouse_module.os, "replace", lambda a, b: (moved.append(b), real(a, b))[1])
    return moved


def test_order_of_writing(lake, monkeypatch):
    moved = recorded_moves(monkeypatch)
    lake.ingest(lake.add("small.csv", SMALL))
    places = [f"{'current' if p.parent == lake.current else 'run'}/{p.name}" for p in moved]
    assert places == [
        "run/run_metadata.json", "run/import_profile.json", "run/sales_cleaned.csv", "run/sales_cleaned.parquet", "run/kpis.json", "run/run_metadata.json",
        "current/sales_cleaned.parquet", "current/sales_cleaned.csv", "current/import_profile.json", "current/kpis.json", "current/manifest.json",
        "run/run_metadata.json",
    ]  # fmt: skip


@pytest.mark.parametrize("said", ["{}", " {} ", ""])
def test_the_content_that_was_checked_runs(lake, said):
    sha256 = hashlib.sha256(SMALL).hexdigest()
    run_id = lake.ingest(lake.add("small.csv", SMALL), input_sha256=said.format(sha256.upper() if " " in said else sha256))
    assert lake.read_current("manifest.json")["run_id"] == run_id


def test_other_content_than_the_checked_one_is_refused(lake):
    first = lake.ingest(lake.add("small.csv", SMALL))
    before = {p.name: p.read_bytes() for p in lake.current.iterdir()}
    changed = SMALL.replace(b"20.25", b"99")
    found, checked = hashlib.sha256(changed).hexdigest(), hashlib.sha256(SMALL).hexdigest()
    run_id = new_id()
    with pytest.raises(RunFailed, match=rf"^small\.csv is not the file that was checked \(its SHA-256 is {found}, not {checked}\), so nothing was published: check it again"):
        lake.ingest(lake.add("small.csv", changed), run_id, input_sha256=checked)
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert (metadata["status"], metadata["input_sha256"], metadata["outputs"]) == ("failed", found, [])
    assert [p.name for p in (lake.runs / run_id).iterdir()] == ["run_metadata.json"]
    assert {p.name: p.read_bytes() for p in lake.current.iterdir()} == before and lake.read_current("kpis.json")["run_id"] == first


def test_a_mount_that_can_not_rename(lake, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(lakehouse_module.os, "replace", refuse)
    run_id = lake.ingest(lake.add("small.csv", SMALL))
    assert lake.read(run_id, "run_metadata.json")["status"] == "succeeded"
    assert {p.name for p in lake.current.iterdir()} == OUTPUTS | {"manifest.json"}
    assert {p.name for p in (lake.runs / run_id).iterdir()} == OUTPUTS | {"run_metadata.json"}
    assert lake.read_current("kpis.json")["run_id"] == run_id


def test_a_full_disk_leaves_current_as_it_was(lake, monkeypatch):
    first = lake.ingest(lake.add("small.csv", SMALL))
    current = {p.name: p.read_bytes() for p in lake.current.iterdir()}
    real = shutil.copyfile

    def full(source, target):
        if target.parent == lake.current and "import_profile" in target.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(source, target)

    monkeypatch.setattr(lakehouse_module.shutil, "copyfile", full)
    run_id = new_id()
    with pytest.raises(RunFailed, match=r"^The lakehouse could not be read or written .No space left on device.: "):
        lake.ingest(lake.add("next.csv", SMALL.replace(b"20.25", b"99")), run_id)
    assert {p.name: p.read_bytes() for p in lake.current.iterdir()} == current
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "failed" and metadata["error"]["type"] == "OSError"
    assert lake.read_current("kpis.json")["run_id"] == first


def test_another_run_publishes_meanwhile(lake, monkeypatch):
    """What was published while a run worked is not replaced by it."""
    lake.add("small.csv", SMALL)
    lake.add("next.csv", SMALL.replace(b"20.25", b"99"))
    first, run_id, other = lake.ingest("small.csv"), new_id(), new_id()
    real = ingest_module.clean

    def slowly(table):
        monkeypatch.setattr(ingest_module, "clean", real)
        lake.restore(first, other)
        return real(table)

    monkeypatch.setattr(ingest_module, "clean", slowly)
    with pytest.raises(RunFailed, match=rf"^Run {other} has published its results while this one was working, so this one's were not published: .*; Files/results/current holds run {other}, as before\.$"):
        lake.ingest("next.csv", run_id)
    assert lake.read(run_id, "run_metadata.json")["status"] == "failed"
    assert lake.read_current("manifest.json")["run_id"] == other and lake.read_current("kpis.json")["run_id"] == first
    assert {p.name for p in lake.current.iterdir()} == OUTPUTS | {"manifest.json"}


def test_an_unexpected_error_is_recorded_and_raised(lake, monkeypatch):
    monkeypatch.setattr(ingest_module, "clean", lambda table: {}["x"])
    run_id = new_id()
    with pytest.raises(RunFailed, match="unexpectedly") as failure:
        lake.ingest(lake.add("small.csv", SMALL), run_id)
    assert isinstance(failure.value.__cause__, KeyError)
    assert lake.read(run_id, "run_metadata.json")["error"]["type"] == "KeyError"


def test_a_stopped_notebook_says_so(lake, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(ingest_module, "clean", stop)
    run_id = new_id()
    with pytest.raises(KeyboardInterrupt):
        lake.ingest(lake.add("small.csv", SMALL), run_id)
    assert lake.read(run_id, "run_metadata.json")["status"] == "failed"
