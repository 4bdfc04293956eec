"""Killed before each operation on the lakehouse's files, a run leaves nothing that a reader can take for something it is not, and the
next run or restore heals it. The state is read by a reader of its own (reader.py)."""

import errno
import shutil

import pytest

from conftest import TemporaryLakehouse, new_id
from failure import RunFailed
from reader import BEING_PUBLISHED, FOUR, NOTHING, document
from staging import BAD, FILES, assert_healed, assert_tidy, assert_whole, status
from stopping import DONE, KILLED, REFUSED, Places, child, places_of, thinned

MOUNTS = pytest.mark.parametrize("can_rename", [True, False], ids=["renames", "cannot rename"])


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


@pytest.mark.parametrize(("what", "can_rename"), [("new.csv", False), ("restore", True)])
def test_fails_at_each_place(stage, what, can_rename):
    """An operation that the lakehouse refuses, and the next one not: either the run succeeds nevertheless, or all is as it was."""
    new = new_id()
    lake = stage.copy()
    places = places_of(stage.does(what, lake, new), lake.root, can_rename)
    failed, endings = 0, set()
    for place in thinned(places):
        lake = stage.copy()
        before = {p.name: p.read_bytes() for p in lake.current.iterdir()}
        ended = child(stage.does(what, lake, new), Places(lake.root, place, broken_disk), can_rename)
        found = assert_whole(stage, lake, {stage.old, new})
        assert ended in (DONE, REFUSED)
        if found == new:
            assert ended == DONE
            assert_tidy(lake, new)
        else:
            failed += 1
            assert {p.name: p.read_bytes() for p in lake.current.iterdir()} == before
            assert ended == REFUSED
            endings.add(status(lake, new))
        assert_healed(stage, lake, {found})
        shutil.rmtree(lake.root)
    assert failed > 10 and "failed" in endings <= {None, "started", "failed"}


def broken_disk():
    raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize(("what", "can_rename"), [("new.csv", True), ("restore", False)])
def test_killed_in_an_older_lakehouse(stage, what, can_rename):
    """The first run gives it its manifest before it replaces anything."""
    new = new_id()
    lake = stage.copy(manifest=False)
    places = places_of(stage.does(what, lake, new), lake.root, can_rename)
    for place in thinned(places + 1):
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
    for place in thinned(places + 1):
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
