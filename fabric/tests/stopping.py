"""Stops a run at each operation on the lakehouse's files: child processes that end there, as a killed node does, with no handler run."""

import errno
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from failure import RunFailed

DONE, REFUSED, BROKEN, KILLED = 0, 3, 4, 77
EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.listdir", "os.scandir", "os.rmdir"}


class Places:
    """Counts operations on files below a folder, and does something at the nth (from 0)."""

    def __init__(self, root: Path, at: int = -1, then: Callable[[], None] = lambda: os._exit(KILLED)):
        self.root = str(root)
        self.at = at
        self.then = then
        self.killed_at = -1  # for good, where then is not the end
        self.count = 0

    def reached(self) -> None:
        self.count += 1
        if self.count - 1 == self.at:
            self.then()
        elif self.count - 1 == self.killed_at:
            os._exit(KILLED)

    def hook(self, event: str, args: tuple) -> None:
        if event in EVENTS and args and isinstance(args[0], (str, os.PathLike)) and os.fspath(args[0]).startswith(self.root):
            self.reached()


watched: Places | None = None
hooked = False  # what stands in the way of operations once, also in the children of a child


def watching(event: str, args: tuple) -> None:
    if watched is not None:
        watched.hook(event, args)


def child(doing: Callable[[], object], places: Places, can_rename: bool = True) -> int:
    """Does it in a process of its own that is watched, and returns how that ended."""
    global watched, hooked
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    code = BROKEN
    try:
        watched = places
        if not hooked:
            hooked = True
            sys.addaudithook(watching)
            shutil.copyfile = copy_in_halves  # type: ignore[assignment]
        if not can_rename:
            os.replace = refuse  # type: ignore[assignment]
        doing()
        code = DONE
    except RunFailed:
        code = REFUSED
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def copy_in_halves(source, target) -> None:
    """A copy has a place in its middle, too."""
    content = Path(source).read_bytes()
    with open(target, "wb", buffering=0) as file:
        file.write(content[: len(content) // 2])
        if watched is not None and os.fspath(target).startswith(watched.root):
            watched.reached()
        file.write(content[len(content) // 2 :])


def refuse(*_) -> None:
    raise OSError(errno.ENOSYS, "Function not implemented")


def places_of(doing: Callable[[], object], root: Path, can_rename: bool = True) -> int:
    """How many places a run has that is not stopped."""
    count = root.parent / "count"
    places = Places(root)

    def counted() -> None:
        doing()
        count.write_text(str(places.count))

    assert child(counted, places, can_rename) == DONE
    return int(count.read_text())


def thinned(places: int, step: int = 1) -> list[int]:
    """Places for a test beside the one that takes all: of the first half, in which nothing is published yet, every fifth."""
    return [*range(0, places // 2, 5), *range(places // 2, places, step)]
