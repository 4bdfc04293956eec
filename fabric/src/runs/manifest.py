"""## The manifest

`current/manifest.json` names the run that is published and its four files. It is written last: a run is published exactly when the
manifest names it (contract/RULES.md, Publication).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from documents import json_bytes
from failure import RunFailed
from lakehouse import OUTPUTS, Lakehouse, is_folder_of_parts, is_run_id, parsed_object, read_bytes

MANIFEST = "manifest.json"
MANIFEST_VERSION, FILES_VERSION = 2, 1  # that of a manifest whose outputs are all files is the lower one, which earlier readers know
# How often a manifest that is not whole is looked at, and how many seconds lie between two looks.
LOOKS, LOOK_PAUSE = 6, 1
HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """A manifest: its content as it stands in the file, and what it says."""

    content: bytes
    run_id: str
    source_run_id: str | None
    published_at: str
    files: dict[str, dict]  # by name, in the order of OUTPUTS

    def home(self, lakehouse: Lakehouse) -> Path:
        """The folder that holds the same files and never changes."""
        return lakehouse.run_folder(self.source_run_id or self.run_id)


def manifest_of(run_id: str, source_run_id: str | None, published_at: str, outputs: list[dict]) -> Manifest:
    """The manifest of a run that publishes these outputs, which are listed as in run_metadata.json."""
    files = {output["name"]: output for output in outputs}
    document = {
        "schema_version": MANIFEST_VERSION if any(map(is_folder_of_parts, outputs)) else FILES_VERSION,
        "run_id": run_id,
        "source_run_id": source_run_id,
        "published_at": published_at,
        "files": [files[name] for name in OUTPUTS],
    }
    return Manifest(json_bytes(document), run_id, source_run_id, published_at, {name: files[name] for name in OUTPUTS})


def parsed_manifest(content: bytes | None) -> Manifest | None:
    """What a file says that is whole; None for any other. Raises RunFailed where a later notebook wrote it."""
    document = parsed_object(content)
    if content is None or document is None:
        return None
    version = document.get("schema_version")
    if isinstance(version, int) and version > MANIFEST_VERSION:
        raise RunFailed(f"{MANIFEST} in Files/results/current has version {version}, this notebook knows version {MANIFEST_VERSION}: deploy the current notebook.")
    run_id, source_run_id, published_at = document.get("run_id"), document.get("source_run_id"), document.get("published_at")
    files = listed_files(document.get("files"))
    if version not in (FILES_VERSION, MANIFEST_VERSION) or files is None or not is_run_id(run_id) or not isinstance(published_at, str):
        return None
    if source_run_id is not None and not is_run_id(source_run_id):
        return None
    return Manifest(content, run_id, source_run_id, published_at, files)


def listed_files(listed: object) -> dict[str, dict] | None:
    """The four outputs by name, as a manifest or run_metadata.json lists them; None where it does not list each of them once."""
    if not isinstance(listed, list) or len(listed) != len(OUTPUTS):
        return None
    files = {file["name"]: file for file in listed if isinstance(file, dict) and is_listed(file)}
    return {name: files[name] for name in OUTPUTS} if set(files) == set(OUTPUTS) else None


def is_listed(file: dict) -> bool:
    name, size, sha256 = (file.get(key) for key in ("name", "size_bytes", "sha256"))
    parts = file.get("parts", [])
    are_parts = isinstance(parts, list) and all(isinstance(part, dict) and "parts" not in part and is_listed(part) for part in parts)
    return isinstance(name, str) and isinstance(size, int) and isinstance(sha256, str) and HASH.fullmatch(sha256) is not None and are_parts


def manifest_content(lakehouse: Lakehouse) -> bytes | None:
    """The bytes of current/manifest.json; None where there is none."""
    return read_bytes(lakehouse.current / MANIFEST)


def settled_content(lakehouse: Lakehouse) -> bytes | None:
    """As manifest_content, after a while where it is not whole: it may just be written."""
    for _ in range(LOOKS):
        content = manifest_content(lakehouse)
        if content is None or parsed_manifest(content) is not None:
            break
        sleep(LOOK_PAUSE)
    return content


def standing_manifest(lakehouse: Lakehouse) -> Manifest | None:
    """The manifest in current/; None where there is none that is whole."""
    return parsed_manifest(manifest_content(lakehouse))
