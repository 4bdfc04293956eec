"""Python loads this at its start. It kills the process after so many operations on the files of results/current, as a node that is
taken away would: between two of them, with nothing done behind it."""

import os
import shutil

_left = int(os.environ.get("PORTAL_SANDBOX_KILLED_AFTER", "0"))


def _counted(work):
    def operation(source, target, *rest, **named):
        global _left
        done = work(source, target, *rest, **named)
        if os.path.dirname(os.fspath(target)).replace(os.sep, "/").endswith("results/current"):
            _left -= 1
            if _left == 0:
                os._exit(137)
        return done

    return operation


if _left > 0:
    os.replace = _counted(os.replace)
    shutil.copyfile = _counted(shutil.copyfile)
