"""The table for Power BI: it follows what is published, one commit a run."""

import json
import sys
import types
from datetime import date, datetime, timezone

import pytest

pytest.importorskip("deltalake", reason="deltalake is not installed (fabric/requirements.txt)")

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake

import deltatable
import reporttable
from conftest import SMALL, assert_schema, new_id
from failure import RunFailed
from manifest import standing_manifest

OTHER = SMALL.replace(b"20.25", b"99")
TYPES = b"order_id,order_date,revenue,quantity,gift,shipped at,note\n1,2025-01-01,10.5,2,true,2025-01-01T23:30:01,caf\xc3\xa9\n2,,1,,false,,\n"


def table(lake, folder="sales_orders") -> DeltaTable:
    return DeltaTable(str(lake.root / "Tables" / folder))


def commits(lake) -> list[dict]:
    """What the commits say of themselves, the oldest first."""
    return [json.loads(commit["userMetadata"]) for commit in sorted(table(lake).history(), key=lambda each: each["version"])]


def rows(lake, version=None):
    return DeltaTable(str(lake.root / "Tables" / "sales_orders"), version=version).to_pyarrow_table()


def entry(lake, run_id):
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    return metadata["delta_table"]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(reporttable, "TABLE_PAUSE", 0)


def test_one_commit_a_run(lake):
    first = lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    second = lake.ingest(lake.add("b.csv", OTHER), delta_table=" sales_orders ")
    third = lake.restore(first, delta_table="sales_orders")
    assert [entry(lake, run) for run in (first, second, third)] == [{"name": "sales_orders", "version": version, "error": None} for version in range(3)]
    told = commits(lake)
    assert [(commit["run_id"], commit["source_run_id"]) for commit in told] == [(first, None), (second, None), (third, first)]
    assert told[-1]["published_at"] == lake.read_current("manifest.json")["published_at"]
    for version, run in ((0, first), (1, second), (2, first)):
        assert rows(lake, version).equals(pq.read_table(lake.runs / run / "sales_cleaned.parquet"))


def test_types(lake):
    lake.ingest(lake.add("types.csv", TYPES), delta_table="sales_orders")
    found = table(lake)
    assert [(field.name, field.type.type) for field in found.schema().fields] == [
        ("order_id", "string"), ("order_date", "date"), ("revenue", "double"), ("quantity", "long"), ("gift", "boolean"), ("shipped_at", "timestamp"), ("note", "string"),
    ]  # fmt: skip
    protocol = found.protocol()
    assert (protocol.min_reader_version, protocol.min_writer_version, protocol.reader_features, protocol.writer_features) == (1, 2, None, None)
    first = found.to_pyarrow_table().to_pylist()[0]
    assert first["shipped_at"] == datetime(2025, 1, 1, 23, 30, 1, tzinfo=timezone.utc), "the day and time of the file"
    assert (first["order_date"], first["revenue"], first["note"]) == (date(2025, 1, 1), 10.5, "café")


def test_other_columns(lake):
    lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    lake.ingest(lake.add("types.csv", TYPES), delta_table="sales_orders")
    assert table(lake).schema().to_pyarrow().names == pq.read_schema(lake.current / "sales_cleaned.parquet").names
    assert rows(lake, 0).num_rows == 3 and "channel" in rows(lake, 0).column_names, "history stays"


def test_read_by_duckdb(lake):
    """Its files, as the extension that reads the log can't be had without a network."""
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    lake.ingest(lake.add("b.csv", OTHER), delta_table="sales_orders")
    found = duckdb.execute("SELECT count(*), sum(revenue), min(order_date) FROM read_parquet(?)", [[str(lake.root / "Tables" / "sales_orders" / name) for name in table(lake).files()]])
    assert found.fetchone() == (3, 110.5, date(2025, 1, 1))


def test_off_by_default(lake):
    run = lake.ingest(lake.add("a.csv", SMALL))
    assert entry(lake, run) is None and not (lake.root / "Tables").exists()


def test_what_was_published_without_a_table(lake):
    first = lake.ingest(lake.add("a.csv", SMALL))
    second = lake.ingest(lake.add("b.csv", OTHER), delta_table="sales_orders")
    assert [commit["run_id"] for commit in commits(lake)] == [first, second]


def test_left_behind(lake):
    """A run without the parameter says that the table shows another one, until there is no table any more."""
    first = lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    for run in (lake.ingest(lake.add("b.csv", OTHER)), lake.restore(first)):
        assert entry(lake, run)["version"] is None and f"it shows other rows than run {run}" in entry(lake, run)["error"]
    assert len(commits(lake)) == 1
    (lake.root / "Tables" / "sales_orders").rename(lake.root / "away")
    assert entry(lake, lake.restore(first)) is None


@pytest.mark.parametrize("name", ["sales orders", "a/b", "../x", "a.b.c", ".", "ä", "x" * 129, "a;b"])
def test_names(lake, name):
    run = new_id()
    with pytest.raises(RunFailed, match=r"^The parameter delta_table must be the name of a table"):
        lake.ingest(lake.add("a.csv", SMALL), run, delta_table=name)
    assert lake.read(run, "run_metadata.json")["status"] == "failed" and not lake.current.exists()


def test_schemas(lake):
    (lake.root / "Tables" / "dbo").mkdir(parents=True)
    (lake.root / "Tables" / "sales").mkdir()
    lake.ingest(lake.add("a.csv", SMALL), delta_table="orders")
    lake.ingest("a.csv", delta_table="sales.orders")
    assert table(lake, "dbo/orders").version() == 0 and table(lake, "sales/orders").version() == 1
    with pytest.raises(RunFailed, match=r"^There is no schema other in the lakehouse's Tables: create it"):
        lake.ingest("a.csv", delta_table="other.orders")


def test_another_table_is_not_replaced(lake):
    folder = lake.root / "Tables" / "sales_orders"
    folder.mkdir(parents=True)
    write_deltalake(str(folder), pa.table({"x": [1]}), description="mine")
    with pytest.raises(RunFailed, match=r"^The table sales_orders could not be written \(it is not the portal's.*nothing was published"):
        lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    assert table(lake).to_pyarrow_table().to_pydict() == {"x": [1]} and not lake.current.exists()


def test_upkeep_and_others(lake):
    run = lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    lake.ingest(lake.add("b.csv", OTHER), delta_table="sales_orders")
    table(lake).optimize.compact()
    table(lake).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    refused = pytest.raises(RunFailed, match=r"revenue is missing")
    with refused:
        lake.ingest(lake.add("bad.csv", b"order_id,order_date\n1,2025-01-01\n"), delta_table="sales_orders")
    assert len([commit for commit in table(lake).history() if commit["operation"] == "WRITE"]) == 1, "upkeep changes no rows"
    table(lake).delete("revenue > 50")
    with refused:
        lake.ingest("bad.csv", delta_table="sales_orders")
    assert rows(lake)["revenue"].to_pylist() == [10.5, 99.0, 1.0], "what others have changed is written again"
    assert entry(lake, run)["version"] == 0


def test_a_table_that_fails_is_told(lake, monkeypatch):
    """After the manifest: the run has succeeded, and says so. The next one writes the table."""
    first = lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")

    def broken(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(deltatable.DeltaWriter, "replace", broken)
        second = lake.ingest(lake.add("b.csv", OTHER), delta_table="sales_orders")
        told = entry(lake, second)
        assert told["version"] is None and told["error"].startswith("The table sales_orders could not be written (OSError: [Errno 28] No space left on device): until")
        assert lake.read(second, "run_metadata.json")["status"] == "succeeded" and lake.read_current("manifest.json")["run_id"] == second
        with pytest.raises(RunFailed, match=r"^The table sales_orders could not be written .*, so nothing was published"):
            lake.restore(first, delta_table="sales_orders")
    assert lake.read_current("manifest.json")["run_id"] == second
    third = lake.restore(first, delta_table="sales_orders")
    assert [commit["run_id"] for commit in commits(lake)] == [first, second, third]


def test_rows_that_are_lost_do_not_block(lake):
    run = lake.ingest(lake.add("a.csv", SMALL))
    for folder in (lake.runs / run, lake.current):
        (folder / "sales_cleaned.parquet").unlink()
    second = lake.ingest(lake.add("b.csv", OTHER), delta_table="sales_orders")
    assert [commit["run_id"] for commit in commits(lake)] == [second]


def test_overtaken_between_manifest_and_table(lake, monkeypatch):
    """Another run publishes and writes the table before this one does: the table ends as the manifest says."""
    lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    other, own, written = new_id(), new_id(), deltatable.DeltaWriter.replace

    def late(self, run, manifest, told):
        if manifest.run_id == own:
            monkeypatch.setattr(deltatable.DeltaWriter, "replace", written)
            lake.ingest(lake.add("c.csv", SMALL.replace(b"20.25", b"77")), other, delta_table="sales_orders")
        written(self, run, manifest, told)

    monkeypatch.setattr(deltatable.DeltaWriter, "replace", late)
    lake.ingest(lake.add("b.csv", OTHER), own, delta_table="sales_orders")
    assert lake.read_current("manifest.json")["run_id"] == other == commits(lake)[-1]["run_id"]
    assert rows(lake)["revenue"].to_pylist() == [10.5, 77.0, 1.0]


def test_written_in_batches(lake, monkeypatch):
    lines = b"".join(b"%d,2025-01-01,1\n" % number for number in range(5000))
    monkeypatch.setattr(deltatable, "TABLE_ROWS", 1000)
    sizes, batches = [], deltatable.delta_batches

    def counted(file):
        reader = batches(file)
        return pa.RecordBatchReader.from_batches(reader.schema, (sizes.append(batch.num_rows) or batch for batch in reader))

    monkeypatch.setattr(deltatable, "delta_batches", counted)
    lake.ingest(lake.add("many.csv", b"order_id,order_date,revenue\n" + lines), delta_table="sales_orders")
    assert sizes == [1000] * 5 and rows(lake).num_rows == 5000


def test_what_waits_to_be_written_is_bounded(lake, monkeypatch):
    """Batches are held back while too much waits, but not for good."""
    held = []
    monkeypatch.setattr(deltatable, "MOST_WAITING", -1 << 40)
    monkeypatch.setattr(deltatable, "sleep", held.append)
    lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    assert len(held) == deltatable.LONGEST_HOLD and rows(lake).num_rows == 3


def test_address_in_fabric(lake, monkeypatch):
    """There the table is written at OneLake's own address, with the notebook's token."""
    class Credentials:
        @staticmethod
        def getToken(audience):
            return f"token for {audience}"

    context = {"defaultLakehouseWorkspaceId": "ws", "defaultLakehouseId": "lh"}
    monkeypatch.setitem(sys.modules, "notebookutils", types.SimpleNamespace(runtime=types.SimpleNamespace(context=context), credentials=Credentials))
    tables = lake.root / "Tables"
    assert deltatable.table_address(tables / "x", "x") == (str(tables / "x"), {}), "of another mount"
    monkeypatch.setattr(deltatable, "MOUNT", str(lake.root))
    assert deltatable.table_address(tables / "dbo" / "x", "dbo/x") == (
        "abfss://ws@onelake.dfs.fabric.microsoft.com/lh/Tables/dbo/x", {"bearer_token": "token for storage", "use_fabric_endpoint": "true"})  # fmt: skip
    context.clear()
    with pytest.raises(RunFailed, match="attach the default lakehouse"):
        deltatable.table_address(tables / "x", "x")


def test_without_deltalake(lake, monkeypatch):
    monkeypatch.setitem(sys.modules, "deltalake", None)
    with pytest.raises(RunFailed, match=r"^The parameter delta_table needs a notebook with deltalake"):
        lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")


def test_features_that_deltalake_does_not_write(lake):
    lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    log = lake.root / "Tables" / "sales_orders" / "_delta_log"
    protocol = {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}}
    (log / "00000000000000000001.json").write_text(json.dumps(protocol) + "\n" + json.dumps({"commitInfo": {"timestamp": 1, "operation": "UPGRADE PROTOCOL"}}) + "\n")
    before = standing_manifest_of(lake)
    with pytest.raises(RunFailed, match=r"it has features that this notebook can't write: deletionVectors\), so nothing was published"):
        lake.ingest("a.csv", delta_table="sales_orders")
    assert standing_manifest_of(lake) == before


def standing_manifest_of(lake):
    from lakehouse import Lakehouse

    return standing_manifest(Lakehouse(str(lake.root)))
