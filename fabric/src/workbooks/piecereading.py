"""## XML in pieces

Large parts hold one kind of element a million times. Those that are written in the usual way are read many at once; all else goes to a parser, which
does not see the others.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from package import DAMAGES

SCANNED = 1 << 20  # bytes of XML that are scanned at once, at least
MOST_KEPT = 1 << 24  # bytes before the elements, and of one, that are kept until it is there as a whole
DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=["']([^"']*)""")


class ElementParser(Protocol):
    """Reads a part tag by tag."""

    def feed(self, piece: bytes) -> None: ...

    def finish(self) -> None: ...

    @property
    def at_elements(self) -> bool:
        """Whether what follows are whole elements of the kind, or the end of what holds them."""
        ...


class PieceReader:
    """Reads a part's elements. scanned: the bytes that are scanned at once; 0: all is read tag by tag."""

    holder = b""  # the element that holds them
    begin = b""  # how each begins, without < and a prefix

    def __init__(self, parser: ElementParser, scanned: int = SCANNED):
        self.parser, self.scanned = parser, scanned
        self.prefix = b""
        self.quick = False  # what follows are elements of the kind

    def scan(self, piece: bytes, bare: bytes) -> bytes:
        """Reads the elements of a piece; bare is the piece without prefixes. What comes behind the last one on their level is returned."""
        raise NotImplementedError

    def keep(self) -> None:
        """Keeps what was read tag by tag."""
        raise NotImplementedError

    def read(self, pieces: Iterable[bytes], enough: Callable[[], bool] | None = None) -> None:
        """Reads the part, until it is enough; what is damaged raises an error, and what stands before it is kept by then."""
        source = iter(pieces)
        try:
            kept = self.read_head(source)
            while self.quick and (piece := next(source, b"")):
                kept += piece
                if len(kept) >= self.scanned:
                    kept = self.read_elements(kept)
                    if enough is not None and enough():
                        return
            if self.quick:
                kept = self.read_elements(kept)
            self.parser.feed(kept)
            self.keep()
            for piece in source:
                self.parser.feed(piece)
                self.keep()
                if enough is not None and enough():
                    return
            self.parser.finish()
        finally:
            self.keep()

    def read_head(self, source: Iterator[bytes]) -> bytes:
        """Reads up to the elements, at once: a parser may wait for more where a tag comes in two pieces. What was not read is returned."""
        holder = re.compile(rb"<(?:([A-Za-z_][A-Za-z0-9_.-]*):)?" + self.holder + rb"(?:[ \t\r\n][^<>]*)?>")
        kept, found = b"", None
        while self.scanned and found is None and len(kept) < MOST_KEPT and (piece := next(source, b"")):
            kept += piece
            found = holder.search(kept)
        declared = DECLARED.match(kept)
        if found is None or kept[:2] in (b"\xff\xfe", b"\xfe\xff") or (declared and declared[1].lower() != b"utf-8"):
            return kept
        self.parser.feed(kept[: found.end()])
        self.quick = self.parser.at_elements
        self.prefix = found[1] + b":" if found[1] else b""
        return kept[found.end() :]

    def read_elements(self, kept: bytes) -> bytes:
        """Reads whole elements; what was not read is returned. Where that are none of the kind, quick says so."""
        begin = b"<" + self.prefix + self.begin
        first, last = kept.find(begin), kept.rfind(begin)
        # Comments and the like may hold anything. One character is found much faster than two.
        plain = not (b"!" in kept and b"<!" in kept) and not (b"?" in kept and b"<?" in kept)
        if last <= first or not plain:
            self.quick = plain and len(kept) <= MOST_KEPT
            return kept
        self.parser.feed(kept[:first])
        self.keep()
        self.quick = self.parser.at_elements
        if not self.quick:
            return kept[first:]
        piece, kept = kept[first:last], kept[last:]
        if not self.prefix:
            return self.scan(piece, piece) + kept
        named = (b"<" + self.prefix, b"</" + self.prefix)
        if piece.count(b"<") == sum(map(piece.count, named)):
            return self.scan(piece, piece.replace(named[0], b"<").replace(named[1], b"</")) + kept
        self.parser.feed(piece)
        self.keep()
        self.quick = self.parser.at_elements
        return kept

    def bounds(self, piece: bytes) -> list[int]:
        """Where the elements of a piece begin, and where it ends."""
        return [*(found.start() for found in re.finditer(b"<" + self.prefix + self.begin, piece)), len(piece)]

    def feed_element(self, element: bytes) -> Exception | None:
        """Reads an element tag by tag, and returns what is wrong with it; then, or where no other of the kind follows, quick says so."""
        error = None
        try:
            self.parser.feed(element)
        except DAMAGES as damage:
            error = damage
        self.quick = error is None and self.parser.at_elements
        return error
