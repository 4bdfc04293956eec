"""A lakehouse that runs are stopped in, and what must be true of it then and after the next run."""

import itertools
import shutil
from pathlib import Path

import pytest

from conftest import SMALL, TemporaryLakehouse, assert_schema, new_id
from failure import RunFailed
from reader import BEING_PUBLISHED, FOUR, NOTHING, document, seen

# Of one length, so that no file tells by its size whose it is.
AMOUNTS = {"earlier.csv": b"11.25", "old.csv": b"20.25", "new.csv": b"33.25", "other.csv": b"44.25", "next.csv": b"55.25"}
FILES = {name: SMALL.replace(b"20.25", amount) for name, amount in AMOUNTS.items()}
BAD = b"order_id,order_date\n1,2025-01-01\n"


class Stage:
    """A lakehouse with two runs, of which the second is published, and what can be done there."""

    def __init__(self, folder: Path):
        self.lake = TemporaryLakehouse(folder)
        for name, content in (FILES | {"bad.csv": BAD}).items():
            self.lake.add(name, content)
        self.earlier, self.old = self.lake.ingest("earlier.csv"), self.lake.ingest("old.csv")
        self.inputs = {self.earlier: "earlier.csv", self.old: "old.csv"}
        self.numbers = itertools.count()

    def copy(self, manifest: bool = True) -> TemporaryLakehouse:
        """The lakehouse as it is, to be destroyed."""
        root = self.lake.root.parent / f"copy {next(self.numbers)}"
        shutil.copytree(self.lake.root, root)
        copied = TemporaryLakehouse.__new__(TemporaryLakehouse)
        copied.root, copied.imports = root, root / "Files" / "import"
        copied.runs, copied.current = root / "Files" / "results" / "runs", root / "Files" / "results" / "current"
        if not manifest:
            (copied.current / "manifest.json").unlink()
        return copied

    def does(self, what: str, lake: TemporaryLakehouse, run_id: str):
        """Starts an ingest of a file, or the restore of the earlier run."""
        self.inputs[run_id] = "earlier.csv" if what == "restore" else what
        return lambda: lake.restore(self.earlier, run_id) if what == "restore" else lake.ingest(what, run_id)

    def home(self, run_id: str) -> str:
        """The run whose folder holds the files."""
        return self.earlier if self.inputs[run_id] == "earlier.csv" else run_id

    def amount(self, run_id: str) -> bytes:
        return AMOUNTS[self.inputs[run_id]]


def status(lake, run_id):
    """How a run ended by its metadata; "started" where its copy was cut."""
    path = lake.runs / run_id / "run_metadata.json"
    if not path.exists():
        return None
    found = document(path)
    return "started" if found is None else found["status"]


def assert_whole(stage, lake, possible: set[str]) -> str:
    """A reader sees one of these runs whole, or is told to wait. Returns which."""
    run_id, files = seen(lake.root)
    assert run_id in possible
    if run_id in (BEING_PUBLISHED, NOTHING):
        return run_id
    home = lake.runs / stage.home(run_id)
    assert files == {name: (home / name).read_bytes() for name in FOUR}
    assert {(document(home / name) or {})["run_id"] for name in ("kpis.json", "import_profile.json")} == {home.name}
    assert stage.amount(run_id) in files["sales_cleaned.csv"]
    return run_id


def assert_tidy(lake, run_id):
    """current/ holds just this run."""
    manifest = lake.read_current("manifest.json")
    assert_schema(manifest, "manifest")
    assert manifest["run_id"] == run_id
    home = lake.runs / (manifest["source_run_id"] or run_id)
    assert {p.name: p.read_bytes() for p in lake.current.iterdir() if not p.name.startswith(".") and p.name != "manifest.json"} == {name: (home / name).read_bytes() for name in FOUR}
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "succeeded" and metadata["finished_at"] == manifest["published_at"] and metadata["outputs"] == manifest["files"]
    assert (metadata["rows"] is None) == (metadata["kind"] == "restore")


def assert_healed(stage, lake, possible):
    """A next run heals everything, one that fails like one that publishes. Returns the run that was published before."""
    with pytest.raises(RunFailed, match=r"^The required column revenue is missing\.$"):
        lake.ingest("bad.csv")
    healed = assert_whole(stage, lake, possible - {BEING_PUBLISHED})
    if healed != NOTHING:
        assert_tidy(lake, healed)
    run_id = new_id()
    stage.does("restore" if next(stage.numbers) % 4 else "next.csv", lake, run_id)()
    assert assert_whole(stage, lake, {run_id}) == run_id
    assert_tidy(lake, run_id)
    assert sorted(p.name for p in lake.current.iterdir()) == sorted((*FOUR, "manifest.json"))
    return healed
