"""## The lakehouse

Paths below `Files`, and how files get there. The mount is a network file system with a cache: a file is made in a local
folder and copied once, nothing is appended to or rewritten in place, and a rename may not be supported. A copy is first made
under another name, as a part, beside the file that it replaces; a part's name tells the run that wrote it.
"""

import json
import os
import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from documents import json_bytes, sha256_of
from failure import RunFailed

PARQUET, CSV, PROFILE, KPIS, METADATA = "sales_cleaned.parquet", "sales_cleaned.csv", "import_profile.json", "kpis.json", "run_metadata.json"

# The order in which outputs are put in place: the data first, kpis.json last. Who knows no manifest takes that for the sign
# that the rest is there.
OUTPUTS = {PARQUET: "parquet", CSV: "csv", PROFILE: "profile", KPIS: "json"}

# A part of an earlier notebook's has no run's id.
PART = re.compile(r"\.(?P<name>.+?)(?:\.(?P<run_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?\.part")


class Lakehouse:
    """The folders of a lakehouse that is mounted at root (/lakehouse/default in Fabric)."""

    def __init__(self, root: str):
        self.files = Path(root) / "Files"
        if not self.files.is_dir():
            raise RunFailed(f"There is no lakehouse at {root}: attach the default lakehouse to the notebook and start a new run.")

    @property
    def current(self) -> Path:
        return self.files / "results" / "current"

    @property
    def tables(self) -> Path:
        return self.files.parent / "Tables"

    def run_folder(self, run_id: str) -> Path:
        return self.files / "results" / "runs" / run_id

    def import_file(self, name: str, or_folder: bool = False) -> Path:
        """The path of a file in Files/import, or of a folder of files where one may be read; the name has no folders."""
        if not name or name in (".", "..") or re.search(r"[/\\\x00-\x1f]", name):
            raise RunFailed("The parameter input_file must be the name of a file in Files/import, without folders.")
        folder = self.files / "import"
        # Listing the folder first makes the mount look at it again.
        there = folder.is_dir() and name in os.listdir(folder)
        if there and (folder / name).is_dir() and not or_folder:
            raise RunFailed(f"{name} is a folder, and this notebook reads one file: start the notebook sales_ingest_spark, which reads a folder's files as one.")
        if not there or not ((folder / name).is_file() or (folder / name).is_dir()):
            raise RunFailed(f"{name} is not in Files/import: upload it, or choose another file.")
        return folder / name


def is_run_id(value: object) -> TypeGuard[str]:
    """Tells whether a value is a UUID in its usual form, lower case with hyphens."""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


def checked_run_id(name: str, value: str) -> str:
    """A run id must be a UUID in its usual form: it names a folder."""
    if not is_run_id(value):
        raise RunFailed(f"The parameter {name} must be the run's UUID, in lower case and with hyphens.")
    return value


def read_bytes(path: Path) -> bytes | None:
    """A file's content; None where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def parsed_object(content: bytes | None) -> dict | None:
    """The JSON object that content is; None where it is none, such as a file whose copy was cut."""
    try:
        document = None if content is None else json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def read_metadata(folder: Path) -> dict | None:
    """A run's run_metadata.json; None where there is none. Where its last copy was cut, its part is still whole."""
    content = read_bytes(folder / METADATA)
    if content is None:
        return None
    document = parsed_object(content)
    if document is None:
        parts = [parsed_object(read_bytes(part)) for part, _ in parts_of(folder, METADATA)]
        document = next((part for part in parts if part is not None), None)
    if document is None:
        raise RunFailed(f"{METADATA} of run {folder.name} can't be read: it is no JSON object.")
    return document


def status_of(folder: Path) -> str | None:
    """How a run ended, "started" for one that has not ended or whose metadata was cut, None where there is none."""
    try:
        metadata = read_metadata(folder)
    except RunFailed:
        return "started"
    return None if metadata is None else str(metadata.get("status"))


def open_run_folder(lakehouse: Lakehouse, run_id: str) -> Path:
    """Makes the folder of a run; refuses one in which a run has ended, as it never changes again."""
    folder = lakehouse.run_folder(run_id)
    if status_of(folder) not in (None, "started"):
        raise RunFailed(f"Run {run_id} has already ended and its folder never changes again: start a new run.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def part_of(target: Path, run_id: str) -> Path:
    return target.with_name(f".{target.name}.{run_id}.part")


def parts_in(folder: Path) -> list[tuple[Path, str, str]]:
    """The parts in a folder, each with the name of its file and the id of the run that wrote it ("" in those of earlier notebooks)."""
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
    found = [(name, PART.fullmatch(name)) for name in names]
    return [(folder / name, part["name"], part["run_id"] or "") for name, part in found if part]


def parts_of(folder: Path, name: str) -> list[tuple[Path, str]]:
    """The parts of one file in a folder, each with its run."""
    return [(part, run_id) for part, file, run_id in parts_in(folder) if file == name]


def move(source: Path, target: Path) -> None:
    """Renames within a folder, so that a reader sees the old file or the new one; copies where the mount can't rename. The part
    goes only when the copy is whole."""
    try:
        os.replace(source, target)
    except OSError:
        shutil.copyfile(source, target)
        remove(source)


def remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:  # nothing there, or the mount has not caught up yet: the next run overwrites it
        pass


@dataclass
class Workplace:
    """Where a run works: the lakehouse, and a local folder for what it makes. Its id is in the names of the parts that it writes."""

    lakehouse: Lakehouse
    scratch: Path
    run_id: str

    def put(self, source: Path, target: Path) -> None:
        """Copies a local file to its place."""
        part = part_of(target, self.run_id)
        shutil.copyfile(source, part)
        move(part, target)

    def put_bytes(self, content: bytes, target: Path) -> None:
        """Writes a small file."""
        local = self.aside(target.name)
        local.write_bytes(content)
        self.put(local, target)

    def put_document(self, document: dict, target: Path) -> None:
        """Writes a JSON document."""
        self.put_bytes(json_bytes(document), target)

    def aside(self, name: str) -> Path:
        """A place in the local folder that no output has."""
        folder = self.scratch / "aside"
        folder.mkdir(exist_ok=True)
        return folder / name


def describe(path: Path) -> dict:
    """A file of a run's folder as run_metadata.json and the manifest list it."""
    return {"name": path.name, "type": OUTPUTS[path.name], "size_bytes": path.stat().st_size, "sha256": sha256_of(path)}


def is_folder_of_parts(listed: dict) -> bool:
    """Whether an output, as it is listed, is a folder of parts: such a one is in the run's folder only."""
    return "parts" in listed


def is_as_listed(path: Path, listed: dict) -> bool:
    """Tells whether a file has the size and the hash that are listed of it; of a folder of parts the sizes are enough, as it may be very large."""
    try:
        if is_folder_of_parts(listed):
            return all((path / part["name"]).stat().st_size == part["size_bytes"] for part in listed["parts"])
        return path.stat().st_size == listed["size_bytes"] and sha256_of(path) == listed["sha256"]
    except (FileNotFoundError, NotADirectoryError):
        return False
