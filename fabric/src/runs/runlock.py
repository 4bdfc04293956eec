"""## The run lock

The portal lets one run work at a time: its database names the run that holds the lock. Where the pipeline gives the notebook an address
that tells which run that is, the notebook asks it before it publishes.
"""

import json
from urllib.error import URLError
from urllib.request import urlopen

from failure import RunFailed

LOCK_TIMEOUT = 20  # seconds
LOCK_ANSWER = 1000  # bytes of the answer that are read


def ask_run_lock(lock_url: str, run_id: str) -> None:
    """Raises RunFailed where another run, or none, holds the lock, or where that can't be found out; an empty address says nothing.
    The address may hold a secret, so no message has it."""
    if not lock_url:
        return
    if not lock_url.startswith("https://"):
        raise RunFailed("The parameter lock_url must be an address that begins with https://.")
    try:
        with urlopen(lock_url, timeout=LOCK_TIMEOUT) as answer:
            text = answer.read(LOCK_ANSWER).decode("utf-8", "replace")
    except (URLError, OSError, ValueError) as error:
        raise RunFailed(f"The run lock could not be asked for ({type(error).__name__}), so nothing was published: look at lock_url, and start a new run.") from None
    holder = holder_in(text)
    if holder != run_id:
        raise RunFailed(f"This run does not hold the run lock any more ({'run ' + holder if holder else 'no run'} does), so nothing was published: start a new run.")


def holder_in(text: str) -> str:
    """The run that an answer names: plain text, or JSON with the field run_id."""
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    if isinstance(found, dict):
        found = found.get("run_id")
    return found.strip()[:36] if isinstance(found, str) else ""
