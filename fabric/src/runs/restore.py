"""## The restore

Promotes the outputs of an earlier run to `current/`, byte for byte, and only when they are still what that run wrote.
"""

import shutil

from deltatable import delta_table_of
from documents import sha256_of
from failure import RunFailed
from lakehouse import OUTPUTS, checked_run_id, is_folder_of_parts, read_metadata
from progress import say
from publication import publish
from running import Run, carry_out, start_run


def run_restore(lakehouse_root: str, source_run_id: str, run_id: str, requested_by: str, input_file: str, lock_url: str = "", delta_table: str = "") -> dict:
    """Runs the whole job and returns its run_metadata.json. Raises RunFailed with one sentence."""
    source_run_id = checked_run_id("source_run_id", source_run_id)
    if source_run_id == run_id:
        raise RunFailed("A restore needs a run id of its own: start it again.")
    run = start_run(
        lakehouse_root,
        run_id,
        lock_url,
        kind="restore",
        notebook_name="restore_run",
        requested_by=requested_by,
        input_file=input_file,
        source_run_id=source_run_id,
    )
    return carry_out(run, restore, lambda lakehouse: delta_table_of(lakehouse, delta_table))


def restore(run: Run) -> dict:
    """The work of a started restore."""
    source_run_id = run.metadata["source_run_id"]
    source = restorable(run.lakehouse.run_folder(source_run_id), source_run_id)
    run.metadata.update({key: source[key] for key in ("input_file", "input_sha256", "input_size_bytes")})
    outputs = fetch(run, source)

    publish(run, outputs, source_run_id)
    say(f"{len(outputs)} files of run {source_run_id} are now in Files/results/current")
    return run.metadata


def restorable(folder, source_run_id: str) -> dict:
    """The metadata of a run whose outputs can be promoted."""
    source = read_metadata(folder)
    if source is None:
        raise RunFailed(f"Run {source_run_id} has no results in the lakehouse: choose another run to restore.")
    if source.get("kind") == "restore":
        raise RunFailed(f"Run {source_run_id} is itself a restore: choose run {source.get('source_run_id')}, whose results it brought back.")
    if source.get("status") != "succeeded":
        raise RunFailed(f"Run {source_run_id} did not succeed: choose another run to restore.")
    return source


def fetch(run: Run, source: dict) -> list[dict]:
    """Copies the source's files to the local folder, and checks each of its outputs against the source's metadata."""
    source_run_id = source["run_id"]
    listed = {output["name"]: output for output in source["outputs"]}
    for name in OUTPUTS:
        altered = RunFailed(f"{name} of run {source_run_id} is missing or was altered after the run: choose another run to restore.")
        if name not in listed:
            raise altered
        home = run.lakehouse.run_folder(source_run_id) / name
        try:
            if is_folder_of_parts(listed[name]):  # it stays where it is
                whole = all(sha256_of(home / part["name"]) == part["sha256"] for part in listed[name]["parts"])
            else:
                shutil.copyfile(home, run.scratch / name)
                whole = sha256_of(run.scratch / name) == listed[name]["sha256"]
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise altered from None
        if not whole:
            raise altered
    return [listed[name] for name in OUTPUTS]
