"""## A workbook's package

The zip file around a workbook: its parts by name, their relationships, and their XML as start tags. Namespaces do not matter: strict workbooks have
others than transitional ones, and some writers put a prefix before each name.
"""

import posixpath
import queue
import re
import threading
import zipfile
from collections.abc import Generator
from typing import IO
from xml.parsers.expat import ExpatError, ParserCreate

import numpy as np

LINK = re.compile(r"xl/externallinks/externallink[^/]*\.xml")
TRUE = ("1", "true", "on")
STRANGE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|&#(?:0{0,2}(?:[1-8]|1[124-9]|2[0-9]|3[01])|x0{0,2}(?:[1-8bcefBCEF]|1[0-9a-fA-F])|x[fF]{3}[eEfF]);")
PIECE, PIECES_AHEAD = 1 << 19, 4  # bytes, and how many pieces are unpacked ahead
MOST_PARTS, MOST_BYTES, MOST_RATIO = 10_000, 4 << 30, 300  # of a package: parts, bytes of all of them, and how many times as large as in the package one is
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MOST_CELL, MOST_TAG = 1 << 24, 1 << 23  # characters of a cell, bytes of a tag
LONGEST = 9  # of a reference to such a character


class Damage(Exception):
    """A part says something that can't be; the message says what."""


class TooMuch(Exception):
    """A package would unpack to more than is safe to read."""


# What reading a damaged package raises.
DAMAGES = (Damage, ExpatError, zipfile.BadZipFile, KeyError, ValueError, IndexError, EOFError, OSError, NotImplementedError, RuntimeError)


def part_key(name: str) -> str:
    """The name under which a part is found: writers differ in case, slashes and the leading slash."""
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/").lower()


def local_name(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


class Characters:
    """A part's bytes, with characters that XML does not know, but some programs write all the same, in the way in which workbooks write such (_xHHHH_)."""

    def __init__(self, part: IO[bytes]) -> None:
        self.part = part
        self.rest = b""
        self.wide: bool | None = None  # in UTF-16, whose bytes are none of these

    def read(self, size: int = 1 << 16) -> bytes:
        if self.wide:
            return self.part.read(size)
        data = self.part.read(size)
        if self.wide is None:
            self.wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
            if self.wide:
                return data
        whole = self.rest + data
        # What may be cut is looked at with the next bytes.
        cut = max(whole.rfind(b"&", -LONGEST), whole.rfind(b"\xef", -2)) if data else -1
        self.rest = whole[cut:] if cut >= 0 else b""
        found = whole[:cut] if cut >= 0 else whole
        if may_be_strange(found):
            found = STRANGE.sub(workbook_escape, found)
        return found or (self.read(size) if data else found)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.part.close()


def may_be_strange(data: bytes) -> bool:
    """Whether such characters may be there: to look for each takes ten times as long as to look for bytes that all of them have."""
    if (b"#" in data and b"&#" in data) or (b"\xef" in data and b"\xef\xbf" in data):  # one character is found much faster than two
        return True
    low = np.frombuffer(data, np.uint8) < 32
    return bool(low.any()) and int(np.count_nonzero(low)) > sum(map(data.count, (b"\t", b"\n", b"\r")))


def workbook_escape(found: re.Match) -> bytes:
    written = found[0]
    if written.startswith(b"&"):
        code = int(written[3:-1], 16) if written[2:3] == b"x" else int(written[2:-1])
    else:
        code = ord(written.decode("utf-8"))
    return b"_x%04X_" % code


def is_bomb(part: zipfile.ZipInfo) -> bool:
    """Whether a large part would unpack to much more than sheets do, which shrink to a sixth or a ninth."""
    return part.file_size > 50 << 20 and part.file_size // (part.compress_size or 1) > MOST_RATIO


class Package:
    """The parts of a zip file; of parts with one name the last one counts."""

    def __init__(self, file: IO[bytes]):
        self.archive = zipfile.ZipFile(file)
        found = self.archive.infolist()
        # No more than it promises is unpacked of a part.
        if len(found) > MOST_PARTS or sum(part.file_size for part in found) > MOST_BYTES or any(map(is_bomb, found)):
            raise TooMuch
        self.parts = {part_key(info.filename): info for info in found}

    def has(self, name: str) -> bool:
        return part_key(name) in self.parts

    def open(self, name: str):
        """A part for reading; its checksum is looked at when it was read to its end."""
        return Characters(self.archive.open(self.parts[part_key(name)]))

    def pieces(self, name: str) -> Generator[bytes, None, None]:
        """A part in pieces, which are unpacked ahead of those who read them. Whoever reads them closes it."""
        pieces: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        room = threading.Semaphore(PIECES_AHEAD)
        ended = threading.Event()

        def unpack() -> None:
            try:
                with self.open(name) as part:
                    piece = b"?"
                    while piece and room.acquire() and not ended.is_set():
                        piece = part.read(PIECE)
                        pieces.put(piece)
            except Exception as error:  # raised where the pieces are read
                pieces.put(error)

        thread = threading.Thread(target=unpack, daemon=True)
        thread.start()
        try:
            while piece := pieces.get():
                if isinstance(piece, Exception):
                    raise piece
                yield piece
                room.release()
        finally:
            ended.set()
            room.release()
            thread.join()

    def parse(self, name: str, start, end=None, text=None) -> None:
        """Reads a part as XML: start(local name, attributes by local name, depth) for each start tag, end(local name, depth) and text(data)."""
        depth = 0

        def on_start(tag, attributes):
            nonlocal depth
            depth += 1
            start(local_name(tag), {local_name(key): value for key, value in attributes.items()}, depth)

        def on_end(tag):
            nonlocal depth
            if end is not None:
                end(local_name(tag), depth)
            depth -= 1

        with self.open(name) as part:
            parser = xml_parser(on_start, on_end, text)
            parse_all(parser, part)

    def relations(self, owner: str) -> dict[str, tuple[str, str]]:
        """The relationships of a part by their ids, each with its kind, such as worksheet, and the part's name; of the package for an empty owner."""
        folder, base = posixpath.split(owner.replace("\\", "/"))
        name = posixpath.join(folder, "_rels", base + ".rels")
        found: dict[str, tuple[str, str]] = {}
        if not self.has(name):
            return found

        def start(tag, attributes, depth):
            if tag != "Relationship":
                return
            target = attributes.get("Target", "").replace("\\", "/")
            if attributes.get("TargetMode") == "External":
                target = ""
            elif not target.startswith("/"):
                target = posixpath.join("/", folder, target)
            found[attributes.get("Id", "")] = (posixpath.basename(attributes.get("Type", "")), target.lstrip("/"))

        self.parse(name, start)
        return found

    @property
    def macros(self) -> bool:
        """Whether it holds macros, which are never run."""
        return any(re.fullmatch(r"xl/[^/]*vbaproject\.bin", name) for name in self.parts)

    @property
    def macro_enabled(self) -> bool:
        """Whether it calls itself a workbook with macros."""
        kinds = []
        if self.has("[content_types].xml"):
            try:
                self.parse("[content_types].xml", lambda tag, attributes, depth: kinds.append(attributes.get("ContentType", "")))
            except DAMAGES:
                return False
        return any(".macroEnabled.main" in kind for kind in kinds)

    @property
    def external_links(self) -> int:
        """How many other workbooks it refers to."""
        return sum(bool(LINK.fullmatch(name)) for name in self.parts)


def xml_parser(start, end, text=None):
    """A parser that calls these for start tags, end tags and text. A document type is refused: workbooks have none, attacks do."""

    def refuse(*_):
        raise Damage("a part has a document type")

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    return parser


def parse_all(parser, part) -> None:
    """Reads a part to its end."""
    while piece := part.read():
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def is_true(value: str | None) -> bool:
    """A boolean as XML Schema has it."""
    return (value or "").strip() in TRUE


def unescaped(text: str) -> str:
    """With the escapes _xHHHH_ resolved, with which workbooks write characters that XML can't hold; CRLF becomes LF."""
    if "_x" in text:
        text = ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n")
