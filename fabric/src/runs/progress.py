"""## Progress

Lines with the time of day, so that whoever opens a run in Fabric sees how far it is and where its time went.
"""

from datetime import datetime, timezone
from time import monotonic

STARTED = monotonic()


def say(text: str) -> None:
    """Prints a line: UTC, seconds since the notebook began, what is done."""
    print(f"{datetime.now(timezone.utc):%H:%M:%S} {monotonic() - STARTED:8.1f} s  {text}", flush=True)
