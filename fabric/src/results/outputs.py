"""## The cleaned rows as CSV and Parquet

Both are faithful to the data. A text that begins with `=`, `+`, `-` or `@` is left as it is: these files feed other
programs, and an added apostrophe would be a change of the data. Whoever opens the CSV in Excel sees such a text as a formula.
Both are written in batches of rows, so that memory does not grow with them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaning import ARROW_TYPES, MOST_TEXT_BYTES, Cleaned, CleanedColumn
from csvtexts import TEXTS, csv_texts, in_quotes

BATCH = 1 << 16  # rows of a CSV that are written at once
ROW_GROUP = 1 << 18  # rows of a row group


def write_parquet(cleaned: Cleaned, path: Path) -> None:
    """Parquet, compressed with Snappy; dates as date32, numbers as double or int64."""
    schema = pa.schema([pa.field(name, ARROW_TYPES[kind]) for name, kind in cleaned.kinds.items()])
    columns = [Batches(part, ROW_GROUP, partial(pc.cast, target_type=ARROW_TYPES[part.kind])) for part in cleaned.parts.values()]
    with pq.ParquetWriter(path, schema, compression="snappy") as writer:
        for rows in row_batches(cleaned, ROW_GROUP):
            writer.write_table(pa.Table.from_arrays([column.of(rows) for column in columns], schema=schema))


def write_csv(cleaned: Cleaned, path: Path) -> None:
    """CSV in UTF-8 without byte order mark: commas, line feeds, dates as ISO 8601, true/false, nothing for null."""
    columns = [Batches(part, BATCH, csv_texts) for part in cleaned.parts.values()]
    comma, line_end, nothing = (pa.scalar(text, TEXTS) for text in (",", "\n", ""))
    with open(path, "wb") as file:
        file.write((",".join(in_quotes(pa.array(list(cleaned.parts), TEXTS)).to_pylist()) + "\n").encode())
        for rows in row_batches(cleaned, BATCH):
            fields = [column.of(rows) for column in columns]
            fields[-1] = pc.binary_join_element_wise(fields[-1], line_end, nothing, null_handling="replace")
            file.write(content_of(pc.binary_join_element_wise(*fields, comma, null_handling="replace")))


class Batches:
    """A column's values in the form that is written. The different ones are brought into it once where they are fewer than a batch's rows."""

    def __init__(self, part: CleanedColumn, size: int, form: Callable[[pa.Array], pa.Array]):
        self.part, self.form = part, form
        self.prepared = form(part.entries()) if part.places is not None and len(part.values) <= size else None

    def of(self, rows: np.ndarray) -> pa.Array:
        """The values of some rows of the file."""
        if self.prepared is None:
            return self.form(self.part.array(rows))
        assert self.part.places is not None
        places = self.part.places[rows]
        return self.prepared.take(pa.array(places, mask=places < 0))


def row_batches(cleaned: Cleaned, size: int) -> Iterator[np.ndarray]:
    """The rows that stay, so many at a time; fewer where texts are so long that a batch of them may be none."""
    texts = [part.values.texts for part in cleaned.parts.values() if len(part.values.texts)]
    longest = max((pc.max(pc.binary_length(each)).as_py() for each in texts), default=0)
    size = max(min(size, MOST_TEXT_BYTES // (longest + 1) - 1), 1)
    for start in range(0, len(cleaned.keep), size):
        yield cleaned.keep[start : start + size]


def content_of(texts: pa.Array) -> memoryview:
    """The bytes of all texts one behind the other, as they stand in memory."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64, len(texts) + 1, texts.offset * 8)
    return memoryview(data)[ends[0] : ends[-1]]
