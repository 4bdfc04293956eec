"""The report below the notebook: figures, checks and the picture, from documents of any run."""

import re
import xml.etree.ElementTree as ET

import nbformat
import papermill
import pytest

from conftest import SMALL, new_id
from failure import RunFailed
from report import document_of, report_html, series_svg
from test_notebooks import as_started

HOSTILE = "<script>alert(1)</script>\"'&.csv"


def documents(lake, name, content, **facts):
    run_id = new_id()
    try:
        lake.ingest(lake.add(name, content), run_id, **facts)
    except RunFailed:
        pass
    return [document_of(lake.runs / run_id / name) for name in ("run_metadata.json", "import_profile.json", "kpis.json")]


def test_figures_stand_beside_what_is_missing(lake):
    found = report_html(*documents(lake, "one.csv", SMALL + b"A4,2025-01-03,Online,North,Toys,n.n.,1\n" + b"".join(b"B%d,,Online,North,Toys,1,1\n" % i for i in range(20)), total_visitors=1000))
    ET.fromstring(found)  # well formed
    told = re.sub(r"<[^>]+>", " ", found)
    assert "51.75" in told and "1 row with 0.00 is missing" in told and "of which 20 without a date" in told and "orders / total visitors" in told
    assert told.index("warning") < told.index("passed")


def test_a_table_that_is_behind_is_told(lake):
    metadata, profile, kpis = documents(lake, "one.csv", SMALL)
    assert "sales_orders" not in report_html(metadata, profile, kpis)
    metadata["delta_table"] = {"name": "sales_orders", "version": None, "error": "The table sales_orders could not be written (<disk>)."}
    assert "The table sales_orders could not be written (&lt;disk&gt;)." in report_html(metadata, profile, kpis)


def test_a_failed_run_says_why(lake):
    found = report_html(*documents(lake, "bad.csv", b"Order ID,Order Date\n1,2025-01-01\n"))
    assert "what is published stays as it was" in found and found.count("The required column revenue is missing.") == 2 and "<svg" not in found


def test_texts_of_the_file_are_no_markup():
    metadata = {"input_file": HOSTILE, "status": "failed", "error": {"message": HOSTILE}}
    check = {"id": "x", "passed": False, "severity": "error", "message": HOSTILE, "examples": [{"cell": HOSTILE, "value": HOSTILE}]}
    found = report_html(metadata, {"validation": {"checks": [check]}}, {})
    assert "<script" not in found and found.count("&lt;script&gt;") == 4
    ET.fromstring(found)


@pytest.mark.parametrize("amounts", [[5.0], [0.0, 0.0], [-3.0, -1.0], [10.0, -5.0, 2.5], [1e12] * 400])
def test_the_picture_keeps_its_frame(amounts):
    series = {"granularity": "daily", "points": [{"period": f"2025-01-{n}", "revenue": amount, "orders": 1} for n, amount in enumerate(amounts)]}
    drawn = ET.fromstring(f"<div>{series_svg(series)}</div>")
    bars = drawn.findall(".//rect")
    assert len(bars) == len(amounts)
    for bar in bars:
        x, y, width, height = (float(bar.get(key)) for key in ("x", "y", "width", "height"))
        assert x >= 76 and x + width <= 770 and y >= 10 - 0.01 and y + height <= 194.01
    heights = [float(bar.get("height")) for bar in bars]
    assert [a > 0 for a in heights] == [amount != 0 for amount in amounts]


def test_a_series_without_points_has_no_picture():
    assert series_svg({"granularity": "daily", "points": []}) == ""


@pytest.mark.parametrize(("content", "told"), [(SMALL, "its results are published"), (b"Order ID,Order Date\n1,2025-01-01\n", "The required column revenue is missing.")])
def test_the_notebook_shows_it(lake, tmp_path, content, told):
    lake.add("one.csv", content)
    out = tmp_path / "out.ipynb"
    facts = {"run_id": new_id(), "input_file": "one.csv", "lakehouse_root": str(lake.root), "requested_by": "ana"}
    try:
        papermill.execute_notebook(str(as_started("sales_ingest", tmp_path)), str(out), parameters=facts, kernel_name="python3", progress_bar=False, request_save_on_cell_execute=False, cwd=str(tmp_path))
    except papermill.exceptions.PapermillExecutionError:
        assert content is not SMALL
    shown = [o.data.get("text/html", "") for cell in nbformat.read(out, as_version=4).cells for o in cell.get("outputs", []) if o.output_type == "display_data"]
    assert any(told in html for html in shown)


def test_what_stands_beside_the_sums_is_told(lake):
    content = b"order_id,order_date,revenue,currency,status,visitors\n1,2025-01-01,10,EUR,ok,50\n2,2025-01-01,20,usd,Cancelled,50\n3,2025-01-02,,<b>,ok,30\n"
    found = report_html(*documents(lake, "beside.csv", content, read_options='{"schema_version": 1, "accept_missing": true}'))
    ET.fromstring(found)
    assert "added up as they stand: &lt;b&gt; 0.00, EUR 10.00, USD 20.00; in it 1 row with 20.00 returned or cancelled" in found
    assert "15.00 without the 1 order that has no amount" in found
    assert "3.75%" in found and "orders / total visitors, 2025-01-01 to 2025-01-02" in found
