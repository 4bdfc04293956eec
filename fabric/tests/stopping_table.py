"""Stops runs that write a table at each operation on the lakehouse's files, in a process with stopping_table.c before all libraries.
Tells what it saw as JSON. What deltalake does is done in children only: its threads do not outlive a fork.

    LD_PRELOAD=stopping_table.so python stopping_table.py FOLDER WHAT HOW STEP

WHAT is new (an ingest), restore, or first (an ingest where there is no table yet); HOW is killed or failed. Of the places of the first
half, in which nothing is published yet, some are taken, of the others each STEP-th.
"""

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import deltalake  # noqa: F401  it starts no thread before it is used; each child would load it, and pandas with it, anew
import pytest

import conftest  # noqa: F401  the modules' path
import manifest
import reporttable
import running
from conftest import TemporaryLakehouse, new_id
from failure import RunFailed
from reader import seen
from staging import AMOUNTS, BAD, FILES
from stopping import DONE, KILLED, REFUSED, child
from stopping import Places as Unwatched

TABLE = "sales_orders"
library = ctypes.CDLL(None)
library.arm.argtypes = [ctypes.c_char_p, ctypes.c_long, ctypes.c_int]
library.reached.restype = ctypes.c_long


def done(doing: Callable[[], object]) -> int:
    """Does it in a process of its own."""
    return child(doing, Unwatched(Path("/nowhere")))


def shown(lake: TemporaryLakehouse) -> list[tuple[str, list[float], int]]:
    """What each version of the table shows: its run, the revenues, and how many rows; read by deltalake in a process of its own."""
    answer = lake.root.parent / "answer.json"

    def read():
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        versions = []
        path = str(lake.root / "Tables" / TABLE)
        try:
            for each in sorted(DeltaTable(path).history(), key=lambda commit: commit["version"]):
                rows = DeltaTable(path, version=each["version"]).to_pyarrow_table()
                versions.append((json.loads(each["userMetadata"])["run_id"], rows["revenue"].to_pylist(), rows.num_rows))
        except TableNotFoundError:
            assert not versions
        answer.write_text(json.dumps(versions))

    assert done(read) == DONE
    return [tuple(version) for version in json.loads(answer.read_text())]


class Play:
    """A lakehouse in which the run old is published, with its table or without one, and what is done there."""

    def __init__(self, folder: Path, what: str):
        self.lake = TemporaryLakehouse(folder / "lake")
        for name, content in (FILES | {"bad.csv": BAD}).items():
            self.lake.add(name, content)
        self.earlier, self.old, self.what = new_id(), new_id(), what
        with_table = "" if what == "first" else TABLE
        assert done(lambda: self.lake.ingest("earlier.csv", self.earlier, delta_table=with_table)) == DONE
        assert done(lambda: self.lake.ingest("old.csv", self.old, delta_table=with_table)) == DONE
        self.amounts: dict[str, float] = {self.earlier: 11.25, self.old: 20.25}

    def copy(self) -> TemporaryLakehouse:
        root = self.lake.root.parent / "copy"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.lake.root, root)
        copied = TemporaryLakehouse.__new__(TemporaryLakehouse)
        copied.root, copied.imports = root, root / "Files" / "import"
        copied.runs, copied.current = root / "Files" / "results" / "runs", root / "Files" / "results" / "current"
        return copied

    def does(self, lake: TemporaryLakehouse, run_id: str, what: str) -> Callable[[], object]:
        self.amounts[run_id] = 11.25 if what == "restore" else float(AMOUNTS[what])
        return lambda: lake.restore(self.earlier, run_id, delta_table=TABLE) if what == "restore" else lake.ingest(what, run_id, delta_table=TABLE)

    def stopped(self, lake: TemporaryLakehouse, run_id: str, place: int, kills: bool) -> tuple[int, int]:
        """Runs it, stopped at a place. Returns how it ended, and how many places there were where it came to its end."""
        doing, count = self.does(lake, run_id, "restore" if self.what == "restore" else "new.csv"), lake.root.parent / "count"
        count.write_text("0")

        def armed():
            library.arm(os.fsencode(lake.root), place, int(kills))
            doing()
            count.write_text(str(library.reached()))

        return done(armed), int(count.read_text())

    def check(self, lake: TemporaryLakehouse, new: str, ended: int) -> tuple[str, str | None]:
        """Returns what is published and what the table shows, and heals it."""
        published, _ = seen(lake.root)
        assert published in (self.old, new)
        versions = self.sound(lake)
        table = versions[-1][0] if versions else None
        assert table in (self.old, new, None) and (table is not None or self.what == "first")
        assert table != new or published == new, "the table is never ahead"
        path = lake.runs / new / "run_metadata.json"
        metadata: dict = json.loads(path.read_text()) if path.exists() else {"status": None}
        if metadata["status"] == "succeeded":
            entry = metadata["delta_table"]
            assert (entry["error"] is None) == (table == new) and (entry["version"] is None) == (entry["error"] is not None), entry
        if ended == REFUSED:
            assert published == self.old and table != new
        self.heal(lake, new, published)
        return published, table

    def heal(self, lake: TemporaryLakehouse, new: str, published: str) -> None:
        """A run that fails heals nevertheless, and the one after it is shown; each run has one commit."""
        assert done(lambda: refused(lambda: lake.ingest("bad.csv", delta_table=TABLE))) == DONE
        assert seen(lake.root)[0] == published and self.sound(lake)[-1][0] == published
        metadata = json.loads((lake.runs / published / "run_metadata.json").read_text())
        assert metadata["status"] == "succeeded"
        following = new_id()
        assert done(self.does(lake, following, "next.csv" if self.what == "restore" else "restore")) == DONE
        versions = self.sound(lake)
        assert seen(lake.root)[0] == following and versions[-1][0] == following
        runs = [version[0] for version in versions]
        assert len(set(runs)) == len(runs), "one commit a run"

    def sound(self, lake: TemporaryLakehouse) -> list:
        """Each version shows the whole of its run."""
        versions = shown(lake)
        for run_id, revenues, rows in versions:
            assert rows == 3 and revenues == [10.5, self.amounts[run_id], 1.0], (run_id, revenues)
        return versions


def refused(doing: Callable[[], object]) -> None:
    with pytest.raises(RunFailed, match=r"^The required column revenue is missing\.$"):
        doing()


def main() -> None:
    folder, what, how, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    running.PAUSE = reporttable.TABLE_PAUSE = 0
    manifest.LOOK_PAUSE = 0
    play, new = Play(folder, what), new_id()
    ended, places = play.stopped(play.copy(), new, -1, True)
    assert ended == DONE
    outcomes: dict[str, int] = {}
    # In the first half of the places nothing is published yet; where there is no table, Looking makes one there.
    for place in [*range(0, places // 2, step if what == "first" else 12), *range(places // 2, places + 1, step)]:
        lake = play.copy()
        ended, _ = play.stopped(lake, new, place, how == "killed")
        assert ended in ((KILLED if place < places else DONE,) if how == "killed" else (DONE, REFUSED)), (place, ended)
        published, table = play.check(lake, new, ended)
        outcome = f"{'new' if published == new else 'old'} {'new' if table == new else 'old' if table else 'none'}"
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    print(json.dumps({"places": places, "outcomes": outcomes}))


if __name__ == "__main__":
    main()
