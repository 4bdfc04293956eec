"""An input in parts beside one that is read as a whole: the same documents of the shared cases, case files and random tables."""

import csv
import hashlib
import io
import json
import random
import re
import shutil
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import CASES, SMALL, TemporaryLakehouse, assert_schema, input_of, new_id
from failure import RunFailed
from lakehouse import Lakehouse
from nasty_tables import nasty_table
from reader import BEING_PUBLISHED, FOUR, seen
from sparkingest import Sizes, run_ingest_spark, spark_address
from staging import status
from stopping import DONE, KILLED, Places, child, places_of
from tasks_here import SESSION
from test_case_files import found_folder, wanted_cases

EXACT = 1 << 40
PIECES = 3  # in which the cases are read
# What differs between two runs of one file.
OWN = {"generated_at", "computed_at", "generator", "run_id", "started_at", "finished_at", "notebook_name", "environment", "outputs"}


@pytest.fixture
def spark():
    """Tasks in this process; test_spark.py has a Spark session."""
    return SESSION


def ingest(spark, lake, name: str, sizes: Sizes | None = None, options: dict | None = None, funnel: dict | None = None) -> tuple:
    """The documents of a run on Spark, and the sentence with which it failed."""
    sizes = sizes or in_pieces(lake, name)
    return documents(lake, lambda run_id, **figures: run_ingest_spark(spark, str(lake.root), name, run_id, "ana@example.com", sizes=sizes, **figures), options, funnel)


def documents(lake, run, options, funnel) -> tuple:
    """import_profile.json, run_metadata.json and kpis.json of a run, and the sentence with which it failed."""
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
    return found[0], found[1], found[2], sentence


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


# All with what the Python notebook has; with what runtime 2.0 has some are enough.
SOME = slice(None, None, 4 if find_spec("pyspark") else 1)
IN_PARTS = [case for case in CASES if {"csv", "base64", "parquet"} & case.keys()][SOME]


@pytest.mark.parametrize("case", IN_PARTS, ids=lambda case: case["name"])
def test_a_shared_case_in_small_parts_has_the_documents_and_rows_of_one_node(case, spark, lake):
    name = lake.add(*input_of(case))
    one, other = both(spark, lake, name, options=case.get("options"), funnel=case["funnel"])
    for mine, theirs in zip(one, other):
        assert mine == theirs
    assert len(one) == 4 and one[1] is not None
    if one[2] is not None:
        first, second = sorted((path for path in lake.runs.iterdir()), key=lambda path: (path / "run_metadata.json").stat().st_mtime_ns)
        assert cleaned(lake, first.name)[0] == cleaned(lake, second.name)[0] and cleaned(lake, first.name)[1].equals(cleaned(lake, second.name)[1])


CASE_FILES = [name for name in wanted_cases() if name.endswith((".csv", ".tsv", ".txt", ".parquet"))][SOME]


@pytest.mark.parametrize("name", CASE_FILES)
def test_a_case_file_in_small_parts_has_the_documents_of_one_node(name, spark, lake):
    lake.add(name, (found_folder() / name).read_bytes())
    for mine, theirs in zip(*both(spark, lake, name)):
        assert mine == theirs


def nasty_bytes(seed: int, delimiter: str = ",") -> tuple[list[list], dict]:
    table = nasty_table(seed)
    return [["" if cell is None else str(cell) for cell in row] for row in table.all_rows], table.options


def as_csv(rows: list[list]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows: list[list], size: int = 3) -> bytes:
    """The rows as texts, in row groups of so many."""
    width = len(rows[0])
    columns = {header: pa.array([(row[place] if place < len(row) else "") or None for row in rows[1:]], pa.string()) for place, header in enumerate(rows[0][:width])}
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target, row_group_size=size)
    return target.getvalue()


@pytest.mark.parametrize("first", range(0, 40, 20))
def test_random_tables_in_small_parts_have_the_documents_of_one_node(first, spark, tmp_path):
    for seed in range(first, first + 20):
        rows, options = nasty_bytes(seed)
        lake = TemporaryLakehouse(tmp_path / str(seed))
        kind = "csv" if seed % 3 else "parquet"
        if kind == "parquet":
            options.pop("shifted_rows", None)
        data = as_csv(rows) if seed % 3 else as_parquet(rows)
        name = lake.add(f"nasty.{kind}", data)
        sizes = Sizes(part_bytes=max(len(data) // (1 + seed % 7), 1), part_rows=3, different=EXACT)
        one, other = both(spark, lake, name, sizes, options)
        assert one == other, (seed, options)


@pytest.mark.parametrize("first", range(0, 10, 5))
def test_a_folder_of_files_has_the_documents_of_one_file_of_their_rows(first, spark, tmp_path):
    for seed in range(first, first + 5):
        rows, options = nasty_bytes(seed)
        lake, draw = TemporaryLakehouse(tmp_path / str(seed)), random.Random(seed)
        cuts = sorted(draw.randrange(1, len(rows) + 1) for _ in range(3))
        runs = [rows[start:stop] for start, stop in zip([1, *cuts], [*cuts, len(rows)])]
        kind, write = ("csv", as_csv) if seed % 2 else ("parquet", as_parquet)
        lake.add("all", write(rows))
        (lake.imports / "several").mkdir()
        for place, run in enumerate(runs):
            (lake.imports / "several" / f"{place}.{kind}").write_bytes(write([rows[0], *run]))
        one = ingest(spark, lake, "all", options=options)
        other = ingest(spark, lake, "several", options=options)
        for mine, theirs in zip(map(apart, one), map(apart, other)):
            assert mine == theirs, (seed, options)


def apart(document):
    """A document without what is of the file, and not of its rows."""
    if not isinstance(document, dict):
        return str(document).replace("several", "all")
    found = {key: value for key, value in bare(document).items() if key not in ("source_file", "source_sha256", "input_file", "input_sha256", "input_size_bytes")}
    if "file" in found:
        found["file"] = {key: value for key, value in found["file"].items() if key in ("format", "text")}
    return json.loads(json.dumps(found).replace("several", "all"))


def test_a_bad_file_of_a_folder_is_named(spark, lake):
    (lake.imports / "many").mkdir()
    for place in range(5):
        (lake.imports / "many" / f"orders-{place}.csv").write_bytes(SMALL)
    for data, sentence in (
        (SMALL.replace(b"Revenue", b"Turnover"), r"many/orders-3\.csv has no header as orders-0\.csv has in row 1: all files"),
        (SMALL + b'A9,2025-01-09,"open,North,Toys,1,1\n', r"many/orders-3\.csv can't be read as CSV after row 4: a quoted text has no end"),
        (SMALL + b"\0", r"many/orders-3\.csv holds NUL characters"),
        (b"PK\x03\x04", r"many/orders-3\.csv is a workbook"),
        (b"PAR1", r"many/orders-3\.csv is no text file as the first file"),
        (SMALL.replace(b"A1,", b"A1," * 40000), r"many/orders-3\.csv can't be read as CSV after row 1: the next one has more than"),
    ):
        (lake.imports / "many" / "orders-3.csv").write_bytes(data)
        profile, metadata, kpis, said = ingest(spark, lake, "many")
        assert re.match(sentence, said) and profile is None and kpis is None
        assert metadata["status"] == "failed" and metadata["error"]["message"] == said
        assert not lake.current.exists()
    for data, sentence in (
        (as_parquet([["Order ID", "Order Date", "Revenue"], ["1", "2025-01-01", "2"]]), "columns.parquet has other columns"),
        (as_parquet([["a"], ["1"]])[:-20] + b"PAR1", "columns.parquet can't be read as a Parquet file"),
    ):
        (lake.imports / "tables").mkdir(exist_ok=True)
        (lake.imports / "tables" / "a.parquet").write_bytes(as_parquet([["Order ID", "Revenue"], ["1", "2"]]))
        (lake.imports / "tables" / "columns.parquet").write_bytes(data)
        assert sentence in ingest(spark, lake, "tables")[3]


def many_orders(count: int) -> list[list]:
    draw = random.Random(5)
    rows = [[f"A{place:06}", f"2025-0{1 + place % 9}-{1 + place % 28:02}", f"c{place % 5}", f"{draw.uniform(-50, 5000):.2f}", str(place % 7)] for place in range(count)]
    return [["Order ID", "Order Date", "Channel", "Revenue", "Quantity"], *rows]


@pytest.mark.parametrize("write", [as_csv, lambda rows: as_parquet(rows, 700)], ids=["csv", "parquet"])
def test_estimates_of_many_different_values_are_said_and_near(write, spark, lake):
    name = lake.add("many", write(many_orders(5000)))
    (exact, _, sums, _), (found, _, others, _) = both(spark, lake, name, in_pieces(lake, name, different=1000)._replace(part_rows=1200))
    assert sums == others
    assert found["validation"] == exact["validation"] and found["date_range"] == exact["date_range"] and found["duplicate_rows"] == 0
    for one, other in zip(exact["columns"], found["columns"]):
        if other["distinct_exact"]:
            assert one == other
            continue
        assert one["normalized_name"] in ("order_id", "revenue") and abs(other["distinct_count"] / one["distinct_count"] - 1) < 0.02
        same = {key for key in one if key not in ("distinct_count", "distinct_exact", "numbers", "most_frequent")}
        assert {key: one[key] for key in same} == {key: other[key] for key in same} and other["most_frequent"] == []
        if one["numbers"]:
            assert not other["numbers"]["quartiles_exact"]
            for key, value in one["numbers"].items():
                if key in ("q1", "median", "q3"):
                    assert abs(other["numbers"][key] / value - 1) < 0.005
                elif key not in ("quartiles_exact", "standard_deviation"):
                    assert other["numbers"][key] == value
            assert abs(other["numbers"]["standard_deviation"] / one["numbers"]["standard_deviation"] - 1) < 1e-11


def nasty_lines(seed: int, count: int = 90) -> list[list]:
    """Rows with all that stands beside the sums: order lines, ids in other cases, statuses, currencies, visitors, orders without an amount."""
    draw = random.Random(seed)
    rows: list[list] = [["Order ID", "Order Date", "Channel", "Revenue", "Currency", "Status", "Visitors"]]
    for place in range(count):
        day = draw.randrange(1, 25)
        order = draw.choice(["a", "A", "b", "É", "é"]) + str(draw.randrange(count // 3))
        date = "" if draw.random() < 0.1 else f"20{draw.choice(['25', '25', '25', '19'])}-01-{day:02}"
        amount = "" if draw.random() < 0.3 else f"{draw.uniform(-50, 900):.2f}"
        visitors = str(1000 + day) if seed % 3 else str(1000 + place)
        rows.append([order, date, draw.choice(["Web", "web", "Shop", "(none)", ""]), amount, draw.choice(["EUR", "€", "usd", ""]), draw.choice(["ok", "Cancelled", "Returned", ""]), visitors if date else ""])
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_what_stands_beside_the_sums_in_files_of_a_folder_is_that_of_one_file(seed, spark, lake):
    rows = nasty_lines(seed)
    options = {"row_is": "order_line"} if seed % 2 else {"row_is": "order", "accept_missing": True}
    options = {"schema_version": 1, **options, "accept_missing": True}
    lake.add("all", as_csv(rows))
    (lake.imports / "several").mkdir()
    cuts = [1, 20, 21, 50, len(rows)]
    for place, (start, stop) in enumerate(zip(cuts, cuts[1:])):
        (lake.imports / "several" / f"{place}.csv").write_bytes(as_csv([rows[0], *rows[start:stop]]))
    one, whole = both(spark, lake, "all", options=options)
    other = ingest(spark, lake, "several", options=options)
    assert one == whole and one[2] is not None
    for mine, theirs in zip(map(apart, one), map(apart, other)):
        assert mine == theirs
    kpis = one[2]
    assert kpis["order_ids_by_case"] and kpis["orders_without_amount"] and len(kpis["currencies"]) == 3 and len(kpis["returned_or_cancelled"]["statuses"]) == 2
    assert (kpis["conversion"] is not None) == (seed % 3 != 0)


def test_large_outputs_are_folders_of_parts_and_can_be_restored(spark, lake):
    lake.add("orders.csv", as_csv(many_orders(60)))
    one = lake.ingest("orders.csv")
    expected = cleaned(lake, one)
    _, metadata, _, said = ingest(spark, lake, "orders.csv", in_pieces(lake, "orders.csv")._replace(single_bytes=1000))
    assert said == "" and metadata["schema_version"] == 4
    manifest, run = lake.read_current("manifest.json"), lake.runs / metadata["run_id"]
    assert_schema(manifest, "manifest")
    assert (manifest["schema_version"], manifest["run_id"], manifest["files"]) == (2, metadata["run_id"], metadata["outputs"])
    outputs = {output["name"]: output for output in metadata["outputs"]}
    for name in ("sales_cleaned.csv", "sales_cleaned.parquet"):
        parts = outputs[name]["parts"]
        assert [part["name"] for part in parts] == sorted(path.name for path in (run / name).iterdir()) and len(parts) > 1
    pieces = [(run / "sales_cleaned.csv" / part["name"]).read_bytes().split(b"\n", 1) for part in outputs["sales_cleaned.csv"]["parts"]]
    assert pieces[0][0] + b"\n" + b"".join(piece[1] for piece in pieces) == expected[0]
    assert pq.read_table(run / "sales_cleaned.parquet").equals(expected[1])
    assert {path.name for path in run.iterdir()} == {*outputs, "run_metadata.json"}
    # The folders are not copied, and what was there of an earlier run is gone.
    assert {path.name for path in lake.current.iterdir()} == {"manifest.json", "import_profile.json", "kpis.json"}
    assert seen(lake.root)[0] == metadata["run_id"]
    # A later small run and a restore publish files instead of folders, and folders instead of files.
    restored = lake.restore(one)
    assert (lake.current / "sales_cleaned.csv").read_bytes() == expected[0] and lake.read_current("manifest.json")["schema_version"] == 1
    again = lake.restore(metadata["run_id"])
    assert seen(lake.root) == (again, seen(lake.root)[1]) and not (lake.current / "sales_cleaned.parquet").exists()
    assert_schema(lake.read(again, "run_metadata.json"), "run_metadata")
    assert [lake.read(run_id, "run_metadata.json")["schema_version"] for run_id in (one, restored, again)] == [3, 3, 4]
    (run / "sales_cleaned.csv" / "part-00000.csv").write_bytes(b"")
    with pytest.raises(RunFailed, match=r"sales_cleaned\.csv of run .* is missing or was altered"):
        lake.restore(metadata["run_id"])


def test_the_table_for_power_bi_follows_a_restored_folder_of_parts(spark, lake):
    deltalake = pytest.importorskip("deltalake")
    lake.add("orders.csv", as_csv(many_orders(60)))
    _, metadata, _, _ = ingest(spark, lake, "orders.csv", in_pieces(lake, "orders.csv")._replace(single_bytes=0))
    lake.restore(metadata["run_id"], delta_table="sales_orders")
    found = deltalake.DeltaTable(str(lake.root / "Tables" / "sales_orders")).to_pyarrow_table()
    assert sorted(found["order_id"].to_pylist()) == [f"A{place:06}" for place in range(60)]


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="once is enough, as for test_publication_killed.py (scripts/test.sh)")
@pytest.mark.parametrize("can_rename", [True, False], ids=["renames", "cannot rename"])
def test_killed_as_it_publishes_folders_it_leaves_nothing_half_done(spark, stage, can_rename):
    """As test_publication_killed.py does with files."""
    new = new_id()
    stage.inputs[new] = "new.csv"

    def does(lake):
        return lambda: run_ingest_spark(spark, str(lake.root), "new.csv", new, "ana@example.com", 0, 0, sizes=Sizes(part_bytes=60, single_bytes=0))

    lake = stage.copy()
    places, outcomes = places_of(does(lake), lake.root, can_rename), set()
    for place in range(places % 5, places + 1, 5):
        lake = stage.copy()
        assert child(does(lake), Places(lake.root, place), can_rename) == (KILLED if place < places else DONE)
        found, files = seen(lake.root)
        assert found in (stage.old, new) or (found == BEING_PUBLISHED and not can_rename)
        if found == new:
            assert stage.amount(new) in files["sales_cleaned.csv"]
        with pytest.raises(RunFailed, match="The required column revenue is missing"):
            lake.ingest("bad.csv")
        healed = seen(lake.root)[0]
        assert healed == found or found == BEING_PUBLISHED
        assert (status(lake, new) == "succeeded") == (healed == new)
        assert (lake.current / "sales_cleaned.csv").exists() == (healed == stage.old)
        if place % 3 == 0:
            run_id = lake.restore(stage.earlier)
            assert seen(lake.root)[0] == run_id and sorted(p.name for p in lake.current.iterdir()) == sorted((*FOUR, "manifest.json"))
        outcomes.add(found)
        shutil.rmtree(lake.root)
    assert {stage.old, new} <= outcomes


def test_a_bad_file_among_a_thousand_fails_the_run_and_nothing_else(spark, lake):
    lake.add("first.csv", SMALL)
    lake.ingest("first.csv")
    before = {path.name: path.read_bytes() for path in lake.current.iterdir()}
    (lake.imports / "many").mkdir()
    for place in range(1000):
        (lake.imports / "many" / f"{place:04}.csv").write_bytes(SMALL if place != 617 else SMALL + b'A9,2025-01-09,"open,North,Toys,1,1\n')
    profile, metadata, kpis, said = ingest(spark, lake, "many", Sizes())
    assert said == "many/0617.csv can't be read as CSV after row 4: a quoted text has no end, or goes on behind it. Save it again and upload it again."
    assert profile is None and kpis is None and metadata["status"] == "failed" and metadata["error"] == {"type": "RunFailed", "message": said}
    assert {path.name: path.read_bytes() for path in lake.current.iterdir()} == before


def test_other_content_than_was_checked_is_refused(spark, lake):
    (lake.imports / "many").mkdir()
    for name in ("a.csv", "b.csv"):
        (lake.imports / "many" / name).write_bytes(SMALL.replace(b"A", name[:1].encode()))
    lines = "".join(f"{hashlib.sha256((lake.imports / 'many' / name).read_bytes()).hexdigest()}  {name}\n" for name in ("a.csv", "b.csv"))
    right = hashlib.sha256(lines.encode()).hexdigest()
    assert run_ingest_spark(spark, str(lake.root), "many", new_id(), "ana@example.com", 0, 0, input_sha256=right)["orders"] == 6
    with pytest.raises(RunFailed, match="many is not the file that was checked"):
        run_ingest_spark(spark, str(lake.root), "many", new_id(), "ana@example.com", 0, 0, input_sha256="0" * 64)


def test_files_of_a_folder_may_have_other_types(spark, lake):
    """The cells are those of one table: numbers and texts of the same order_id are one order, and the outputs have one schema."""
    (lake.imports / "many").mkdir()
    typed = pa.table({"order_id": pa.array([1, 2]), "order_date": pa.array([date(2025, 1, 1)] * 2), "revenue": pa.array([1.5, 2.0]), "note": pa.array([1, 2])})
    texts = pa.table({name: pa.array(values) for name, values in {"order_id": ["2", "3"], "order_date": ["2025-01-01", "2025-01-02"], "revenue": ["2.0", "4.25"], "note": ["x", "4"]}.items()})
    pq.write_table(typed, lake.imports / "many" / "a.parquet")
    pq.write_table(texts, lake.imports / "many" / "b.parquet")
    _, metadata, kpis, said = ingest(spark, lake, "many", Sizes(single_bytes=0), options={"schema_version": 1, "row_is": "order"})
    assert (said, kpis["orders"], kpis["total_revenue"], metadata["rows"]["duplicate_order_id"]) == ("", 3, 7.75, 1)
    parts = [pq.read_table(path) for path in sorted((lake.runs / metadata["run_id"] / "sales_cleaned.parquet").iterdir())]
    assert len(parts) == 2 and parts[0].schema == parts[1].schema
    assert pa.concat_tables(parts).to_pydict() == {"order_id": ["1", "2", "3"], "order_date": [date(2025, 1, 1)] * 2 + [date(2025, 1, 2)], "revenue": [1.5, 2.0, 4.25], "note": ["1", "2", "4"]}


def test_a_folder_whose_files_do_not_tell_its_rows_is_refused(spark, lake):
    (lake.imports / "many" / "region=EU").mkdir(parents=True)
    (lake.imports / "many" / "a.csv").write_bytes(SMALL)
    assert ingest(spark, lake, "many", Sizes())[3].startswith("many has a folder in it (region=EU)")
    (lake.imports / "many" / "region=EU").rmdir()
    (lake.imports / "many" / "_SUCCESS").write_bytes(b"")
    assert ingest(spark, lake, "many", Sizes())[3] == ""
    (lake.imports / "many" / "_delta_log").mkdir()
    assert ingest(spark, lake, "many", Sizes())[3].startswith("many is a Delta table, whose files do not tell by themselves which rows it has")
    (lake.imports / "none").mkdir()
    assert ingest(spark, lake, "none", Sizes())[3].startswith("none is a folder without files")


def test_where_spark_finds_the_lakehouse(lake, monkeypatch):
    """In Fabric at OneLake's own address: each node has its own mount."""
    assert spark_address(Lakehouse(str(lake.root)), lake.root / "Tables" / "a") == f"file://{lake.root}/Tables/a"
    there = Lakehouse.__new__(Lakehouse)
    there.files = Path("/lakehouse/default/Files")
    context = {"defaultLakehouseWorkspaceId": "W", "defaultLakehouseId": "L"}
    monkeypatch.setitem(sys.modules, "notebookutils", SimpleNamespace(runtime=SimpleNamespace(context=context)))
    assert spark_address(there, Path("/lakehouse/default/Tables/dbo/a")) == "abfss://W@onelake.dfs.fabric.microsoft.com/L/Tables/dbo/a"
    context.clear()
    with pytest.raises(RunFailed, match="attach the default lakehouse"):
        spark_address(there, Path("/lakehouse/default/Tables/dbo/a"))


def test_one_node_refuses_a_folder(lake):
    (lake.imports / "many").mkdir()
    with pytest.raises(RunFailed, match="many is a folder, and this notebook reads one file: start the notebook sales_ingest_spark"):
        lake.ingest("many")


def test_what_can_not_be_cut_is_read_whole_up_to_a_size(spark, lake):
    lake.add("odd.csv", SMALL.replace(b"Toys", b' "To ys" '))
    one, other = both(spark, lake, "odd.csv")
    assert one == other
    said = ingest(spark, lake, "odd.csv", in_pieces(lake, "odd.csv")._replace(whole_bytes=50))[3]
    assert said.startswith("odd.csv has more than 0 MB and can't be read in parts")


def test_a_file_that_changes_while_it_is_read_fails_the_run(spark, lake, monkeypatch):
    import sparkingest

    lake.add("orders.csv", SMALL)
    monkeypatch.setattr(sparkingest, "tell_format", lambda found: (lake.imports / "orders.csv").write_bytes(SMALL + b"A9,2025-01-03,Online,,Books,1.00,1\n"))
    assert ingest(spark, lake, "orders.csv", Sizes())[3] == "orders.csv was changed while it was read: start a new run."


def test_what_comes_to_the_driver_does_not_grow_with_the_rows(spark, tmp_path, monkeypatch):
    """Of ten times the rows in as many parts no more bytes come."""
    import sparkingest

    made = []

    class Counting(sparkingest.Cluster):
        def __init__(self, session):
            super().__init__(session)
            made.append(self)

    monkeypatch.setattr(sparkingest, "Cluster", Counting)
    for count in (5_000, 50_000):
        lake = TemporaryLakehouse(tmp_path / str(count))
        data = as_csv(many_orders(count))
        name = lake.add("orders.csv", data)
        sizes = Sizes(part_bytes=len(data) // 4 + 1, different=500)
        _, metadata, kpis, said = ingest(spark, lake, name, sizes)
        assert said == "" and metadata["rows"]["written"] == kpis["orders"] == count
    small, large = (cluster.collected for cluster in made)
    assert small > 1000 and large < small * 1.05
