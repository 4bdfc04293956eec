"""## A table for Power BI

Where it is asked for, the published rows are a Delta table in `Tables/`, too, so that Direct Lake reports follow `current/`
(contract/RULES.md, A table for Power BI). The manifest stays what says which run is published. The table follows it with one
commit a run, which names the run, so that whoever looks at the table sees whether it shows what is published.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Protocol

from failure import RunFailed
from lakehouse import PARQUET, Lakehouse, Workplace, is_as_listed, is_folder_of_parts, remove
from manifest import Manifest, standing_manifest
from progress import say

TABLE_NAME = re.compile(r"(?:(?P<schema>[A-Za-z0-9_]{1,128})\.)?(?P<table>[A-Za-z0-9_]{1,128})")
MOUNT = "/lakehouse/default"  # of the default lakehouse, in Fabric
DEFAULT_SCHEMA = "dbo"  # of a lakehouse with schemas; always there
# The table's description. A table without it is another's, and never written to.
TABLE_ABOUT = "The rows that the Fabric Data Portal has published. Each of its runs replaces them."
# Commits that leave the rows as they are, such as those of Fabric's table maintenance.
UPKEEP = {"OPTIMIZE", "VACUUM START", "VACUUM END", "SET TBLPROPERTIES", "UNSET TBLPROPERTIES", "UPGRADE PROTOCOL", "ADD FEATURE", "COMPUTE STATS"}
# How often the table is looked at until it shows the published run, and how many seconds lie between two attempts that fail.
TABLE_LOOKS, TABLE_PAUSE = 4, 2
NOT_WRITTEN = "the run was stopped before the table was written, and the next run or restore writes it"


class RowsLost(RunFailed):
    """The rows that are published are nowhere to be had any more."""


@dataclass(frozen=True)
class Commit:
    """A commit of the table: what did it, and what it says of itself ("" where it says nothing)."""

    version: int
    operation: str
    told: str


@dataclass(frozen=True)
class Standing:
    """A table that is there."""

    description: str | None
    commits: list[Commit]  # the newest first


class TableWriter(Protocol):
    """What reads and writes a Delta table: deltalake (deltatable.py), or Spark (sparktable.py)."""

    def look(self) -> Standing | None:
        """The table as it stands; None where there is none. Raises RunFailed for one that can't be written."""

    def replace(self, run: Workplace, manifest: Manifest, told: str) -> None:
        """Replaces rows and columns by those that the manifest publishes, in one commit that says told."""


@dataclass(frozen=True)
class ReportTable:
    """The table of a run."""

    name: str  # as it was asked for
    writer: TableWriter

    def entry(self, version: int | None, error: str | None) -> dict:
        """What run_metadata.json says of it."""
        return {"name": self.name, "version": version, "error": error}


def table_folder(lakehouse: Lakehouse, name: str) -> str:
    """The table's folder below Tables. Raises RunFailed for a name that no table can have."""
    found = TABLE_NAME.fullmatch(name)
    if found is None:
        raise RunFailed("The parameter delta_table must be the name of a table, of letters, digits and underscores (sales_orders, or dbo.sales_orders).")
    schema, table = found["schema"], found["table"]
    if schema is None:
        return f"{DEFAULT_SCHEMA}/{table}" if is_schema(lakehouse, DEFAULT_SCHEMA) else table
    if not is_schema(lakehouse, schema):
        raise RunFailed(f"There is no schema {schema} in the lakehouse's Tables: create it, or leave it out of the parameter delta_table.")
    return f"{schema}/{table}"


def is_schema(lakehouse: Lakehouse, name: str) -> bool:
    """In a lakehouse with schemas each is a folder of Tables, which is no table itself."""
    folder = lakehouse.tables / name
    return folder.is_dir() and not (folder / "_delta_log").exists()


def shown_commit(standing: Standing | None) -> tuple[str | None, int | None]:
    """The run whose rows a table shows, and the version of its commit; None where that is none that a run of ours has written."""
    for commit in standing.commits if standing is not None else []:
        if commit.operation not in UPKEEP:
            try:
                return json.loads(commit.told)["run_id"], commit.version
            except (ValueError, TypeError, KeyError):
                break
    return None, None


def follow(run: Workplace, table: ReportTable, manifest: Manifest) -> int | None:
    """Makes the table show the run that is published, and returns the version that shows it. manifest is the one that stood there
    just now; where another run publishes meanwhile, its rows are written. Raises what the last attempt failed by."""
    failure: Exception | None = None
    for _ in range(TABLE_LOOKS):
        try:
            manifest = standing_manifest(run.lakehouse) or manifest
        except OSError:  # then it is the one that stood there just now
            pass
        run_id, version, failure = look_and_write(run, table, manifest)
        if run_id == manifest.run_id:
            return version
        if failure is not None:
            sleep(TABLE_PAUSE)
    raise failure or RunFailed("other programs write it at the same time")


def look_and_write(run: Workplace, table: ReportTable, manifest: Manifest) -> tuple[str | None, int | None, Exception | None]:
    """What the table shows; where that is another run than the manifest's, its rows are written then. With it what that failed by,
    if it may be tried again."""
    try:
        run_id, version = shown_commit(own_table(table))
        if run_id != manifest.run_id:
            table.writer.replace(run, manifest, told_of(manifest))
            say(f"Table {table.name}: the rows of run {manifest.run_id}")
    except RunFailed:
        raise
    except Exception as error:
        return None, None, error
    return run_id, version, None


def own_table(table: ReportTable) -> Standing | None:
    """The table; None where there is none yet. Raises RunFailed for one that is another's."""
    standing = table.writer.look()
    if standing is not None and standing.description != TABLE_ABOUT:
        raise RunFailed("it is not the portal's, so it is not replaced: choose another name for delta_table, or remove that table")
    return standing


def told_of(manifest: Manifest) -> str:
    """What the commit says of itself, in the field that Spark has for that (userMetadata)."""
    return json.dumps({"run_id": manifest.run_id, "source_run_id": manifest.source_run_id, "published_at": manifest.published_at})


def table_failure(table: ReportTable, error: Exception) -> str:
    """One sentence without its end: which table could not be written, and why."""
    reason = str(error) if isinstance(error, RunFailed) else f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
    return f"The table {table.name} could not be written ({reason})"


def catch_up(run: Workplace, table: ReportTable, manifest: Manifest | None) -> int | None:
    """Before a run works: sees to it that the table can be written, and that it shows what is published. Raises RunFailed, so that
    nothing is published that the table could not follow."""
    try:
        if manifest is not None:
            return follow(run, table, manifest)
        own_table(table)
    except RowsLost as lost:  # what this run publishes will be there
        print(f"The table {table.name} stays as it is for now: {lost}")
    except Exception as error:
        raise RunFailed(f"{table_failure(table, error)}, so nothing was published: have it put right, or leave delta_table empty.") from error
    return None


def written_entry(run: Workplace, table: ReportTable, manifest: Manifest) -> dict:
    """Writes the table of a run that is published, and returns what run_metadata.json says of it. The run has succeeded, so
    a failure is told and no more: the next run or restore writes the table."""
    try:
        return table.entry(follow(run, table, manifest), None)
    except Exception as error:
        sentence = f"{table_failure(table, error)}: until the next run or restore it shows other rows than are published."
        print(sentence)
        return table.entry(None, sentence)


def left_behind(lakehouse: Lakehouse, before: dict | None, run_id: str) -> dict | None:
    """What run_metadata.json says of the table that the run before had, where this one was asked for none and the table is still
    there: it shows other rows than are published from now on."""
    name = ((before or {}).get("delta_table") or {}).get("name")
    if not isinstance(name, str):
        return None
    try:
        there = (lakehouse.tables / table_folder(lakehouse, name) / "_delta_log").is_dir()
    except (OSError, RunFailed):
        return None
    if not there:
        return None
    sentence = f"The table {name} was not written, as delta_table is empty: it shows other rows than run {run_id}. Give delta_table to both pipelines, or remove the table."
    print(sentence)
    return {"name": name, "version": None, "error": sentence}


def published_rows(run: Workplace, manifest: Manifest) -> Iterator[Path]:
    """Local copies of the Parquet file that a manifest publishes, or of its parts one after the other: each goes when the next one is asked
    for. Raises RowsLost where one is nowhere to be had."""
    listed, home = manifest.files[PARQUET], manifest.home(run.lakehouse)
    own = run.scratch / PARQUET  # of an ingest or a restore that has got so far
    if is_folder_of_parts(listed):
        for part in listed["parts"]:
            yield from local_copy(run, manifest, part, [home / PARQUET])
    elif is_as_listed(own, listed):
        yield own
    else:
        yield from local_copy(run, manifest, listed, [home, run.lakehouse.current])


def local_copy(run: Workplace, manifest: Manifest, listed: dict, folders: list[Path]) -> Iterator[Path]:
    """A copy of a file, from the first folder in which it is as it is listed."""
    local = run.aside(listed["name"])
    for folder in folders:
        try:
            shutil.copyfile(folder / listed["name"], local)
        except FileNotFoundError:
            continue
        if is_as_listed(local, listed):
            yield local
            remove(local)
            return
        remove(local)
    raise RowsLost(f"{listed['name']} of run {manifest.run_id} is not to be had")
