"""## Parquet files

From the file to its columns of cells (contract/RULES.md, Reading 4): numbers, moments and texts as the file's own schema types
them, whatever a writer noted beside it for itself. A column is read after the other, some rows at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arrowcells import UNITS, arrow_cells, is_bytes, text_column
from columns import TEXT, Column
from content import Content
from footer import description
from pages import check_pages

ROWS = 1 << 16  # rows of a column that are in memory twice
BUFFER = 1 << 20  # bytes of a column as they stand in the file
# Encodings of texts as entries of a list, and those that stand beside them: of the list, of what is behind it, and of nulls.
LISTED, UNLISTED = {"PLAIN_DICTIONARY", "RLE_DICTIONARY"}, {"PLAIN", "RLE", "BIT_PACKED"}
LIST_BYTES, PLACE_BYTES = 1 << 20, 4  # of a list, and of a place in one
SINCE_1900 = -2_208_988_800  # seconds
COMES_ROUND = 2**64 // 10**9  # seconds


@dataclass
class Stored:
    """A column as it is in the file."""

    field: pa.Field
    earlier: int  # columns before it that have its name
    leaf: int  # its place among the file's columns of values
    listed: bool  # of texts: its pages have them as places in lists


class ParquetContent:
    """The columns in the file's order, their names, and the cells that hold no value of their type, by row and column from 0; of some of its
    row groups, or of all.

    Raises ValueError, IndexError, RecursionError, OSError or an error of Arrow's for a file that can't be read.
    """

    def __init__(self, content: Content, groups: range | None = None):
        self.content = content
        with content.open() as file:
            self.metadata, self.halves = description(file)
            self.groups = range(self.metadata.num_row_groups) if groups is None else groups
            check_pages(file, self.metadata, self.groups)
        schema = self.metadata.schema.to_arrow_schema()
        self.left_out: list[str] = []
        self.errors: dict[tuple[int, int], str] = {}
        found: list[Stored] = []
        leaf = 0
        for place, field in enumerate(schema):
            if pa.types.is_nested(field.type):
                self.left_out.append(field.name)
            else:
                found.append(Stored(field, schema.names[:place].count(field.name), leaf, is_bytes(field.type) and self.listed(leaf)))
            leaf += leaves(field.type)
        if not found and self.left_out:
            raise ValueError("no column holds single values")
        self.headers = [stored.field.name for stored in found]
        self.columns = [Column.empty(0)] * len(found)
        # To tell many texts apart takes the most memory, which is there as long as there are few columns.
        for place in sorted(range(len(found)), key=lambda place: -self.unlisted(found[place])):
            self.columns[place] = self.read(found[place], place)
        self.rows = len(self.columns[0]) if self.columns else 0
        if any(len(column) != self.rows for column in self.columns) or self.rows != sum(self.metadata.row_group(group).num_rows for group in self.groups):
            raise ValueError("the columns have not as many rows as the file says")

    def unlisted(self, stored: "Stored") -> int:
        """The bytes of a column's texts where the file has them row by row, else 0."""
        if stored.listed or not is_bytes(stored.field.type):
            return 0
        return sum(self.metadata.row_group(group).column(stored.leaf).total_uncompressed_size for group in range(self.metadata.num_row_groups))

    def read(self, stored: "Stored", place: int) -> Column:
        """Reads a column, which has this place among those that are read."""
        schema = self.metadata.schema.column(stored.leaf)
        uuids, halves = schema.logical_type.type == "UUID", stored.leaf in self.halves
        kind = stored.field.type
        batches = self.old_moments(stored) if schema.physical_type == "INT96" else self.batches(stored)
        if is_bytes(kind):
            return text_column(batches)
        column = Column.joined([arrow_cells(values, uuids, halves) for values in batches])
        if halves or pa.types.is_floating(kind) or pa.types.is_temporal(kind):  # a text among them is an error
            for row in np.flatnonzero(column.kinds == TEXT).tolist():
                self.errors[row, place] = str(column.cell(row))
        return column

    def listed(self, leaf: int) -> bool:
        """Whether a column's pages list its different texts, so that pyarrow can hand on the lists. Where these became too long, it is slow."""
        for group in self.groups:
            chunk = self.metadata.row_group(group).column(leaf)
            encodings = set(chunk.encodings)
            if not LISTED & encodings or encodings - LISTED - UNLISTED or chunk.total_uncompressed_size > max(LIST_BYTES, PLACE_BYTES * chunk.num_values):
                return False
        return True

    def batches(self, stored: "Stored", unit: str | None = None) -> Iterator[pa.Array]:
        """The values of a column; texts that the file lists come with their lists. unit is that of old moments."""
        source, name = self.content.source, stored.field.name
        file = pq.ParquetFile(
            str(source) if isinstance(source, Path) else pa.BufferReader(source),
            metadata=self.metadata,
            read_dictionary=[name] if stored.listed else None,
            buffer_size=BUFFER,
            coerce_int96_timestamp_unit=unit,
        )
        with file:
            for batch in file.iter_batches(ROWS, row_groups=list(self.groups), columns=[name]):
                places = [place for place, found in enumerate(batch.schema.names) if found == name]
                values = batch.column(places[stored.earlier])
                # New versions have types of their own for UUIDs and JSON.
                yield values.storage if isinstance(values.type, pa.BaseExtensionType) else values

    def old_moments(self, stored: "Stored") -> Iterator[pa.Array]:
        """INT96 moments in seconds.

        They are read in seconds, which hold any year, and in nanoseconds, which come round after 584 years. Where a writer counts a
        moment before 1970 from the end of its day, pyarrow is 2**64 nanoseconds too late with the seconds. What would be such a
        moment of the years from 1900 on is one.
        """
        for coarse, fine in zip(self.batches(stored, "s"), self.batches(stored)):
            late = coarse.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
            right = fine.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False) // UNITS["ns"]
            round_once = (right < 0) & (right >= SINCE_1900) & (np.abs(late - right - COMES_ROUND) <= 1)
            missing = coarse.is_null().to_numpy(zero_copy_only=False)
            yield pa.array(np.where(round_once, right, late), pa.timestamp("s"), mask=missing)


def leaves(kind: pa.DataType) -> int:
    """How many of the file's columns hold the values of a type."""
    return sum(leaves(kind.field(child).type) for child in range(kind.num_fields)) if pa.types.is_nested(kind) else 1
