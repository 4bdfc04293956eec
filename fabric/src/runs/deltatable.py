"""## The table, by deltalake

How a Python notebook writes it: in batches of rows, out of the Parquet file that was just written. In Fabric that goes to OneLake's
own address, where a commit appears as a whole or not at all; the mount has no rename that could do that.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from time import sleep

import pyarrow as pa
import pyarrow.parquet as pq

from failure import RunFailed
from lakehouse import Lakehouse, Workplace, remove
from manifest import Manifest
from reporttable import MOUNT, TABLE_ABOUT, Commit, ReportTable, Standing, published_rows, table_folder

TABLE_ROWS = 1 << 16  # of a batch
# What may wait to be written, in bytes, and how long a batch is held back at most until less does, in hundredths of a second. pyarrow's
# own limit is 8 million rows.
MOST_WAITING, LONGEST_HOLD = 1 << 28, 100
COMMITS = 50  # that are looked at


def delta_table_of(lakehouse: Lakehouse, name: str) -> ReportTable | None:
    """The table that a run was asked for; None for an empty name. Raises RunFailed where there can't be one."""
    name = name.strip()
    if not name:
        return None
    folder = table_folder(lakehouse, name)
    try:
        import deltalake  # noqa: F401
    except ImportError:
        raise RunFailed("The parameter delta_table needs a notebook with deltalake, which Fabric's Python notebooks have: choose such a one, or leave it empty.") from None
    return ReportTable(name, DeltaWriter(lakehouse.tables / folder, folder))


def table_address(path: Path, folder: str) -> tuple[str, dict[str, str]]:
    """Where deltalake finds a table, and by what it may: the default lakehouse's at OneLake in Fabric, else its path."""
    if path == Path(MOUNT) / "Tables" / folder:
        try:
            import notebookutils
        except ImportError:
            pass
        else:
            context = notebookutils.runtime.context
            workspace, item = context.get("defaultLakehouseWorkspaceId"), context.get("defaultLakehouseId")
            if workspace and item:
                options = {"bearer_token": notebookutils.credentials.getToken("storage"), "use_fabric_endpoint": "true"}
                return f"abfss://{workspace}@onelake.dfs.fabric.microsoft.com/{item}/Tables/{folder}", options
            raise RunFailed("it is not known in which lakehouse: attach the default lakehouse to the notebook")
    return str(path), {}


class DeltaWriter:
    """Writes a table with deltalake."""

    def __init__(self, path: Path, folder: str):
        self.path, self.folder = path, folder

    def open(self):
        """The table with what its last commit says; None where there is none."""
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        address, options = table_address(self.path, self.folder)
        try:
            return DeltaTable(address, storage_options=options)
        except TableNotFoundError:
            return None

    def look(self) -> Standing | None:
        table = self.open()
        if table is None:
            return None
        refuse_features(table)
        commits = [Commit(each.get("version", -1), str(each.get("operation")), each.get("userMetadata") or "") for each in table.history(COMMITS)]
        return Standing(table.metadata().description, commits)

    def clear_log(self) -> None:
        """Removes what a run has left that was stopped before its first commit: deltalake takes that for a table, and makes none."""
        for left in (self.path / "_delta_log").glob("_commit_*.tmp"):
            remove(left)

    def replace(self, run: Workplace, manifest: Manifest, told: str) -> None:
        from deltalake import write_deltalake

        table = self.open()
        address, options = table_address(self.path, self.folder)
        if "://" not in address:
            self.path.mkdir(parents=True, exist_ok=True)
        if table is None:
            self.clear_log()
        write_deltalake(
            table if table is not None else address,
            delta_batches(published_rows(run, manifest)),
            mode="overwrite",
            schema_mode="overwrite",
            engine="pyarrow",  # deltalake's own holds all rows in memory
            name=self.path.name,
            description=TABLE_ABOUT,
            storage_options=options,
            custom_metadata={"userMetadata": told},
        )


def refuse_features(table) -> None:
    """Raises RunFailed for a table that was given features which deltalake does not write, such as deletion vectors."""
    from deltalake.table import MAX_SUPPORTED_PYARROW_WRITER_VERSION, SUPPORTED_WRITER_FEATURES

    protocol = table.protocol()
    unknown = set(protocol.writer_features or []) - set(SUPPORTED_WRITER_FEATURES)
    if protocol.min_writer_version > MAX_SUPPORTED_PYARROW_WRITER_VERSION or 2 < protocol.min_writer_version < 7 or unknown:
        named = ", ".join(sorted(unknown)) or f"writer version {protocol.min_writer_version}"
        raise RunFailed(f"it has features that this notebook can't write: {named}")


def delta_batches(files: Iterator[Path]) -> pa.RecordBatchReader:
    """The rows of Parquet files of one schema in batches, in types that Delta has and that Fabric's readers show."""
    first = next(files)
    schema = delta_schema(pq.read_schema(first))

    def batches() -> Iterator[pa.RecordBatch]:
        before = pa.total_allocated_bytes()
        for path in chain([first], files):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(TABLE_ROWS):
                    for _ in range(LONGEST_HOLD):
                        if pa.total_allocated_bytes() - before < MOST_WAITING:
                            break
                        sleep(0.01)
                    yield pa.RecordBatch.from_arrays([column.cast(field.type) for column, field in zip(batch.columns, schema)], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def delta_schema(schema: pa.Schema) -> pa.Schema:
    """A moment without a zone would be Delta's timestampNtz, which Fabric's SQL endpoint leaves out: it is written as UTC, so that
    reports show its day and time as they stand in the file."""
    return pa.schema([pa.field(field.name, pa.timestamp("us", "UTC") if pa.types.is_timestamp(field.type) else field.type) for field in schema])
