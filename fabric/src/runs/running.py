"""## One run

The frame of both notebooks: `run_metadata.json` says "started" before anything is done, and how the run ended at its end.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from content import on_own_disk
from documents import PARTS_VERSION, SCHEMA_VERSION, environment, utc_now
from failure import RunFailed
from lakehouse import METADATA, Lakehouse, Workplace, checked_run_id, is_folder_of_parts, open_run_folder
from looking import look_at_current, succeeded
from manifest import Manifest, standing_manifest
from reporttable import ReportTable
from version import NOTEBOOK_VERSION

# How often "succeeded" is tried, and how many seconds lie between two tries.
TRIES, PAUSE = 3, 2


@dataclass
class Run(Workplace):
    """A run that has started: its folder in the lakehouse, its metadata so far, and the manifest that it found."""

    metadata: dict
    found: bytes | None = None  # current/manifest.json as it stood when the run began
    lock_url: str = ""  # tells which run holds the run lock; empty: it is not asked
    standing: str = ""  # what current/ holds after a publication has failed
    table: ReportTable | None = None  # the Delta table that follows what is published, where one is asked for

    @property
    def folder(self) -> Path:
        return self.lakehouse.run_folder(self.run_id)

    @property
    def generator(self) -> dict:
        return {"name": self.metadata["notebook_name"], "version": NOTEBOOK_VERSION}

    def save(self, **changes) -> None:
        """Writes run_metadata.json with these changes."""
        self.metadata.update(changes)
        self.metadata["schema_version"] = PARTS_VERSION if any(map(is_folder_of_parts, self.metadata["outputs"])) else SCHEMA_VERSION
        self.put_document(self.metadata, self.folder / METADATA)

    def write_output(self, name: str, content: bytes) -> None:
        """Keeps an output in the local folder, for publishing, and in the run's."""
        with on_own_disk(name):
            (self.scratch / name).write_bytes(content)
        self.put(self.scratch / name, self.folder / name)

    def published(self) -> Manifest | None:
        """The manifest, where it names this run: from then on the run has succeeded."""
        try:
            stands = again_and_again(lambda: standing_manifest(self.lakehouse))
        except (OSError, RunFailed):
            return None
        return stands if stands is not None and stands.run_id == self.run_id else None

    def succeed(self, manifest: Manifest) -> None:
        """Writes "succeeded" for this run, which is published by this manifest. Where that fails the next run or restore does it."""
        self.metadata.update(succeeded(manifest))
        try:
            again_and_again(self.save)
        except OSError as error:
            print(f"Run {self.run_id} is published, but {METADATA} could not be written ({error}): the next run or restore does it")


def again_and_again(doing: Callable, tries: int = TRIES):
    """Does what the lakehouse may refuse for a moment; raises the last OSError."""
    try:
        return doing()
    except OSError:
        if tries == 1:
            raise
    sleep(PAUSE)
    return again_and_again(doing, tries - 1)


def start_run(lakehouse_root: str, run_id: str, lock_url: str = "", **facts) -> Run:
    """Opens the run's folder and writes the first run_metadata.json; facts are those of its fields that are known by now."""
    run_id = checked_run_id("run_id", run_id)
    lakehouse = Lakehouse(lakehouse_root)
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
        "delta_table": None,
        "outputs": [],
        "error": None,
        "environment": environment(),
    }
    metadata.update(facts)
    run = Run(lakehouse, Path(tempfile.mkdtemp(prefix="portal-run-")), run_id, metadata, lock_url=lock_url)
    try:
        if run.folder.exists():  # a run of this id was stopped; if it was published, this says so, and its folder is not touched
            look_at_current(run)
        open_run_folder(lakehouse, run_id)
        run.save()
    except BaseException as error:
        shutil.rmtree(run.scratch, ignore_errors=True)
        if isinstance(error, RunFailed) or not isinstance(error, Exception):
            raise
        raise RunFailed(failure_sentence(error)) from error
    return run


def carry_out(run: Run, work: Callable[[Run], dict], table_of: Callable[[Lakehouse], ReportTable | None] = lambda _: None) -> dict:
    """Does the work of a started run, after a look at what earlier ones have left. table_of gives the table that it was asked for.
    However it fails, run_metadata.json says so, and the job fails with one sentence."""
    try:
        run.table = table_of(run.lakehouse)
        run.found = look_at_current(run, run.table)
        return work(run)
    except BaseException as error:
        sentence = failure_sentence(error)
        if run.standing:
            sentence = f"{sentence.rstrip('.')}; {run.standing}."
        try:
            note_failure(run, error, sentence)
        except Exception as second:  # the first failure is the one to report
            print(f"run_metadata.json could not be written: {second}")
        if (isinstance(error, RunFailed) and not run.standing) or not isinstance(error, Exception):
            raise
        raise RunFailed(sentence) from error
    finally:
        shutil.rmtree(run.scratch, ignore_errors=True)


def note_failure(run: Run, error: BaseException, sentence: str) -> None:
    """Says in run_metadata.json that the run has failed; of a run that is published, that it has succeeded."""
    manifest = run.published()
    if manifest is None:
        run.save(status="failed", finished_at=utc_now(), outputs=[], rows=None, delta_table=None, error={"type": type(error).__name__, "message": sentence})
        manifest = run.published()  # who looked at the same time may have found it whole
    if manifest is not None:
        run.succeed(manifest)


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
