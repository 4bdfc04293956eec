"""Profiles of the files in Files/import, without a run."""

import json
import os
import subprocess
import sys

import pytest

import profiles
from conftest import FABRIC, SMALL, assert_schema, profile_of
from failure import RunFailed
from stopping import DONE, KILLED, Places, child

BROKEN = b"PK\x03\x04 no workbook"


def index(lake) -> dict:
    found = json.loads((lake.root / "Files" / "results" / "profiles" / "index.json").read_text())
    assert_schema(found, "import_index")
    return found


def entries(lake) -> dict:
    return {entry["name"]: entry for entry in index(lake)["files"]}


def profile(lake, digest) -> dict:
    found = json.loads((lake.root / "Files" / "results" / "profiles" / f"{digest}.json").read_text())
    assert_schema(found, "import_profile")
    return found


def run(lake, input_file="") -> tuple:
    return tuple(profiles.run_profiles(str(lake.root), input_file).values())


def test_profiles(lake):
    lake.add("a.csv", SMALL)
    lake.add("b.xlsx", BROKEN)
    lake.add("again.csv", SMALL)
    lake.add("question.csv", b"order_id,order_date,revenue\n1,2025-01-01,\"1,234\"\n")
    for name in (".a.csv.part", "~$b.xlsx"):
        lake.add(name, SMALL)
    (lake.imports / "folder").mkdir()
    assert run(lake) == (2, 1, 1), "a damaged file stops none of the others"
    found = entries(lake)
    assert list(found) == ["a.csv", "again.csv", "b.xlsx", "question.csv"]
    assert found["a.csv"]["size_bytes"] == len(SMALL) and found["a.csv"]["sha256"] == found["again.csv"]["sha256"]
    assert found["b.xlsx"]["error"].startswith("b.xlsx") and found["a.csv"]["error"] is None
    made, expected = profile(lake, found["a.csv"]["sha256"]), profile_of("a.csv", SMALL)
    assert made["run_id"] is None and made["file"]["last_modified"] == found["a.csv"]["last_modified"]
    assert {key: made[key] for key in ("columns", "validation", "sample_rows", "reading")} == {key: expected[key] for key in ("columns", "validation", "sample_rows", "reading")}
    assert profile(lake, found["question.csv"]["sha256"])["reading"]["questions"], "a question is no reason to have no profile"
    assert not lake.runs.exists() and not lake.current.exists()


def test_what_is_known_is_not_read_again(lake, monkeypatch):
    lake.add("a.csv", SMALL)
    lake.add("b.xlsx", BROKEN)
    assert run(lake) == (1, 0, 1)
    before = entries(lake)

    def read(*_):
        raise AssertionError("read again")

    with monkeypatch.context() as patched:
        patched.setattr(profiles, "fetched", read)
        assert run(lake) == (0, 1, 1)
    assert entries(lake) == before
    with monkeypatch.context() as patched:  # another notebook may read what this one can't
        patched.setattr(profiles, "MAKER", {"name": "sales_ingest", "version": "9"})
        tried = []
        fetched = profiles.fetched
        patched.setattr(profiles, "fetched", lambda path, target: tried.append(path.name) or fetched(path, target))
        assert run(lake) == (0, 1, 1) and tried == ["b.xlsx"]
    (lake.root / "Files" / "results" / "profiles" / f"{before['a.csv']['sha256']}.json").write_text("{")
    assert run(lake) == (1, 0, 1), "one that is not whole is made again"


def test_changed_and_removed_files(lake):
    lake.add("a.csv", SMALL)
    lake.add("b.csv", SMALL.replace(b"20.25", b"99"))
    run(lake)
    old = entries(lake)
    lake.add("a.csv", SMALL + b"A4,2025-01-04,Store,South,Books,1,1\n")
    (lake.imports / "b.csv").unlink()
    assert run(lake) == (1, 0, 0)
    assert list(entries(lake)) == ["a.csv"]
    left = os.listdir(lake.root / "Files" / "results" / "profiles")
    assert sorted(left) == sorted(["index.json", f"{entries(lake)['a.csv']['sha256']}.json"]) and old["a.csv"]["sha256"] not in str(left)


def test_one_file(lake):
    lake.add("a.csv", SMALL)
    lake.add("b.csv", SMALL.replace(b"20.25", b"99"))
    assert run(lake, "b.csv") == (1, 0, 0)
    found = entries(lake)
    assert found["a.csv"]["sha256"] is None and found["a.csv"]["error"] is None and found["b.csv"]["sha256"] is not None
    assert run(lake) == (1, 1, 0)
    with pytest.raises(RunFailed, match=r"^c\.csv is not in Files/import"):
        run(lake, "c.csv")


def test_empty_and_wrong(lake, tmp_path):
    assert run(lake) == (0, 0, 0) and index(lake)["files"] == []
    (lake.root / "Files" / "results" / "profiles" / "index.json").write_text('{"files": [1, {"name": 2}, {"name": "a.csv", "size_bytes": "x"}]}')
    lake.add("a.csv", SMALL)
    assert run(lake) == (1, 0, 0)
    with pytest.raises(RunFailed, match="There is no lakehouse at"):
        profiles.run_profiles(str(tmp_path / "none"))


def test_too_many_files(lake, monkeypatch):
    monkeypatch.setattr(profiles, "MOST_FILES", 1)
    lake.add("a.csv", SMALL)
    lake.add("b.csv", SMALL)
    with pytest.raises(RunFailed, match=r"^Files/import has 2 files, and 1 at most can be listed"):
        run(lake)


def test_killed_at_each_place(lake):
    """Whatever stands there names only profiles that are whole, and the next time all is there."""
    lake.add("a.csv", SMALL)
    lake.add("b.xlsx", BROKEN)
    folder = lake.root / "Files" / "results"
    place, ended = 0, KILLED
    while ended == KILLED:
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        ended = child(lambda: run(lake), Places(lake.root, place))
        if (folder / "profiles" / "index.json").exists():
            for entry in index(lake)["files"]:
                assert entry["sha256"] is None or entry["error"] or profile(lake, entry["sha256"])
        assert sum(run(lake)) == 2
        assert len(os.listdir(folder / "profiles")) == 2
        place += 1
    assert ended == DONE and place > 15


def test_cells_of_the_notebook(lake, tmp_path):
    """The notebook's own code, without papermill: the parameter is enough."""
    lake.add("a.csv", SMALL)
    cells = json.loads((FABRIC / "notebooks" / "sales_ingest.Notebook" / "notebook-content.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code" and cell["id"] != "configure"]
    code.insert(1, f"lakehouse_root = {str(lake.root)!r}\nprofile_only = True\n")
    script = tmp_path / "code.py"
    script.write_text("\n".join(code), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {"made": 1, "known": 0, "failed": 0}
    assert list(entries(lake)) == ["a.csv"] and not lake.runs.exists()
