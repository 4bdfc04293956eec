"""## Publishing

Four files and the manifest replace those of `current/` (contract/RULES.md, Publication). They are copied beside the old ones first,
which takes time and may fail without harm, and then moved into place, the manifest last. What fails before that is undone.
"""

import shutil
from pathlib import Path

from documents import utc_now
from failure import RunFailed
from lakehouse import OUTPUTS, is_as_listed, is_folder_of_parts, move, part_of, parts_in, remove
from looking import put_back, readable_metadata
from manifest import MANIFEST, Manifest, manifest_content, manifest_of, parsed_manifest, settled_content, standing_manifest
from reporttable import NOT_WRITTEN, left_behind, written_entry
from runlock import ask_run_lock
from running import Run


def publish(run: Run, outputs: list[dict], source_run_id: str | None = None) -> None:
    """Publishes the four outputs: the files in the run's local folder, which are those of its own folder or of the source run's, and folders
    of parts in that folder. outputs lists
    them as run_metadata.json does. Raises what went wrong; run.standing then says what current/ holds."""
    # All that "succeeded" needs is written before: who finds the run published and stopped only has to say so.
    run.save(outputs=outputs, delta_table=table_before(run))
    publication = Publication(run, manifest_of(run.run_id, source_run_id, utc_now(), outputs))
    try:
        publication.prepare()
        publication.commit()
    except BaseException as error:
        if run.published() is None:
            publication.undo()
            if isinstance(error, FileNotFoundError):  # the parts are gone: another run that has published removes them
                publication.check()
            raise
        if not isinstance(error, Exception):
            raise
    if run.table is not None:
        run.metadata["delta_table"] = written_entry(run, run.table, publication.manifest)
    run.succeed(publication.manifest)
    publication.tidy()


def table_before(run: Run) -> dict | None:
    """What run_metadata.json says of the table until it is written: that is true of a run that is stopped in between."""
    if run.table is not None:
        return run.table.entry(None, f"The table {run.table.name} may show other rows than are published: {NOT_WRITTEN}.")
    published = parsed_manifest(run.found)
    return None if published is None else left_behind(run.lakehouse, readable_metadata(run, published.run_id), run.run_id)


class Publication:
    """One run's replacement of what stands in current/."""

    def __init__(self, run: Run, manifest: Manifest):
        self.run = run
        self.current = run.lakehouse.current
        self.manifest = manifest
        self.before = run.scratch / "before"  # the old files, where no manifest tells where else they are
        self.files = [name for name in OUTPUTS if not is_folder_of_parts(manifest.files[name])]  # folders of parts stay in the run's folder
        self.moved: list[str] = []
        self.others: list[Path] = []  # parts of other runs

    def part(self, name: str) -> Path:
        return part_of(self.current / name, self.run.run_id)

    def prepare(self) -> None:
        """Copies the files and the manifest beside the old ones."""
        self.current.mkdir(parents=True, exist_ok=True)
        if parsed_manifest(self.run.found) is None:
            self.keep()
        for name in self.files:
            shutil.copyfile(self.run.scratch / name, self.part(name))
        local = self.run.aside(MANIFEST)
        local.write_bytes(self.manifest.content)
        shutil.copyfile(local, self.part(MANIFEST))

    def keep(self) -> None:
        """Copies the old files to the local folder."""
        self.before.mkdir()
        for name in OUTPUTS:
            if (self.current / name).exists():
                shutil.copyfile(self.current / name, self.before / name)

    def commit(self) -> None:
        """Moves everything into place. The run is published when the manifest stands there."""
        self.check()
        for name in self.files:
            self.moved.append(name)
            move(self.part(name), self.current / name)
        for name in self.files:
            # The mount may still show its cached copy, so only a size that is wrong is taken for a failure.
            if (self.current / name).stat().st_size != self.manifest.files[name]["size_bytes"]:
                self.check()
                raise RunFailed(f"{name} did not arrive whole in Files/results/current: start a new run.")
        # Those who have prepared by now found an older manifest, and can't publish any more once this one stands there.
        self.others = [part for part, _, run_id in parts_in(self.current) if run_id != self.run.run_id]
        self.check()
        self.moved.append(MANIFEST)
        move(self.part(MANIFEST), self.current / MANIFEST)
        self.see_it_whole()

    def see_it_whole(self) -> None:
        """Where the mount can't rename, two that write the manifest in the same moment can mangle it: it is then written again."""
        content = settled_content(self.run.lakehouse)
        if content in (self.manifest.content, self.run.found):  # found: the mount still shows its cached copy
            return
        stands = parsed_manifest(content)
        if stands is None or not all(is_as_listed(stands.home(self.run.lakehouse) / name, listed) for name, listed in stands.files.items()):
            self.run.put_bytes(self.manifest.content, self.current / MANIFEST)

    def check(self) -> None:
        """Raises RunFailed where another run has published since this one began, or holds the lock."""
        content = manifest_content(self.run.lakehouse)
        if content != self.run.found:
            found = parsed_manifest(content)
            if found is None or found.run_id != self.run.run_id:
                other = "Another run" if found is None else f"Run {found.run_id}"
                raise RunFailed(f"{other} has published its results while this one was working, so this one's were not published: start a new run if they are wanted.")
        ask_run_lock(self.run.lock_url, self.run.run_id)

    def undo(self) -> None:
        """Puts back what stood in current/ and removes the parts."""
        run, stands = self.run, None
        try:
            if MANIFEST in self.moved and standing_manifest(run.lakehouse) is None:  # its copy was cut
                if run.found is None:
                    remove(self.current / MANIFEST)
                else:
                    run.put_bytes(run.found, self.current / MANIFEST)
            stands = standing_manifest(run.lakehouse) or parsed_manifest(run.found)
            if self.moved and stands is None:
                self.put_old_files_back()
            lost = put_back(run, stands) if self.moved and stands is not None else []
        except (OSError, RunFailed) as error:
            print(f"Files/results/current could not be put back: {error}")
            lost = list(OUTPUTS)
        for name in (*OUTPUTS, MANIFEST):
            remove(self.part(name))
        if lost:
            run.standing = "Files/results/current may hold files of two runs until the next run or restore puts it right"
        elif stands is not None:
            run.standing = f"Files/results/current holds run {stands.run_id}, as before"

    def put_old_files_back(self) -> None:
        """Without a manifest: the old files, and nothing where there was none; kpis.json goes first and comes last."""
        for name in reversed(OUTPUTS):
            if not (self.before / name).exists():
                remove(self.current / name)
        for name in OUTPUTS:
            if (self.before / name).exists():
                self.run.put(self.before / name, self.current / name)

    def tidy(self) -> None:
        """Removes the parts of other runs that can't publish any more and the files of outputs that are folders now, and puts right what was moved meanwhile."""
        for part in self.others:
            remove(part)
        folders = len(self.files) < len(OUTPUTS)
        stands = standing_manifest(self.run.lakehouse) if self.others or folders else None
        if stands is not None:
            try:
                put_back(self.run, stands)
            except OSError as error:  # who reads finds the files in the run's folder, and the next run puts them back
                print(f"Files/results/current could not be looked at again: {error}")
