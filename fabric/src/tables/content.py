"""## The import file's content

A copy of it on the node's own disk: it is read from the lakehouse once, and what is read of the copy is what was hashed.
"""

import hashlib
import io
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 22  # bytes


class Content:
    """The bytes of a file: those of a path, or in memory."""

    def __init__(self, source: bytes | Path):
        self.source = source
        self.size = len(source) if isinstance(source, bytes) else source.stat().st_size

    def open(self) -> BinaryIO:
        """The bytes from their beginning; whoever asks closes it."""
        return io.BytesIO(self.source) if isinstance(self.source, bytes) else open(self.source, "rb")

    def head(self, count: int) -> bytes:
        """The first bytes."""
        with self.open() as file:
            return file.read(count)

    @property
    def data(self) -> bytes:
        """All bytes. Only for what does not read in pieces yet."""
        with self.open() as file:
            return file.read()


def fetched(source: Path, target: Path) -> tuple[Content, str]:
    """Copies a file, and says the SHA-256 of the copy."""
    digest = hashlib.sha256()
    with open(source, "rb") as old, open(target, "wb") as new:
        while chunk := old.read(CHUNK):
            digest.update(chunk)
            new.write(chunk)
    return Content(target), digest.hexdigest()
