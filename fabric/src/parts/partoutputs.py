"""## Outputs of parts

Each part writes its cleaned rows by itself. Up to a stated size the parts of an output become one file, beyond it a folder of them.
"""

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from cleaning import Cleaned, cleaned_parts
from content import CHUNK, on_own_disk
from documents import sha256_of
from kpisums import KpiSums, kpi_sums
from lakehouse import CSV, OUTPUTS, PARQUET, move
from outputs import write_csv, write_parquet
from partchecks import Decided

SINGLE_BYTES = 1 << 30  # of an output that becomes one file
ENDINGS = {CSV: "csv", PARQUET: "parquet"}


@dataclass
class WrittenPart:
    """A part's files, as (name, bytes, SHA-256) by the output, and what is counted of its rows."""

    place: int
    files: dict[str, tuple[str, int, str]]
    rows: int
    bad_dates: int
    bad_numbers: int


def write_part(decided: Decided, kept: tuple, kinds: dict[str, str], folder: str) -> tuple[WrittenPart, KpiSums]:
    """Writes the cleaned rows of a part into folders of a folder, and sums them up."""
    part, found, marks = decided.read(kept)
    assert found.outcome is not None
    keep = found.outcome.sums.rows
    parts, bad_dates, bad_numbers = cleaned_parts(found.table, found.forms, keep, kinds)
    cleaned = Cleaned(parts, keep, {"written": len(keep)}, ~np.isin(keep, marks.repeated))
    written = WrittenPart(part.place, {}, len(keep), bad_dates, bad_numbers)
    if len(keep) or part.place == 0:
        with tempfile.TemporaryDirectory(prefix="portal-part-") as scratch:
            for output, write in ((CSV, write_csv), (PARQUET, write_parquet)):
                name = f"part-{part.place:05d}.{ENDINGS[output]}"
                local, target = Path(scratch) / name, Path(folder) / output / name
                with on_own_disk(name):
                    write(cleaned, local)
                shutil.copyfile(local, target)
                written.files[output] = (name, local.stat().st_size, sha256_of(local))
    return written, kpi_sums(cleaned)


def place_part(moved: tuple[str, str, int]) -> bool:
    """Moves a part to its place, from a path to a path, and says whether it has so many bytes there."""
    source, target, size = moved
    if Path(source).exists():  # else an earlier try of the task has moved it
        move(Path(source), Path(target))
    return Path(target).stat().st_size == size


def join_csv(parts: list[Path], target: Path) -> None:
    """One file of several, whose header stands once."""
    with open(target, "wb") as new:
        for place, part in enumerate(parts):
            with open(part, "rb") as old:
                if place:
                    skip_header(old)
                shutil.copyfileobj(old, new, CHUNK)


def skip_header(file) -> None:
    """Reads the first record, whose quoted names may hold line ends."""
    quoted = False
    while line := file.readline():
        quoted ^= line.count(b'"') % 2 == 1
        if not quoted:
            return


def join_parquet(parts: list[Path], target: Path) -> None:
    with pq.ParquetWriter(target, pq.read_schema(parts[0]), compression="snappy") as writer:
        for part in parts:
            with pq.ParquetFile(part) as file:
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group))


def described_folder(name: str, files: list[tuple[str, int, str]]) -> dict:
    """A folder of parts as run_metadata.json lists it: its SHA-256 is that of its parts' lines, each a SHA-256, two blanks, a name and a line feed."""
    lines = "".join(f"{digest}  {part}\n" for part, _, digest in files)
    return {
        "name": name,
        "type": OUTPUTS[name],
        "size_bytes": sum(size for _, size, _ in files),
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "parts": [{"name": part, "size_bytes": size, "sha256": digest} for part, size, digest in files],
    }
