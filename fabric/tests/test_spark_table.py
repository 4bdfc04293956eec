"""The table for Power BI, written by Spark and by deltalake in turn, and read by Spark."""

from datetime import date, datetime

import pytest

import deltatable
import ingest
import restore
from conftest import DELTA_JARS, SMALL, new_id
from failure import RunFailed
from sparkingest import Sizes, run_ingest_spark
from sparktable import spark_table_of
from test_deltatable import TYPES, commits, entry, rows

pytestmark = pytest.mark.skipif(not DELTA_JARS, reason="Delta's libraries are not installed (scripts/spark.sh), or PORTAL_DELTA does not name their folder")


@pytest.fixture
def spark(spark_session):
    return spark_session


@pytest.fixture
def by_spark(spark, monkeypatch):
    """Lets the runs write their table with Spark."""
    def of(lakehouse, name):
        return spark_table_of(spark, lakehouse, name)

    monkeypatch.setattr(ingest, "delta_table_of", of)
    monkeypatch.setattr(restore, "delta_table_of", of)


def test_spark_and_deltalake_in_turn(lake, spark, by_spark, monkeypatch):
    first = lake.ingest(lake.add("types.csv", TYPES), delta_table="sales_orders")
    second = lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    monkeypatch.setattr(ingest, "delta_table_of", deltatable.delta_table_of)
    third = lake.ingest(lake.add("b.csv", SMALL.replace(b"20.25", b"99")), delta_table="sales_orders")
    fourth = lake.restore(first, delta_table="sales_orders")
    assert [commit["run_id"] for commit in commits(lake)] == [first, second, third, fourth]
    assert [entry(lake, run) for run in (first, second, third, fourth)] == [{"name": "sales_orders", "version": version, "error": None} for version in range(4)]

    read = spark.read.format("delta").load(str(lake.root / "Tables" / "sales_orders"))
    assert dict(read.dtypes) == {"order_id": "string", "order_date": "date", "revenue": "double", "quantity": "bigint", "gift": "boolean", "shipped_at": "timestamp", "note": "string"}
    one = read.selectExpr("*", "to_utc_timestamp(shipped_at, 'America/New_York') AS utc").orderBy("order_id").collect()[0]
    assert (one["order_date"], one["revenue"], one["note"]) == (date(2025, 1, 1), 10.5, "café")
    assert one["utc"] == datetime(2025, 1, 1, 23, 30, 1) or rows(lake)["shipped_at"].to_pylist()[0].hour == 23
    assert rows(lake, 0).equals(rows(lake, 3)), "deltalake reads the moment that Spark wrote"
    assert rows(lake)["shipped_at"].to_pylist()[0].isoformat() == "2025-01-01T23:30:01+00:00"
    by_version = spark.read.format("delta").option("versionAsOf", 2).load(str(lake.root / "Tables" / "sales_orders"))
    assert sorted(row["revenue"] for row in by_version.collect()) == [1.0, 10.5, 99.0]
    assert spark.conf.get("spark.sql.session.timeZone") == "America/New_York"


def test_another_table_is_not_replaced_by_spark(lake, spark, by_spark):
    spark.range(3).write.format("delta").save(str(lake.root / "Tables" / "sales_orders"))
    with pytest.raises(RunFailed, match="it is not the portal's"):
        lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders")
    assert spark.read.format("delta").load(str(lake.root / "Tables" / "sales_orders")).count() == 3


def test_the_spark_notebook_writes_the_table_from_its_parts(lake, spark):
    first, second = lake.ingest(lake.add("a.csv", SMALL), delta_table="sales_orders"), new_id()
    sizes = Sizes(part_bytes=len(TYPES) // 2, single_bytes=0)
    run_ingest_spark(spark, str(lake.root), lake.add("types.csv", TYPES), second, "ana@example.com", 0, 0, delta_table="sales_orders", sizes=sizes)
    metadata = lake.read(second, "run_metadata.json")
    assert "parts" in metadata["outputs"][0] and metadata["delta_table"] == {"name": "sales_orders", "version": 1, "error": None}
    assert [commit["run_id"] for commit in commits(lake)] == [first, second]
    assert rows(lake)["shipped_at"].to_pylist()[0].isoformat() == "2025-01-01T23:30:01+00:00"
