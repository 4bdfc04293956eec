"""## The outcome of a check

In the form that it has in `import_profile.json`.
"""

MOST_EXAMPLES = 5
MOST_CHARACTERS = 80


def outcome(check: str, severity: str, passed: bool, count: int, message: str, examples: list[dict] | None = None) -> dict:
    return {"id": check, "severity": severity, "passed": passed, "count": count, "message": message, "examples": examples or []}


def example(address: str, text: str | None) -> dict:
    return {"cell": address, "value": (text or "")[:MOST_CHARACTERS]}


def share_of_rows(count: int, total: int) -> str:
    """So many of the file's rows."""
    return f"{count:,} of {total:,} {'row' if total == 1 else 'rows'}"
