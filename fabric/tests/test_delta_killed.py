"""Killed before each operation on the lakehouse's files, deltalake's own among them, a run leaves a table that shows the published
run or the one before, whole, and never one that is not published; the next run or restore brings it to what is published."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("deltalake", reason="deltalake is not installed (fabric/requirements.txt)")
HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("there is no C compiler here, or no Linux, to stop deltalake's operations")
    target = tmp_path_factory.mktemp("library") / "stopping_table.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(target), str(HERE / "stopping_table.c"), "-ldl"], check=True)
    return target


@pytest.mark.parametrize(
    ("what", "how", "step", "outcomes"),
    [
        ("new", "killed", 15, {"old old", "new old", "new new"}),
        ("restore", "killed", 20, {"old old", "new old", "new new"}),
        ("first", "killed", 20, {"old none", "old old", "new old", "new new"}),
        ("new", "failed", 20, {"old old", "new new"}),
    ],
)
def test_stopped_at_each_place(tmp_path, library, what, how, step, outcomes):
    script = [sys.executable, str(HERE / "stopping_table.py"), str(tmp_path), what, how, str(step)]
    done = subprocess.run(script, env=os.environ | {"LD_PRELOAD": str(library)}, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr[-4000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["places"] > 80
    assert set(told["outcomes"]) >= outcomes, told
