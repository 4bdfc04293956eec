"""## The lakehouse

Paths below `Files`, and how files get there. The mount is a network file system with a cache: a file is made in a local
folder and copied once, nothing is appended to or rewritten in place, and a rename may not be supported.
"""

import json
import os
import re
import shutil
import uuid
from pathlib import Path

from documents import json_bytes, sha256_of
from failure import RunFailed

PARQUET, CSV, PROFILE, KPIS, METADATA = "sales_cleaned.parquet", "sales_cleaned.csv", "import_profile.json", "kpis.json", "run_metadata.json"

# The order in which outputs are put in place: the data first, kpis.json, which says that the rest is there, last.
OUTPUTS = {PARQUET: "parquet", CSV: "csv", PROFILE: "profile", KPIS: "json"}


class Lakehouse:
    """The folders of a lakehouse that is mounted at root (/lakehouse/default in Fabric)."""

    def __init__(self, root: str):
        self.files = Path(root) / "Files"
        if not self.files.is_dir():
            raise RunFailed(f"There is no lakehouse at {root}: attach the default lakehouse to the notebook and start a new run.")

    @property
    def current(self) -> Path:
        return self.files / "results" / "current"

    def run_folder(self, run_id: str) -> Path:
        return self.files / "results" / "runs" / run_id

    def import_file(self, name: str, or_folder: bool = False) -> Path:
        """The path of a file in Files/import, or of a folder of files where one may be read; the name has no folders."""
        if not name or name in (".", "..") or re.search(r"[/\\\x00-\x1f]", name):
            raise RunFailed("The parameter input_file must be the name of a file in Files/import, without folders.")
        folder = self.files / "import"
        # Listing the folder first makes the mount look at it again.
        if not folder.is_dir() or name not in os.listdir(folder) or not ((folder / name).is_file() or (or_folder and (folder / name).is_dir())):
            raise RunFailed(f"{name} is not in Files/import: upload it, or choose another file.")
        return folder / name


def checked_run_id(name: str, value: str) -> str:
    """A run id must be a UUID in its usual form: it names a folder."""
    try:
        usual = str(uuid.UUID(value))
    except (ValueError, AttributeError, TypeError):
        usual = None
    if usual != value:
        raise RunFailed(f"The parameter {name} must be the run's UUID, in lower case and with hyphens.")
    return value


def read_metadata(folder: Path) -> dict | None:
    """A run's run_metadata.json; None where there is none."""
    try:
        with open(folder / METADATA, encoding="utf-8") as file:
            document = json.load(file)
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise RunFailed(f"{METADATA} of run {folder.name} can't be read: it is not valid JSON.") from error
    if not isinstance(document, dict):
        raise RunFailed(f"{METADATA} of run {folder.name} can't be read: it is no JSON object.")
    return document


def open_run_folder(lakehouse: Lakehouse, run_id: str) -> Path:
    """Makes the folder of a run; refuses one in which a run has ended, as it never changes again."""
    folder = lakehouse.run_folder(run_id)
    found = read_metadata(folder)
    if found is not None and found.get("status") != "started":
        raise RunFailed(f"Run {run_id} has already ended and its folder never changes again: start a new run.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def part_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


def size_of(path: Path) -> int:
    """The bytes of a file, or of the files of a folder."""
    return sum(each.stat().st_size for each in path.iterdir()) if path.is_dir() else path.stat().st_size


def move(source: Path, target: Path) -> None:
    """Renames within a folder, so that a reader sees the old file or the new one; copies where the mount can't rename."""
    try:
        if source.is_dir():
            shutil.move(source, target)
        else:
            os.replace(source, target)
    except OSError:
        shutil.copyfile(source, target)
        remove(source)


def remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:  # nothing there, or the mount has not caught up yet: the next run overwrites it
        pass


def put(source: Path, target: Path) -> None:
    """Copies a local file to its place."""
    shutil.copyfile(source, part_of(target))
    move(part_of(target), target)


def put_document(document: dict, target: Path, scratch: Path) -> None:
    """Writes a JSON document by way of the local folder scratch."""
    local = scratch / target.name
    local.write_bytes(json_bytes(document))
    put(local, target)


def describe(path: Path) -> dict:
    """A file of a run's folder as run_metadata.json lists it."""
    return {"name": path.name, "type": OUTPUTS[path.name], "size_bytes": path.stat().st_size, "sha256": sha256_of(path)}


class Publication:
    """Replaces the files of current/ by local ones in two steps: prepare copies them beside the old ones, which takes time
    and may fail without harm; commit then moves them into place, kpis.json last."""

    def __init__(self, lakehouse: Lakehouse, local: Path):
        self.current = lakehouse.current
        self.local = local

    def prepare(self) -> None:
        self.current.mkdir(parents=True, exist_ok=True)
        for name in OUTPUTS:
            source, part = self.source(name), part_of(self.current / name)
            if source.is_dir():
                shutil.rmtree(part, ignore_errors=True)
                shutil.copytree(source, part)
            else:
                shutil.copyfile(source, part)

    def source(self, name: str) -> Path:
        """What an output is a copy of."""
        return self.local / name

    def commit(self) -> None:
        for name in OUTPUTS:
            # A folder of the parts of a large run takes no file's place, and no file takes its.
            if (self.current / name).is_dir():
                shutil.rmtree(self.current / name)
            elif part_of(self.current / name).is_dir():
                remove(self.current / name)
            move(part_of(self.current / name), self.current / name)
        for name in OUTPUTS:
            # The mount may still show its cached copy, so only a size that is wrong is taken for a failure.
            if size_of(self.current / name) != size_of(self.source(name)):
                raise RunFailed(f"{name} did not arrive whole in Files/results/current: start a new run.")

    def discard(self) -> None:
        """Removes what prepare has left."""
        for name in OUTPUTS:
            part = part_of(self.current / name)
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            else:
                remove(part)
