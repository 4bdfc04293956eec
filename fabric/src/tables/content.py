"""## The import file's content

A copy of it on the node's own disk: it is read from the lakehouse once, and what is read of the copy is what was hashed.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from failure import RunFailed

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


@contextmanager
def on_own_disk(what: str) -> Iterator[None]:
    """Says of an error while something is written to the node's own disk what it was: that is no fault of the lakehouse."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise RunFailed(f"{what} could not be written to the notebook's own disk ({reason}): start a new run, on a larger node if the disk was full.") from error


def fetched(source: Path, target: Path) -> tuple[Content, str]:
    """Copies a file, and says the SHA-256 of the copy."""
    digest = hashlib.sha256()
    with open(source, "rb") as old, open(target, "wb", buffering=0) as new:
        while chunk := old.read(CHUNK):
            digest.update(chunk)
            with on_own_disk(f"The copy of {source.name}"):
                written = 0
                while written < len(chunk):
                    written += new.write(memoryview(chunk)[written:])
    return Content(target), digest.hexdigest()


def refuse_other_content(name: str, found: str, checked: str) -> None:
    """Raises RunFailed where the file is not the one that was checked before the run; an empty hash says nothing."""
    if checked and checked.strip().lower() != found:
        raise RunFailed(
            f"{name} is not the file that was checked (its SHA-256 is {found}, not {checked}), so nothing was published: "
            "check it again, two minutes after it was replaced, and start a new run."
        )
