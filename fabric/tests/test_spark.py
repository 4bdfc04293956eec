"""The notebook on Spark itself (test_parts.py looks at what its tasks do): one session for all tests."""

import json
import sys

import papermill
import pytest

import build_notebooks
from conftest import CASES, SMALL, input_of, new_id
from sparkingest import Sizes
from test_parts import apart, as_parquet, both, ingest, many_orders


@pytest.fixture
def spark(spark_session):
    return spark_session


# Each run takes seconds of Spark's own, so that there are few.
def test_a_shared_case_on_spark_has_the_documents_of_one_node(spark, lake):
    (case,) = [case for case in CASES if case["name"] == "reading_shifted_row_realigned"]
    for mine, theirs in zip(*both(spark, lake, lake.add(*input_of(case)), options=case.get("options"), funnel=case["funnel"])):
        assert mine == theirs


def test_a_folder_on_spark_is_read_as_one_table(spark, lake):
    rows = [*many_orders(30), ["a000003", "2025-01-01", "c1", "5.00", "1"]]
    rows.append(["Total", "", "", f"{sum(float(row[3]) for row in rows[1:]):.2f}", ""])
    lake.add("all", as_parquet(rows))
    (lake.imports / "several").mkdir()
    for place, start in enumerate(range(1, len(rows), 11)):
        (lake.imports / "several" / f"{place}.parquet").write_bytes(as_parquet([rows[0], *rows[start : start + 11]]))
    lake.ingest("all")
    one, other = lake.read_current("kpis.json"), ingest(spark, lake, "several", Sizes())[2]
    assert apart(one) == apart(other) and other["order_ids_by_case"] == 1
    assert [kind["kind"] for kind in other["left_out"]] == ["total"]


def test_a_task_that_fails_names_its_file_and_place(spark, lake):
    (lake.imports / "many").mkdir()
    for place in range(3):
        data = bytearray(as_parquet(many_orders(30), 10))
        if place == 1:
            data[4:200] = bytes(196)
        (lake.imports / "many" / f"{place}.parquet").write_bytes(data)
    profile, metadata, _, said = ingest(spark, lake, "many", Sizes())
    assert said == "many/1.parquet can't be read as a Parquet file in its row groups 1 to 3: write it again and upload it again."
    assert profile is None and metadata["status"] == "failed" and metadata["error"] == {"type": "RunFailed", "message": said} and not lake.current.exists()


def test_the_notebook_runs_where_all_its_modules_are_one(lake, tmp_path):
    """As in Fabric the tasks get its functions from the notebook: no module of it is on the nodes."""
    run_id, name = new_id(), lake.add("orders.csv", SMALL)
    parameters = {"lakehouse_root": str(lake.root), "input_file": name, "run_id": run_id, "requested_by": "ana@example.com"}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_SUBMIT_ARGS", "--master local[2] --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 pyspark-shell")
        notebook = str(build_notebooks.path_of("sales_ingest_spark"))
        papermill.execute_notebook(notebook, str(tmp_path / "out.ipynb"), parameters=parameters, kernel_name="python3", progress_bar=False, request_save_on_cell_execute=False, cwd=str(tmp_path))
    assert lake.read_current("kpis.json")["total_revenue"] == 31.75
    metadata = lake.read(run_id, "run_metadata.json")
    assert metadata["status"] == "succeeded" and metadata["notebook_name"] == "sales_ingest_spark" and metadata["environment"]["spark"]
    assert json.loads((lake.current / "kpis.json").read_text())["run_id"] == run_id
