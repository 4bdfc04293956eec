"""Killed before each operation on the lakehouse's files, a run leaves nothing that a reader can take for something it is not, and the
next run or restore heals it. The state is read by a reader of its own (reader.py)."""

import errno
import itertools
import shutil
from pathlib import Path

import pytest

import running
from conftest import SMALL, TemporaryLakehouse, assert_schema, new_id
from failure import RunFailed
from reader import BEING_PUBLISHED, FOUR, NOTHING, document, seen
from stopping import BROKEN, DONE, KILLED, REFUSED, Places, child, places_of

MOUNTS = pytest.mark.parametrize("can_rename", [True, False], ids=["renames", "cannot rename"])
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


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stage")
    yield Stage(folder / "lake")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(running, "PAUSE", 0)


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
    assert document(home / "kpis.json")["run_id"] == document(home / "import_profile.json")["run_id"] == home.name
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
    stage.does("restore" if next(stage.numbers) % 2 else "next.csv", lake, run_id)()
    assert assert_whole(stage, lake, {run_id}) == run_id
    assert_tidy(lake, run_id)
    assert sorted(p.name for p in lake.current.iterdir()) == sorted((*FOUR, "manifest.json"))
    return healed


@MOUNTS
@pytest.mark.parametrize("what", ["new.csv", "restore"])
def test_killed_at_each_place(stage, what, can_rename):
    new = new_id()
    lake = stage.copy()
    places = places_of(stage.does(what, lake, new), lake.root, can_rename)
    assert places > (40 if what == "restore" else 50)
    outcomes = set()
    for place in range(places + 1):
        lake = stage.copy()
        assert child(stage.does(what, lake, new), Places(lake.root, place), can_rename) == (KILLED if place < places else DONE)
        found = assert_whole(stage, lake, {stage.old, new} | (set() if can_rename else {BEING_PUBLISHED}))
        ended = status(lake, new)
        assert ended in (None, "started", "succeeded")
        assert ended != "succeeded" or found == new
        if found == new and ended == "started":
            metadata = document(lake.runs / new / "run_metadata.json") or {"outputs": True, "rows": True}
            assert metadata["outputs"] and (metadata["rows"] or what == "restore")
        healed = assert_healed(stage, lake, {stage.old, new})
        assert found in (healed, BEING_PUBLISHED)
        assert (status(lake, new) == "succeeded") == (healed == new)
        outcomes.add((found, ended))
        shutil.rmtree(lake.root)
    assert {(stage.old, None), (stage.old, "started"), (new, "started"), (new, "succeeded")} <= outcomes
    assert ((BEING_PUBLISHED, "started") in outcomes) == (not can_rename)


@MOUNTS
@pytest.mark.parametrize("what", ["new.csv", "restore"])
def test_fails_at_each_place(stage, what, can_rename):
    """An operation that the lakehouse refuses, and the next one not: either the run succeeds nevertheless, or all is as it was."""
    new = new_id()
    lake = stage.copy()
    places = places_of(stage.does(what, lake, new), lake.root, can_rename)
    failed = 0
    for place in range(places):
        lake = stage.copy()
        before = {p.name: p.read_bytes() for p in lake.current.iterdir()}
        ended = child(stage.does(what, lake, new), Places(lake.root, place, broken_disk), can_rename)
        found = assert_whole(stage, lake, {stage.old, new})
        assert ended in (DONE, REFUSED, BROKEN)
        if found == new:
            assert ended == DONE
            assert_tidy(lake, new)
        else:
            failed += 1
            assert {p.name: p.read_bytes() for p in lake.current.iterdir()} == before
            assert (ended, status(lake, new)) in {(REFUSED, "failed"), (REFUSED, "started"), (BROKEN, None), (BROKEN, "started")}
        assert_healed(stage, lake, {found})
        shutil.rmtree(lake.root)
    assert 20 < failed < places


def broken_disk():
    raise OSError(errno.EIO, "Input/output error")


@MOUNTS
@pytest.mark.parametrize("what", ["new.csv", "restore"])
def test_killed_in_an_older_lakehouse(stage, what, can_rename):
    """The first run gives it its manifest before it replaces anything."""
    new = new_id()
    lake = stage.copy(manifest=False)
    places = places_of(stage.does(what, lake, new), lake.root, can_rename)
    for place in range(places + 1):
        lake = stage.copy(manifest=False)
        child(stage.does(what, lake, new), Places(lake.root, place), can_rename)
        found = assert_whole(stage, lake, {stage.old, new} | (set() if can_rename else {BEING_PUBLISHED}))
        assert status(lake, new) != "succeeded" or found == new
        assert found in (assert_healed(stage, lake, {stage.old, new}), BEING_PUBLISHED)
        shutil.rmtree(lake.root)


@MOUNTS
def test_killed_in_an_empty_lakehouse(stage, tmp_path, can_rename):
    """Until its manifest stands there, the first run of all shows nothing or the whole of it."""
    new = new_id()

    def empty():
        lake = TemporaryLakehouse(tmp_path / f"empty {next(stage.numbers)}")
        for name in ("new.csv", "bad.csv", "next.csv"):
            lake.add(name, FILES.get(name, BAD))
        return lake

    lake = empty()
    places = places_of(stage.does("new.csv", lake, new), lake.root, can_rename)
    outcomes = set()
    for place in range(places + 1):
        lake = empty()
        child(stage.does("new.csv", lake, new), Places(lake.root, place), can_rename)
        found = assert_whole(stage, lake, {NOTHING, new} | (set() if can_rename else {BEING_PUBLISHED}))
        assert status(lake, new) != "succeeded" or found == new
        with pytest.raises(RunFailed, match=r"^The required column revenue is missing\.$"):
            lake.ingest("bad.csv")
        healed = assert_whole(stage, lake, {found} if found != BEING_PUBLISHED else {BEING_PUBLISHED, new})
        if healed == new:
            assert_tidy(lake, new)
        run_id = new_id()
        stage.does("next.csv", lake, run_id)()
        assert assert_whole(stage, lake, {run_id}) == run_id
        assert_tidy(lake, run_id)
        assert sorted(p.name for p in lake.current.iterdir()) == sorted((*FOUR, "manifest.json"))
        outcomes.add(found)
        shutil.rmtree(lake.root)
    assert {NOTHING, new} <= outcomes
