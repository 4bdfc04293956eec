"""## Documents

What the three JSON documents have in common.
"""

import hashlib
import json
import platform
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

# Of run_metadata.json: the higher one where an output is a folder of parts.
SCHEMA_VERSION, PARTS_VERSION = 3, 4
KPIS_VERSION = 3  # of kpis.json
PROFILE_VERSION = 5  # of import_profile.json


def utc_text(moment: datetime) -> str:
    """An instant in the documents' form, UTC with whole seconds."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> str:
    return utc_text(datetime.now(timezone.utc))


def json_bytes(document: dict) -> bytes:
    """A document as UTF-8 JSON; NaN and infinity are refused, as JSON has none."""
    return (json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode("utf-8")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in lower-case hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def environment() -> dict[str, str]:
    """Versions of Python and the libraries that make the outputs."""
    versions = {"python": platform.python_version()}
    for library in ("numpy", "pyarrow"):
        versions[library] = metadata.version(library)
    return versions
