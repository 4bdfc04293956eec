"""Asking for the run lock before publishing."""

from io import BytesIO
from urllib.error import URLError

import pytest

import runlock
from conftest import SMALL, new_id
from failure import RunFailed
from sparkingest import Sizes, run_ingest_spark
from tasks_here import SESSION

ADDRESS = "https://portal.example.com/lock?code=secret"


def answering(monkeypatch, *answers):
    """Lets the address give these answers, one after the other, and returns who asked."""
    left, asked = list(answers), []

    def answer(url, timeout):
        asked.append((url, timeout))
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return BytesIO(found.encode())

    monkeypatch.setattr(runlock, "urlopen", answer)
    return asked


@pytest.mark.parametrize("form", ["{}", " {}\n", '{{"run_id": "{}"}}', '"{}"'])
def test_the_holder_publishes(lake, monkeypatch, form):
    run_id = new_id()
    asked = answering(monkeypatch, *[form.format(run_id)] * 2)
    lake.ingest(lake.add("small.csv", SMALL), run_id, lock_url=ADDRESS)
    assert asked == [(ADDRESS, 20)] * 2, "before the first file is moved, and before the manifest"
    assert lake.read_current("manifest.json")["run_id"] == run_id


@pytest.mark.parametrize("last", [False, True], ids=["before the first file", "before the manifest"])
@pytest.mark.parametrize(("answer", "message"), [
    ("018f0000-0000-7000-8000-00000000000a", r"does not hold the run lock any more \(run 018f0000-0000-7000-8000-00000000000a does\)"),
    ("", r"does not hold the run lock any more \(no run does\)"), ('{"run_id": null}', r"\(no run does\)"), ("[1]", r"\(no run does\)"),
    (URLError("refused"), r"^The run lock could not be asked for \(URLError\)"), (TimeoutError(), r"\(TimeoutError\)"),
])  # fmt: skip
def test_nobody_else_publishes(lake, monkeypatch, answer, message, last):
    lake.ingest(lake.add("small.csv", SMALL))
    before = {p.name: p.read_bytes() for p in lake.current.iterdir()}
    run_id = new_id()
    answering(monkeypatch, *([run_id, answer] if last else [answer]))
    with pytest.raises(RunFailed, match=message) as failure:
        lake.ingest(lake.add("next.csv", SMALL.replace(b"20.25", b"99")), run_id, lock_url=ADDRESS)
    assert "secret" not in str(failure.value)
    assert lake.read(run_id, "run_metadata.json")["status"] == "failed"
    assert {p.name: p.read_bytes() for p in lake.current.iterdir()} == before


def test_a_restore_asks_too(lake, monkeypatch):
    first = lake.ingest(lake.add("small.csv", SMALL))
    answering(monkeypatch, new_id())
    with pytest.raises(RunFailed, match="does not hold the run lock any more"):
        lake.restore(first, lock_url=ADDRESS)


def test_only_https(lake):
    with pytest.raises(RunFailed, match=r"^The parameter lock_url must be an address that begins with https://\.$"):
        lake.ingest(lake.add("small.csv", SMALL), lock_url="file:///etc/passwd")


def test_the_spark_notebook_asks_as_well(lake, monkeypatch):
    asked = answering(monkeypatch, new_id())
    run_id = new_id()
    with pytest.raises(RunFailed, match="does not hold the run lock any more"):
        run_ingest_spark(SESSION, str(lake.root), lake.add("small.csv", SMALL), run_id, "ana@example.com", 0, 0, lock_url=ADDRESS, sizes=Sizes(part_bytes=60, single_bytes=0))
    assert len(asked) == 1 and lake.read(run_id, "run_metadata.json")["status"] == "failed" and not list(lake.current.iterdir())
