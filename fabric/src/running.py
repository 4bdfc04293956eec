"""## One run

The frame of both notebooks: `run_metadata.json` says "started" before anything is done, and how the run ended at its end.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from documents import SCHEMA_VERSION, environment, utc_now
from failure import RunFailed
from lakehouse import METADATA, Lakehouse, checked_run_id, open_run_folder, put_document
from version import NOTEBOOK_VERSION


@dataclass
class Run:
    """A run that has started: its folder in the lakehouse, a local scratch folder, and its metadata so far."""

    lakehouse: Lakehouse
    folder: Path
    scratch: Path
    metadata: dict

    @property
    def generator(self) -> dict:
        return {"name": self.metadata["notebook_name"], "version": NOTEBOOK_VERSION}

    def save(self, **changes) -> None:
        """Writes run_metadata.json with these changes."""
        self.metadata.update(changes)
        put_document(self.metadata, self.folder / METADATA, self.scratch)


def start_run(lakehouse_root: str, run_id: str, **facts) -> Run:
    """Opens the run's folder and writes the first run_metadata.json; facts are those of its fields that are known by now."""
    run_id = checked_run_id("run_id", run_id)
    lakehouse = Lakehouse(lakehouse_root)
    folder = open_run_folder(lakehouse, run_id)
    metadata = {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "kind": None,
        "status": "started",
        "requested_by": "",
        "notebook_name": None,
        "notebook_version": NOTEBOOK_VERSION,
        "started_at": utc_now(),
        "finished_at": None,
        "input_file": "",
        "input_sha256": None,
        "input_size_bytes": None,
        "source_run_id": None,
        "funnel": None,
        "read_options": None,
        "headers": None,
        "rows": None,
        "outputs": [],
        "error": None,
        "environment": environment(),
    }
    metadata.update(facts)
    run = Run(lakehouse, folder, Path(tempfile.mkdtemp(prefix="portal-run-")), metadata)
    try:
        run.save()
    except BaseException:
        shutil.rmtree(run.scratch, ignore_errors=True)
        raise
    return run


def carry_out(run: Run, work) -> dict:
    """Does the work of a started run. However it fails, run_metadata.json says so, and the job fails with one sentence."""
    try:
        return work(run)
    except BaseException as error:
        sentence = failure_sentence(error)
        try:
            run.save(status="failed", finished_at=utc_now(), outputs=[], rows=None, error={"type": type(error).__name__, "message": sentence})
        except Exception as second:  # the first failure is the one to report
            print(f"run_metadata.json could not be written: {second}")
        if isinstance(error, RunFailed) or not isinstance(error, Exception):
            raise
        raise RunFailed(sentence) from error
    finally:
        shutil.rmtree(run.scratch, ignore_errors=True)


def failure_sentence(error: BaseException) -> str:
    """One sentence for the analyst."""
    if isinstance(error, RunFailed):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "The notebook was stopped before it had ended."
    if isinstance(error, OSError):
        return f"The lakehouse could not be read or written ({error.strerror or type(error).__name__}): start a new run, and ask its owner if that fails, too."
    first_line = (str(error).splitlines() or [""])[0]
    return f"The notebook failed unexpectedly ({type(error).__name__}: {first_line}): its output in Fabric has the details."
