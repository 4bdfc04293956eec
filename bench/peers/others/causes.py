"""Says of a file whether our reading and those of others differ, and why. What has no cause here is "unknown": look at the file,
mend the reader, or write the file's hash with the reason into judged.tsv."""

from pathlib import Path
from typing import Any

Answer = dict[str, Any]

SAME = "same"
ONE_AGREES = "one of the others says the same as we do"
NOT_READ = "no other reads it"
ONLY_LISTS = "we refuse what has lists and records only"
QUOTES = "we stop at quotes that don't match, or at zero characters"
NO_DAY = "a serial number without a day (below 1, or 60) stays a number"
NO_TEXT = "we refuse it as no text, or of another kind"
TOO_LONG = "the others took too long"
NOT_OURS = {ONE_AGREES, NOT_READ, ONLY_LISTS, QUOTES, NO_DAY, NO_TEXT, TOO_LONG}  # by contract/RULES.md, or not to be compared

FIGURES = ("numbers", "sum", "moments", "first", "last", "clocks", "seconds", "bools", "trues", "texts", "crc", "errors")
JUDGED = dict(line.split("\t") for line in Path(__file__).with_name("judged.tsv").read_text(encoding="utf-8").splitlines())


def close(a: float, b: float) -> bool:
    """Sums depend on the order of adding."""
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1.0)


def moment(text: Any) -> str:
    """A moment as we write it, whoever has written this one."""
    moment = str(text or "").replace(" ", "T")[:19]
    return moment + "T00:00:00" if len(moment) == 10 else moment


def differences(ours: Answer, peer: Answer) -> set[str]:
    """What two readings of a file differ in; what the other says nothing of does not count."""
    mine = ours["columns"] or []
    if len(mine) != len(peer["columns"]):
        return {"columns"}
    found = {"rows"} if ours["rows"] != peer["rows"] else set()
    for a, b in zip(mine, peer["columns"], strict=True):
        for figure in FIGURES:
            if figure in ("first", "last"):
                if "moments" in b and moment(a.get(figure)) != moment(b.get(figure)):
                    found.add(figure)
            elif figure in b and not (close(a[figure], b[figure]) if figure in ("sum", "seconds") else a[figure] == b[figure]):
                found.add(figure)
    return found


def cause(digest: str, ours: Answer, others: dict[str, Answer]) -> str:
    """The cause of a difference; "same" where there is none."""
    read = {name: a for name, a in others.items() if "refused" not in a}
    if ours["format"] == "csv":  # the other ones find a dialect and types by themselves: see text_figures
        read = {name: a for name, a in read.items() if name == "python"}
    why = ours.get("refused") or ours.get("stopped") or ""
    if ours["format"] == "csv" and ours.get("refused"):
        return NO_TEXT
    if others and not read:
        return NOT_READ
    if "holds lists or records" in why:
        return ONLY_LISTS
    if ours["format"] == "csv" and ("quotation marks" in why or "NUL" in why):
        return QUOTES
    if not why and read:
        found = [differences(ours, a) for a in read.values()]
        if not any(found):
            return SAME
        if not all(found):
            return ONE_AGREES
        if ours["format"] == "xlsx" and set().union(*found) <= {*FIGURES[:7]} and all(same_places(ours, a) for a in read.values()):
            return NO_DAY
    return JUDGED.get(digest[:16], "unknown" if others else TOO_LONG)


def same_places(ours: Answer, peer: Answer) -> bool:
    """Says whether each column holds as many numbers, moments and times together: what differs is which of these they are."""
    kinds = ("numbers", "moments", "clocks")
    return all(sum(a[k] for k in kinds) == sum(b[k] for k in kinds) for a, b in zip(ours["columns"], peer["columns"], strict=True))


def text_figures(ours: Answer, peer: Answer) -> str:
    """How what a reader finds in a text file by itself differs from our profile of it."""
    mine = ours["columns"] or []
    if len(mine) != len(peer["columns"]):
        return "other columns"
    if ours["rows"] != peer["rows"]:
        return "other rows"
    for a, b in zip(mine, peer["columns"], strict=True):
        if b.get("numbers") and "total" in a and not close(a["total"], b["sum"]):
            return "other sums"
        if b.get("moments") and a["type"] in ("date", "datetime") and (moment(a["least"]), moment(a["most"])) != (moment(b["first"]), moment(b["last"])):
            return "other dates"
        if (b.get("numbers") and "total" not in a) or (b.get("moments") and a["type"] not in ("date", "datetime")):
            return "numbers or dates where we find none"
    return "same sums and dates"
