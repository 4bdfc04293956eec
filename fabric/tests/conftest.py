"""What the tests share: the modules' path, a temporary lakehouse, the contract's schemas and examples."""

import base64
import gc
import json
import os
import shutil
import sys
import uuid
from datetime import date, datetime
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from referencing import Registry, Resource

FABRIC = Path(__file__).resolve().parent.parent
CONTRACT = FABRIC.parent / "contract"
sys.path[:0] = [*map(str, sorted((FABRIC / "src").iterdir())), str(FABRIC)]

# The Spark notebook is tested where its runtime's packages are (.cache/spark).
collect_ignore_glob = [] if find_spec("pyspark") else ["test_spark*.py"]

def starts(seeds, at_once):
    """Where tests of random tables begin. With the packages of runtime 2.0 a third of the tables is enough: all of them are tried with those of
    Python notebooks (scripts/test.sh)."""
    return range(0, seeds // 3 if find_spec("pyspark") else seeds, at_once)


CASES = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((CONTRACT / "testdata" / "cases").glob("*.json"))]


def assert_part(expected, found, where="document"):
    """The comparison that contract/testdata/cases/README.md describes."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for key, value in expected.items():
            assert key in found, f"{where} has no {key}"
            assert_part(value, found[key], f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(found, list) and len(found) == len(expected), f"{where}: {found} is not {expected}"
        for i, value in enumerate(expected):
            assert_part(value, found[i], f"{where}[{i}]")
    else:
        assert isinstance(expected, bool) == isinstance(found, bool), f"{where}: {found!r} is not {expected!r}"
        assert found == expected, f"{where}: {found!r} is not {expected!r}"


# The versions of documents in which no output is a folder of parts: notebooks still write them.
WITHOUT_PARTS = {"run_metadata": 3, "manifest": 1}


def schema_of(name):
    return json.loads((CONTRACT / f"{name}.schema.json").read_text(encoding="utf-8"))


def assert_schema(document, name):
    options, schema = Resource.from_contents(schema_of("read_options")), schema_of(name)
    earlier = CONTRACT / "earlier" / f"{name}.{document['schema_version']}.schema.json"
    if name in WITHOUT_PARTS and document["schema_version"] == WITHOUT_PARTS[name]:
        schema = json.loads(earlier.read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(), registry=Registry().with_resource(options.id(), options))
    checker.validate(document)


def input_of(case) -> tuple[str, bytes]:
    """Name and bytes of a case's import file."""
    if "parquet" in case:
        return case["name"] + ".parquet", base64.b64decode(case["parquet"])
    if "base64" in case:
        return case["name"] + ".csv", base64.b64decode(case["base64"])
    if "csv" in case:
        return case["name"] + ".csv", case["csv"].encode(case.get("encoding", "utf-8"))
    return case["name"] + ".xlsx", workbook(case.get("sheets") or [{"name": "Sheet1", "hidden": False, "rows": case["rows"]}], case.get("date1904", False))


def workbook(sheets, date1904=False) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    if date1904:
        book.epoch = CALENDAR_MAC_1904
    for sheet in sheets:
        target = book.create_sheet(sheet["name"])
        target.sheet_state = "hidden" if sheet["hidden"] else "visible"
        for r, row in enumerate(sheet["rows"], start=1):
            for c, value in enumerate(row, start=1):
                if isinstance(value, dict):
                    value = date.fromisoformat(value["date"]) if "date" in value else datetime.fromisoformat(value["datetime"])
                if value is not None:
                    cell = target.cell(r, c, value)
                    if isinstance(value, str):
                        cell.data_type = "s"  # or a text such as =1 would be a formula
    book.active = next(i for i, s in enumerate(sheets) if not s["hidden"])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def surveyed(name: str, data: bytes, options: dict | None = None):
    """How a file is read."""
    from content import Content
    from reading import Source
    from survey import survey

    return survey(Source(name, Content(data), options or {}), options or {})


def read_table(name: str, data: bytes):
    """A file's table."""
    return surveyed(name, data).table


def cells_of(table) -> list[list]:
    """A table's cells by column and row, as Python's values."""
    return [column.cells() for column in table.columns]


def profile_of(name: str, data: bytes, options: dict | None = None) -> dict:
    """A file's import_profile.json."""
    from profiling import build_profile

    file = {"name": name, "size_bytes": len(data), "sha256": "0" * 64, "last_modified": None}
    found = build_profile(surveyed(name, data, options), file, {"name": "test", "version": "1"}, None)
    assert_schema(found, "import_profile")
    return found


class TemporaryLakehouse:
    """A lakehouse folder with what the tests ask of it."""

    def __init__(self, root: Path):
        self.root = root
        self.imports = root / "Files" / "import"
        self.runs = root / "Files" / "results" / "runs"
        self.current = root / "Files" / "results" / "current"
        self.imports.mkdir(parents=True)

    def add(self, name: str, content: bytes) -> str:
        (self.imports / name).write_bytes(content)
        return name

    def read(self, run_id: str, name: str):
        return json.loads((self.runs / run_id / name).read_text(encoding="utf-8"))

    def read_current(self, name: str):
        return json.loads((self.current / name).read_text(encoding="utf-8"))

    def snapshot(self) -> dict:
        """Every file with its content."""
        return {str(p.relative_to(self.root)): p.read_bytes() for p in sorted(self.root.rglob("*")) if p.is_file()}

    def ingest(self, input_file: str, run_id: str | None = None, total_visitors=0, converting_visitors=0, read_options="", input_sha256="", lock_url="", delta_table="") -> str:
        from ingest import run_ingest

        run_id = new_id() if run_id is None else run_id
        run_ingest(str(self.root), input_file, run_id, "ana@example.com", total_visitors, converting_visitors, read_options, input_sha256, lock_url, delta_table)
        return run_id

    def restore(self, source_run_id: str, run_id: str | None = None, lock_url: str = "", delta_table: str = "") -> str:
        from restore import run_restore

        run_id = new_id() if run_id is None else run_id
        run_restore(str(self.root), source_run_id, run_id, "ana@example.com", "", lock_url, delta_table)
        return run_id


def new_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def lake(tmp_path):
    return TemporaryLakehouse(tmp_path / "lake house ä")


SMALL = b"""Order ID,Order Date,Channel,Region,Product Category,Revenue,Quantity
A1,2025-01-01,Online,North,Toys,10.50,1
A2,2025-01-02,Store,South,Books,20.25,2
A3,2025-01-03,Online,,Books,1.00,1
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A lakehouse to stop runs in."""
    import manifest
    import running
    from staging import Stage

    folder = tmp_path_factory.mktemp("stage")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, "PAUSE", 0)
        patched.setattr(manifest, "LOOK_PAUSE", 0.01)
        gc.collect()
        gc.freeze()  # children then share more of their memory
        yield Stage(folder / "lake")
    gc.unfreeze()
    shutil.rmtree(folder, ignore_errors=True)


DELTA_JARS = sorted(Path(os.environ.get("PORTAL_DELTA", "/nowhere")).glob("*.jar"))


@pytest.fixture(scope="session")
def spark_session():
    """One Spark session for all tests that need one, with Delta's libraries where they are installed (scripts/spark.sh)."""
    from pyspark.sql import SparkSession

    # Of the workers, which are told when the session's Java starts.
    os.environ["PYTHONPATH"] = os.pathsep.join([*map(str, sorted((FABRIC / "src").iterdir())), str(FABRIC / "tests"), os.environ.get("PYTHONPATH", "")])
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").appName("tests").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
    builder = builder.config("spark.sql.shuffle.partitions", "1").config("spark.sql.session.timeZone", "America/New_York").config("spark.log.level", "ERROR").config("spark.ui.showConsoleProgress", "false")
    if DELTA_JARS:
        builder = (
            builder.config("spark.jars", ",".join(map(str, DELTA_JARS)))
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.databricks.delta.snapshotPartitions", "1")
        )
    session = builder.getOrCreate()
    yield session
    session.stop()
