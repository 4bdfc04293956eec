"""Python loads this at its start. It kills the process after so many files were put in place in results/current (parts, whose names begin with
a dot, do not count), as a node that is taken away would: with nothing done behind it."""

import os
import shutil

_left = int(os.environ.get("PORTAL_SANDBOX_KILLED_AFTER", "0"))


def _counted(work):
    def operation(source, target, *rest, **named):
        global _left
        done = work(source, target, *rest, **named)
        folder, name = os.path.split(os.fspath(target))
        if folder.replace(os.sep, "/").endswith("results/current") and not name.startswith("."):
            _left -= 1
            if _left == 0:
                os._exit(137)
        return done

    return operation


if _left > 0:
    os.replace = _counted(os.replace)
    shutil.copyfile = _counted(shutil.copyfile)
