"""The notebook on Spark itself (test_parts.py looks at what its tasks do): one session for all tests."""

import json
import sys

import papermill
import pytest

import build_notebooks
from conftest import CASES, SMALL, input_of, new_id
from test_parts import as_parquet, both, ingest, many_orders


@pytest.fixture
def spark(spark_session):
    return spark_session


# One of each kind of work: totals, shifted rows, order lines, questions, another encoding, quotes, Parquet.
SOME = ("csv_plain", "reading_total_row", "reading_shifted_row_realigned", "reading_order_lines", "reading_open_thousands", "ragged_windows_1252", "parquet_keys")


@pytest.mark.parametrize("name", SOME)
def test_a_shared_case_on_spark_has_the_documents_of_one_node(name, spark, lake):
    (case,) = [case for case in CASES if case["name"] == name]
    for mine, theirs in zip(*both(spark, lake, lake.add(*input_of(case)), options=case.get("options"), funnel=case["funnel"])):
        assert mine == theirs


def test_a_folder_on_spark_is_read_as_one_table(spark, lake):
    rows = many_orders(30)
    lake.add("all", as_parquet(rows))
    (lake.imports / "several").mkdir()
    for place in range(3):
        (lake.imports / "several" / f"{place}.parquet").write_bytes(as_parquet([rows[0], *rows[1 + 10 * place : 11 + 10 * place]]))
    kpis = [ingest(spark, lake, name)[2] for name in ("all", "several")]
    assert all(kpis) and all(kpis[0][key] == kpis[1][key] for key in ("total_revenue", "orders", "revenue_by_channel", "time_series"))


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
        papermill.execute_notebook(notebook, str(tmp_path / "out.ipynb"), parameters=parameters, kernel_name="python3", progress_bar=False, cwd=str(tmp_path))
    assert lake.read_current("kpis.json")["total_revenue"] == 31.75
    metadata = lake.read(run_id, "run_metadata.json")
    assert metadata["status"] == "succeeded" and metadata["notebook_name"] == "sales_ingest_spark" and metadata["environment"]["spark"]
    assert json.loads((lake.current / "kpis.json").read_text())["run_id"] == run_id
