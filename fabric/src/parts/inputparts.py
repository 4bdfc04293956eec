"""## An input in parts

A file of any size, or a folder of files of one kind, as parts that tasks read by themselves: runs of row groups of Parquet, and runs of
records of a text (contract/RULES.md, Large inputs). Workbooks are not read in parts.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow

from content import Content
from dialect import HEAD, Encoding, decided_encoding, delimiter_of, encoding_of, first_encoding, separated
from failure import RunFailed
from footer import description
from reading import refuse_others
from textblocks import STANDS_FOR_DELIMITER, TextForm
from textfile import read_text
from textscan import Scanned, scanned

PART_BYTES = 1 << 26  # of a text
PART_ROWS = 1 << 20  # of Parquet
WHOLE_BYTES = 1 << 30  # of a text that can't be cut

Each = Callable[[Callable[[Any], Any], Sequence[Any]], list]  # calls a function with each of some values, in tasks, and gives what it says in their order


@dataclass(frozen=True)
class InputFile:
    """A file of an input: its path where tasks read it, its name as it is shown, its size in bytes and when it was changed."""

    path: str
    name: str
    size: int
    changed: float

    def check(self) -> None:
        """Raises RunFailed where the file is another one by now."""
        try:
            state = os.stat(self.path)
        except OSError:
            raise RunFailed(f"{self.name} can't be read on every node any more: start a new run.") from None
        if (state.st_size, state.st_mtime) != (self.size, self.changed):
            raise RunFailed(f"{self.name} was changed while it was read: start a new run.")


@dataclass(frozen=True)
class InputPart:
    """A part of an input: the bytes of a text, or the row groups of a Parquet file, from start to stop. before: the records of the file that
    stand before it."""

    place: int
    file: int
    start: int
    stop: int
    before: int = 0


@dataclass
class Input:
    """What is read: a file, or all files of a folder in the order of their names."""

    name: str
    files: list[InputFile]
    format: str = "csv"
    parts: list[InputPart] = field(default_factory=list)
    form: TextForm | None = None  # of a text
    encodings: list[Encoding] = field(default_factory=list)  # by file: marks differ
    quoting: str = "double"
    escaped_quotes: int = 0
    records: list[int] = field(default_factory=list)  # by file
    names: list[str] = field(default_factory=list)  # of a Parquet file's columns
    left_out: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def is_folder(self) -> bool:
        return len(self.files) > 1 or self.files[0].name != self.name

    def error(self, file: int, sentence: str) -> RunFailed:
        """A failure of a file, which is named in a folder by both names."""
        return RunFailed(sentence.replace("%", f"{self.name}/{self.files[file].name}" if self.is_folder else self.name))


def input_at(path: Path) -> Input:
    """The input at a path, whose format is not told yet. Raises RunFailed for an empty folder, and for one whose rows its own files do not tell."""
    name, paths = path.name, [path]
    if path.is_dir():
        entries = sorted(path.iterdir())
        if any(each.name == "_delta_log" for each in entries):
            raise RunFailed(f"{name} is a Delta table, whose files do not tell by themselves which rows it has: write its rows as Parquet files into another folder.")
        paths = [each for each in entries if not each.name.startswith((".", "_", "~$"))]
        inner = next((each.name for each in paths if each.is_dir()), None)
        if inner is not None:
            raise RunFailed(f"{name} has a folder in it ({inner}), and a folder's files are read as they stand side by side: put all files into {name} itself.")
        if not paths:
            raise RunFailed(f"{name} is a folder without files: upload its files, or choose another one.")
    files = []
    for each in paths:
        state = each.stat()
        files.append(InputFile(str(each), each.name, state.st_size, state.st_mtime))
    return Input(name, files)


def tell_format(found: Input) -> None:
    """Tells the format of an input by its content. Raises RunFailed for what can't be read in parts."""
    formats = [format_of(found, place) for place in range(len(found.files))]
    found.format = formats[0]
    other = next((place for place, kind in enumerate(formats) if kind != found.format), None)
    if other is not None:
        raise found.error(other, f"% is no {'Parquet file' if found.format == 'parquet' else 'text file'} as the first file of its folder: take it out, or write it again.")


def format_of(found: Input, place: int) -> str:
    """The format of a file, told by its content."""
    head = Content(Path(found.files[place].path)).head(200)
    shown = f"{found.name}/{found.files[place].name}" if found.is_folder else found.name
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        raise RunFailed(f"{shown} is a workbook, and workbooks are not read in parts: upload it by itself and start the run without Spark, or save it as CSV.")
    if head.startswith(b"PAR1"):
        return "parquet"
    refuse_others(shown, head)
    return "csv"


def cut_parquet(found: Input, each: Each, rows: int) -> None:
    """Finds the parts of Parquet files of so many rows, about."""
    described = each(parquet_groups, found.files)
    for place, (names, _, _) in enumerate(described):
        if names is None:
            raise found.error(place, "% can't be read as a Parquet file: write it again and upload it again.")
        if place and names != described[0][0]:
            raise found.error(place, f"% has other columns than {found.files[0].name}: all files of a folder must have the same ones in the same order.")
    found.names, found.left_out = described[0][0], described[0][1]
    for place, (_, _, groups) in enumerate(described):
        start = row = first = 0
        for stop, count in enumerate(groups, start=1):
            row += count
            if row - first >= rows or stop == len(groups):
                found.parts.append(InputPart(len(found.parts), place, start, stop, first))
                start, first = stop, row
        found.records.append(row)
    if not found.parts:
        found.parts.append(InputPart(0, 0, 0, 0))


def parquet_groups(file: InputFile) -> tuple[list[str] | None, list[str], list[int]]:
    """The names of a Parquet file's columns, those that are left out, and the rows of its row groups; no names where it can't be read."""
    try:
        with Content(Path(file.path)).open() as opened:
            metadata, _ = description(opened)
        schema = metadata.schema.to_arrow_schema()
        names = [one.name for one in schema if not pyarrow.types.is_nested(one.type)]
        left_out = [one.name for one in schema if pyarrow.types.is_nested(one.type)]
        if not names and left_out:
            return None, [], []
        return names, left_out, [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    except (pyarrow.ArrowException, ValueError, IndexError, RecursionError, OSError, MemoryError):
        return None, [], []


def cut_texts(found: Input, each: Each, options: dict, size: int, whole: int = WHOLE_BYTES) -> None:
    """Finds how the texts are written, and their parts of so many bytes, about. Texts that can't be cut are a part each, if none has more than
    whole bytes."""
    given, quoting = options.get("encoding"), options.get("quoting")
    heads = [Content(Path(file.path)).head(HEAD) for file in found.files]
    firsts = [first_encoding(head, given) for head in heads]
    wide = [encoding.name.startswith("utf-16") for encoding in firsts]
    if any(wide) != all(wide):
        raise found.error(wide.index(not wide[0]), f"% is in another encoding than {found.files[0].name}: write all files of a folder in one.")
    if wide[0]:
        read_whole(found, each, options, whole)
        return
    begins = [encoding.mark for encoding in firsts]
    told = scan(found, each, begins, size, b",", True)
    found.encodings = encodings_of(found, firsts, given, told)
    begins = [encoding.mark for encoding in found.encodings]
    encoding, first = found.encodings[0], Content(Path(found.files[0].path))
    head = encoding.head(first, 2 * HEAD + 64)
    text, named = separated(head, options.get("delimiter"))
    delimiter = options.get("delimiter") or named or delimiter_of(text, first.size, encoding.name, quoting or "double")
    skipped = head[: len(head) - len(text)]
    found.form, found.quoting = TextForm(encoding, delimiter, len(skipped.encode("utf-8", "surrogateescape"))), quoting or "double"
    quotes = any(one.quotes for pieces in told for one in pieces)
    if quotes and quoting != "none" and (quoting == "backslash" or found.form.mark == STANDS_FOR_DELIMITER):
        read_whole(found, each, options, whole)
        return
    begins[0] += len(skipped) if not encoding.is_utf8 else found.form.skipped
    if skipped or (quotes and (quoting == "none" or found.form.mark != b",")) or begins != [encoding.mark for encoding in firsts]:
        told = scan(found, each, begins, size, found.form.mark, quoting != "none")
    if not all(map(can_be_cut, told)):
        read_whole(found, each, options, whole)
        return
    for place, pieces in enumerate(told):
        cut_text(found, place, begins[place], pieces)


def scan(found: Input, each: Each, begins: list[int], size: int, mark: bytes, quoted: bool) -> list[list[Scanned]]:
    """Looks at all texts, by pieces of so many bytes; the pieces of each file."""
    pieces = [(file, start) for file, one in enumerate(found.files) for start in range(begins[file], max(one.size, begins[file] + 1), size)]
    files = found.files

    def look(piece: tuple[int, int]) -> Scanned:
        file, start = piece
        return scanned(Path(files[file].path), start, min(start + size, files[file].size), begins[file], mark, quoted)

    told: list[list[Scanned]] = [[] for _ in files]
    for (file, _), one in zip(pieces, each(look, pieces)):
        told[file].append(one)
    return told


def encodings_of(found: Input, firsts: list[Encoding], given: str | None, told: list[list[Scanned]]) -> list[Encoding]:
    """The encoding of all files, with the mark of each."""
    every = [one for pieces in told for one in pieces]
    valid = not firsts[0].is_utf8 or all(one.valid for one in every)
    shown = next((file for file, pieces in enumerate(told) if any(one.zeros or not one.valid for one in pieces)), 0)
    first = max(firsts, key=lambda encoding: encoding.mark)
    try:
        encoding = decided_encoding("%", first, given, valid, any(one.zeros for one in every), lambda: any(one.several for one in every))
    except RunFailed as error:
        raise found.error(shown, str(error)) from None
    marks = [one.mark if encoding.is_utf8 or given is not None else 0 for one in firsts]
    name = encoding.name if marks[0] or not encoding.mark else "utf-8"
    return [Encoding(name, mark, encoding.valid) for mark in marks]


def can_be_cut(pieces: list[Scanned]) -> bool:
    """Whether every quotation mark of a file stands where the parity of those before it says."""
    side = 0
    for one in pieces:
        if one.cuts[side].faults:
            return False
        side = (side + one.quotes) & 1
    return side == 0


def cut_text(found: Input, place: int, begin: int, pieces: list[Scanned]) -> None:
    """Adds the parts of a text, which begin with the first record that ends in a piece, and says how many records the text has."""
    file, bounds, ended, side = found.files[place], [(begin, 0)], 0, 0
    for number, one in enumerate(pieces):
        cut = one.cuts[side]
        if number and cut.records and cut.first < file.size:
            bounds.append((cut.first, ended + 1))
        ended += cut.records
        side = (side + one.quotes) & 1
    with open(file.path, "rb") as opened:
        opened.seek(max(file.size - 1, 0))
        last = opened.read(1)
    found.records.append(ended + (begin < file.size and last not in b"\r\n"))
    for (start, before), (stop, _) in zip(bounds, [*bounds[1:], (file.size, 0)]):
        found.parts.append(InputPart(len(found.parts), place, start, stop, before))


def read_whole(found: Input, each: Each, options: dict, most: int) -> None:
    """Makes each file one part."""
    large = next((place for place, file in enumerate(found.files) if file.size > most), None)
    if large is not None:
        raise found.error(
            large,
            f"% has more than {most >> 20:,} MB and can't be read in parts, as it is UTF-16 or has quotation marks that do not enclose whole fields: "
            "write it again as UTF-8 with a quotation mark in a quoted field doubled, or in files of less.",
        )
    read = each(lambda file: written_as(file, options), found.files)
    for place, (written, failed) in enumerate(read):
        if failed:
            raise found.error(place, failed)
        if way_of(written) != way_of(read[0][0]):
            raise found.error(place, f"% is written in another way than {found.files[0].name} (encoding, delimiter or quotation marks): write all files of a folder in one.")
    first = read[0][0]
    found.quoting, found.form = first["quoting"], TextForm(first["encoding"], first["delimiter"], first["skipped"])
    found.encodings, found.records = [written["encoding"] for written, _ in read], [written["records"] for written, _ in read]
    found.escaped_quotes = sum(written["escaped"] for written, _ in read)
    found.parts = [InputPart(place, place, found.encodings[place].mark, file.size) for place, file in enumerate(found.files)]
    first_part = found.parts[0]
    found.parts[0] = InputPart(0, 0, first_part.start + first["skipped_bytes"], first_part.stop)


def way_of(written: dict) -> tuple[str, str, str]:
    return written["encoding"].name.removesuffix("-bom"), written["delimiter"], written["quoting"]


def written_as(file: InputFile, options: dict) -> tuple[dict, str]:
    """How a text is written that is read as a whole, and its records; or a sentence that says why it can't be read."""
    content = Content(Path(file.path))
    try:
        grid, written, escaped = read_text("%", content, options)
        encoding = encoding_of("%", content, options.get("encoding"))
    except RunFailed as error:
        return {}, str(error)
    head = encoding.head(content, 2 * HEAD + 64)
    skipped = head[: len(head) - len(separated(head, options.get("delimiter"))[0])]
    bytes_of_it = len(skipped) * 2 if encoding.name.startswith("utf-16") else len(skipped.encode("utf-8", "surrogateescape")) if encoding.is_utf8 else len(skipped)
    return {**written, "encoding": encoding, "escaped": escaped, "records": len(grid), "skipped": len(skipped.encode("utf-8", "surrogateescape")), "skipped_bytes": bytes_of_it}, ""
