"""Who reads what is published, written by contract/RULES.md (Publication) alone: it shares no code with the notebooks."""

import hashlib
import json
from pathlib import Path

FOUR = ("sales_cleaned.parquet", "sales_cleaned.csv", "import_profile.json", "kpis.json")
BEING_PUBLISHED, NOTHING = "being published", "nothing"


def document(path: Path) -> dict | None:
    """A JSON document; None where it is none."""
    try:
        return json.loads(path.read_bytes())
    except ValueError:
        return None


def fits(path: Path, listed: dict) -> bytes | None:
    content = path.read_bytes() if path.exists() else None
    if content is None or len(content) != listed["size_bytes"] or hashlib.sha256(content).hexdigest() != listed["sha256"]:
        return None
    return content


def joined(folder: Path, listed: dict) -> bytes | None:
    """The parts of a folder one behind the other; None where they are not as they are listed."""
    lines = "".join(f"{part['sha256']}  {part['name']}\n" for part in listed["parts"])
    found = [fits(folder / part["name"], part) for part in listed["parts"]]
    whole = b"".join(content for content in found if content is not None)
    if None in found or len(whole) != listed["size_bytes"] or hashlib.sha256(lines.encode()).hexdigest() != listed["sha256"]:
        return None
    return whole


def seen(root: Path) -> tuple[str, dict[str, bytes]]:
    """The run that is published, with its four files; BEING_PUBLISHED or NOTHING with none. For a state that stands still: nothing
    is tried again."""
    results = root / "Files" / "results"
    current = results / "current"
    if not (current / "manifest.json").exists():
        return seen_without_manifest(current)
    manifest = document(current / "manifest.json")
    if manifest is None:
        return BEING_PUBLISHED, {}
    home = results / "runs" / (manifest["source_run_id"] or manifest["run_id"])
    files = {}
    for listed in manifest["files"]:
        if "parts" in listed:
            content = joined(home / listed["name"], listed)
        else:
            content = fits(current / listed["name"], listed) or fits(home / listed["name"], listed)
        if content is None:
            return BEING_PUBLISHED, {}
        files[listed["name"]] = content
    return (manifest["run_id"], files) if set(files) == set(FOUR) else (BEING_PUBLISHED, {})


def seen_without_manifest(current: Path) -> tuple[str, dict[str, bytes]]:
    """As programs did before there were manifests: by the ids in the two documents."""
    if not (current / "kpis.json").exists():
        return NOTHING, {}
    kpis, profile = document(current / "kpis.json"), document(current / "import_profile.json")
    if kpis is None or profile is None or kpis["run_id"] != profile["run_id"]:
        return BEING_PUBLISHED, {}
    return kpis["run_id"], {name: (current / name).read_bytes() for name in FOUR}
