"""Files made after public complaints of people who read such tables (../shared/cases, which is no part of the project): what is right, and what comes out."""

import re
from pathlib import Path

import pytest

from conftest import FABRIC, cells_of, profile_of, surveyed
from failure import RunFailed

FOLDER = FABRIC.parent.parent / "shared" / "cases"
LINE = re.compile(r"\| (\S+) \| .*? \| ([^|]*) \| [^|]* \|")
PART = re.compile(r"(rows|revenue|orders|dmin|dmax|header|hidden|refuse|say|undated|dates|numbers|blank|channel) (.*?)(?=, (?:rows|revenue|orders|dmin|dmax|header|hidden|refuse|say|undated|dates|numbers|blank|channel) |$)", re.DOTALL)


def found_folder() -> Path | None:
    """The folder beside the project, or beside the checkout that a worktree belongs to."""
    places = [FOLDER, FABRIC.parent.parent.parent / "shared" / "cases"]
    return next((place for place in places if (place / "cases.md").exists()), None)


def wanted_cases() -> dict[str, dict[str, str]]:
    folder = found_folder()
    if folder is None:
        return {}
    text = (folder / "cases.md").read_text(encoding="utf-8").replace("Line\none", "Line one").replace("\\|", "/")
    found = {name: dict(PART.findall(right)) for name, right in LINE.findall(text)}
    return {name: right for name, right in found.items() if (folder / name).exists()}


def outcome_of(name: str, data: bytes) -> dict:
    """What the notebook makes of a file, in the words of the table."""
    try:
        found = surveyed(name, data)
    except RunFailed as refused:
        return {"refuse": str(refused)}
    profile = profile_of(name, data)
    reading = found.outcome.reading() if found.outcome else {"total_revenue": None, "orders": None, "first_day": None, "last_day": None}
    readings = [reading, *(r for question in found.questions for r in question["readings"])]
    failed = [check["id"] for check in profile["validation"]["checks"] if not check["passed"]]
    kinds = [column["type"] for column in profile["columns"]]
    return {
        "refuse": profile["validation"]["status"] == "failed",
        "rows": {profile["row_count"], profile["row_count"] - sum(kind["rows"] for kind in profile["reading"]["left_out"])},
        "revenue": {r["total_revenue"] for r in readings},
        "orders": {r["orders"] for r in readings},
        "dmin": {r["first_day"] for r in readings},
        "dmax": {r["last_day"] for r in readings},
        "header": {profile["header_row"]},
        "hidden": {profile["hidden_rows"]},
        "dates": {sum(kind in ("date", "datetime", "time") for kind in kinds)},
        "numbers": {sum(kind in ("integer", "decimal") for kind in kinds)},
        "channel": {row[2] for row in profile["sample_rows"] if len(row) > 2},
        "blank": {f"C{number}" for number, cell in zip(found.table.row_numbers, cells_of(found.table)[2] if len(cells_of(found.table)) > 2 else []) if cell is None},
        "said": failed + [f["option"] for f in profile["reading"]["found"]] + profile.get("left_out_columns", []),
        "asked": [question["id"] for question in found.questions],
    }


def is_right(key: str, wanted: str, got: dict) -> bool:
    """Whether what came out is right: a figure, or a question of which one reading has it; what is to be said is said in some way."""
    if isinstance(got["refuse"], str):
        return key in ("refuse", "say")
    if key == "refuse":
        return bool(got["refuse"])
    if key in ("say", "undated") or wanted == "say":
        return bool(got["said"] or got["asked"] or got["refuse"] or got.get(key))
    if key == "revenue":
        return float(wanted) in got["revenue"]
    if key in ("dmin", "dmax", "blank"):
        return wanted in got[key]
    if key == "channel":
        return any(isinstance(value, str) and " ".join(value.split()) == " ".join(wanted.split()) for value in got[key])
    return int(wanted) in got[key]


CASE_FILES = wanted_cases()


@pytest.mark.skipif(not CASE_FILES, reason="the case files stand in ../shared/cases, which is missing")
def test_case_files():
    wrong = []
    print(f"\n{'case':40} wanted | got")
    for name, wanted in CASE_FILES.items():
        got = outcome_of(name, (found_folder() / name).read_bytes())
        shown = got["refuse"] if isinstance(got["refuse"], str) else {key: sorted(map(str, got[key])) for key in wanted if key in got and key not in ("refuse", "channel")} | {"asked": got["asked"]}
        print(f"{name:40} {wanted} | {shown}")
        bad = [key for key, value in wanted.items() if not is_right(key, value, got)]
        if bad:
            wrong.append((name, bad, wanted, shown))
    assert len(CASE_FILES) > 90
    assert not wrong, "\n".join(map(str, wrong))
