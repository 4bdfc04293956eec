"""Two that publish at once, in two processes: one of them stops at each of its operations while the other works, and goes on then."""

import json
import os
import shutil
import threading
import traceback

import pytest

import stopping
from conftest import new_id
from reader import BEING_PUBLISHED
from staging import assert_healed, assert_whole, status
from stopping import DONE, KILLED, REFUSED, Places, child, places_of, thinned

UNTRUE = 99  # what a reader saw in between is not as it must be
PAIRS = [("new.csv", "other.csv", True), ("new.csv", "restore", False), ("restore", "new.csv", True)]


def while_waiting(stage, lake, other, places, possible, note):
    """What happens while the first run waits: the other one works, as far as its places let it. Notes how it ended and what is published."""

    def happens():
        watched, stopping.watched = stopping.watched, None
        try:
            before = assert_whole(stage, lake, possible)
            ended = child(other, places)
            note.write_text(json.dumps([before, ended, assert_whole(stage, lake, possible)]))
        except AssertionError:
            traceback.print_exc()
            os._exit(UNTRUE)
        stopping.watched = watched

    return happens


@pytest.mark.parametrize(("what", "meanwhile", "can_rename"), PAIRS)
@pytest.mark.parametrize("killed", ["none", "the other", "the first"])
def test_one_waits_at_each_place(stage, tmp_path, what, meanwhile, can_rename, killed):
    first, other = new_id(), new_id()
    lake = stage.copy()
    places = places_of(stage.does(what, lake, first), lake.root, can_rename)
    lake = stage.copy()
    others = places_of(stage.does(meanwhile, lake, other), lake.root, can_rename)
    possible = {stage.old, first, other} | (set() if can_rename else {BEING_PUBLISHED})
    note = tmp_path / "note"
    outcomes = set()
    for place in thinned(places, 1 if killed == "none" else 3):
        lake = stage.copy()
        stop = Places(lake.root, place * 7 % others if killed == "the other" else -1)
        waiting = Places(lake.root, place, while_waiting(stage, lake, stage.does(meanwhile, lake, other), stop, possible, note))
        waiting.killed_at = place + 1 + place % 5 if killed == "the first" else -1
        ended = child(stage.does(what, lake, first), waiting, can_rename)
        before, other_ended, between = json.loads(note.read_text())
        found = assert_whole(stage, lake, possible)
        # The first one was published: before the other one came (which may have completed its manifest), or after that one had ended.
        published = first in (before, found) or before == BEING_PUBLISHED
        assert (ended, status(lake, first)) in {(DONE, "succeeded"), (REFUSED, "failed"), (KILLED, None), (KILLED, "started"), (KILLED, "succeeded")}
        assert status(lake, first) != "succeeded" or published
        assert ended != REFUSED or (found != first and not published)
        if (ended, other_ended) == (REFUSED, DONE):
            assert lake.read(first, "run_metadata.json")["error"]["message"].startswith((f"Run {other} has published its results while this one was working", "Another run has published"))
        assert (other_ended, status(lake, other)) in {(DONE, "succeeded"), (REFUSED, "failed"), (KILLED, None), (KILLED, "started"), (KILLED, "succeeded")}
        assert status(lake, other) != "succeeded" or between == other or found == other
        assert other_ended != REFUSED or between != other
        assert found != stage.old or DONE not in (ended, other_ended)
        outcomes.add((ended, other_ended))
        # Two that mangle one manifest, and are killed, leave what kpis.json names: of a restore its source run.
        healed = assert_healed(stage, lake, possible | ({stage.earlier} if found == BEING_PUBLISHED else set()))
        assert found in (healed, BEING_PUBLISHED)
        shutil.rmtree(lake.root)
    assert {KILLED} & {code for codes in outcomes for code in codes} == (set() if killed == "none" else {KILLED})
    assert killed != "none" or outcomes == {(DONE, DONE), (REFUSED, DONE)}


@pytest.mark.parametrize("can_rename", [True, False], ids=["renames", "cannot rename"])
def test_both_at_once_under_the_eyes_of_a_reader(stage, can_rename):
    """Four processes publish as they like, and a reader looks all the time."""
    waits = set() if can_rename else {BEING_PUBLISHED}
    for _ in range(3):
        lake = stage.copy()
        started = {new_id(): what for what in ("new.csv", "restore", "other.csv", "restore")}
        works = [stage.does(what, lake, run_id) for run_id, what in started.items()]
        running = [threading.Thread(target=child, args=(work, Places(lake.root), can_rename)) for work in works]
        for thread in running:
            thread.start()
        looks = 0
        while any(thread.is_alive() for thread in running):
            assert_whole(stage, lake, waits | {stage.old, *started})
            looks += 1
        found = assert_whole(stage, lake, waits | set(started))
        ended = {run_id: status(lake, run_id) for run_id in started}
        assert set(ended.values()) <= {"succeeded", "failed"} and looks > 1
        assert found == BEING_PUBLISHED or ended[found] == "succeeded"
        assert_healed(stage, lake, {found, stage.earlier, *(run_id for run_id, said in ended.items() if said == "succeeded")})
        shutil.rmtree(lake.root)
