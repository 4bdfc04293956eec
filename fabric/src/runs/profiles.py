"""## Profiles only

`import_profile.json` of the files in `Files/import`, without a run: nothing is published. Programs that may not list the lakehouse's
folders find what is in that one by `Files/results/profiles/index.json` (contract/RULES.md, Profiles only).
"""

import os
import shutil
import tempfile
from datetime import datetime, timezone
from pathlib import Path
from uuid import uuid4

from content import fetched
from documents import PROFILE_VERSION, utc_now, utc_text
from failure import RunFailed
from lakehouse import Lakehouse, Workplace, parsed_object, read_bytes, remove
from manifest import HASH
from profiling import build_profile
from progress import say
from reading import Source
from running import failure_sentence
from survey import survey
from version import NOTEBOOK_VERSION

INDEX, INDEX_VERSION = "index.json", 1
MOST_FILES = 20_000  # that the index lists, as many as the desktop takes
MAKER = {"name": "sales_ingest", "version": NOTEBOOK_VERSION}


def run_profiles(lakehouse_root: str, input_file: str = "") -> dict:
    """Looks at the files in Files/import, or at one of them, and returns how many profiles were made, were there already, and could
    not be made. Raises RunFailed with one sentence."""
    lakehouse = Lakehouse(lakehouse_root)
    scratch = Path(tempfile.mkdtemp(prefix="portal-profiles-"))
    try:
        if input_file:
            lakehouse.import_file(input_file)
        return Profiles(Workplace(lakehouse, scratch, str(uuid4()))).look(input_file)
    except OSError as error:
        raise RunFailed(failure_sentence(error)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class Profiles:
    """The folder of the profiles, and what its index says."""

    def __init__(self, place: Workplace):
        self.place = place
        self.imports = place.lakehouse.files / "import"
        self.folder = place.lakehouse.files / "results" / "profiles"
        self.folder.mkdir(parents=True, exist_ok=True)
        before = parsed_object(read_bytes(self.folder / INDEX)) or {}
        self.same_notebook = before.get("generator") == MAKER
        listed = before.get("files")
        self.before = {entry["name"]: entry for entry in listed if isinstance(entry, dict) and isinstance(entry.get("name"), str)} if isinstance(listed, list) else {}
        self.counts = {"made": 0, "known": 0, "failed": 0}

    def look(self, only: str) -> dict:
        """Brings profiles and index to what is in Files/import."""
        self.listed_at = utc_now()
        self.entries = [self.listed(name) for name in self.names()]
        self.write_index()
        for entry in self.entries:
            if not only or entry["name"] == only:
                self.bring(entry)
        self.remove_others()
        say(f"{self.counts['made']:,} profiles made, {self.counts['known']:,} were there, {self.counts['failed']:,} files could not be read")
        return self.counts

    def names(self) -> list[str]:
        names = sorted(name for name in (os.listdir(self.imports) if self.imports.is_dir() else []) if not name.startswith((".", "~$")))
        names = [name for name in names if (self.imports / name).is_file()]
        if len(names) > MOST_FILES:
            raise RunFailed(f"Files/import has {len(names):,} files, and {MOST_FILES:,} at most can be listed: remove those that are not needed.")
        return names

    def listed(self, name: str) -> dict:
        """A file as it stands in the folder, with what is known of it if it is as it was."""
        found = (self.imports / name).stat()
        entry = {"name": name, "size_bytes": found.st_size, "last_modified": utc_text(datetime.fromtimestamp(found.st_mtime, timezone.utc)), "sha256": None, "error": None}
        before = self.before.get(name, {})
        if all(before.get(key) == entry[key] for key in ("size_bytes", "last_modified")):
            digest, error = before.get("sha256"), before.get("error")
            if isinstance(digest, str) and HASH.fullmatch(digest) and (error is None or (isinstance(error, str) and self.same_notebook)):
                entry.update(sha256=digest, error=error)
        return entry

    def bring(self, entry: dict) -> None:
        """Makes the profile of a file where there is none; what can't be read gets the sentence that a run would fail with."""
        if entry["error"] is not None:
            self.counts["failed"] += 1
            return
        if entry["sha256"] is not None and self.is_there(entry["sha256"]):
            self.counts["known"] += 1
            return
        try:
            content, entry["sha256"] = fetched(self.imports / entry["name"], self.place.scratch / "import")
            entry["size_bytes"] = content.size
            known = self.is_there(entry["sha256"])
            if not known:
                profile = build_profile(survey(Source(entry["name"], content, {}), {}), {key: entry[key] for key in ("name", "size_bytes", "sha256", "last_modified")}, MAKER, None)
                self.place.put_document(profile, self.folder / f"{entry['sha256']}.json")
            self.counts["known" if known else "made"] += 1
            say(f"{entry['name']}: {'as another one' if known else 'profile made'}")
        except Exception as error:
            entry["error"] = failure_sentence(error)
            self.counts["failed"] += 1
            say(f"{entry['name']}: {entry['error']}")
        self.write_index()

    def is_there(self, digest: str) -> bool:
        """Tells whether there is a whole profile of this content that this notebook could have made."""
        profile = parsed_object(read_bytes(self.folder / f"{digest}.json")) or {}
        file = profile.get("file")
        return profile.get("schema_version") == PROFILE_VERSION and isinstance(file, dict) and file.get("sha256") == digest

    def write_index(self) -> None:
        self.place.put_document({"schema_version": INDEX_VERSION, "listed_at": self.listed_at, "generator": MAKER, "files": self.entries}, self.folder / INDEX)

    def remove_others(self) -> None:
        """Removes profiles that no file has any more, and parts that a notebook has left that was stopped."""
        kept = {INDEX} | {f"{entry['sha256']}.json" for entry in self.entries if entry["sha256"]}
        for name in os.listdir(self.folder):
            if name not in kept and (name.endswith(".part") or HASH.fullmatch(name.removesuffix(".json"))):
                remove(self.folder / name)
