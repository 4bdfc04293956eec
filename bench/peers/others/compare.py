"""Shows every workbook, text and Parquet file below a folder to our reader and to those of others, and sorts the differences by cause.

Usage: compare.py OUR_PROGRAM FOLDER [RESULTS]
A folder directly below FOLDER is a collection. Files of equal content are read once. Prints tables; each file's answers go
to RESULTS, a JSON document a line. Ends with 1 where our program has failed, or a difference has no known cause.
"""

import hashlib
import json
import os
import re
import select
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from causes import JUDGED, NOT_OURS, SAME, cause, text_figures

Answer = dict[str, Any]
KINDS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv", ".parquet": "parquet", ".parq": "parquet"}
PATIENCE = 60  # seconds for a file


class Program:
    """Answers a line with a line, and is started anew where it ended or takes too long."""

    def __init__(self, *command: str) -> None:
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, question: str) -> Answer | None:
        """The answer; None where there is none."""
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if self.process.stdin is None or self.process.stdout is None:
            return None
        try:
            self.process.stdin.write(question.encode() + b"\n")
            self.process.stdin.flush()
            if select.select([self.process.stdout], [], [], PATIENCE)[0]:
                return json.loads(self.process.stdout.readline())  # type: ignore[no-any-return]
        except (OSError, ValueError):
            pass
        self.process.kill()
        self.process.wait()
        self.process = None
        return None


def files_below(folder: Path) -> tuple[dict[str, Path], int]:
    """The files by the hashes of their contents, and how many were left out as copies."""
    found: dict[str, Path] = {}
    copies = 0
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() in KINDS and p.is_file() and "\n" not in str(p)):
        copies += found.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path) is not path
    return found, copies


def shape(sentence: str, name: str) -> str:
    """A sentence without what is of one file only."""
    return re.sub(r"\d+", "N", re.sub(r'"[^"]*"', '"…"', sentence.replace(name, "FILE")))


def print_counts(title: str, counts: Counter[Any]) -> None:
    print(f"\n{title}")
    for what, n in counts.most_common():
        print(f"{n:6}  {what if isinstance(what, str) else ', '.join(what)}")


class Readers(threading.local):
    """Ours and those of others, for each thread."""

    def __init__(self, program: str) -> None:
        self.ours = Program(program)
        self.others = Program(sys.executable, str(Path(__file__).with_name("readers.py")))

    def answers(self, path: Path) -> tuple[Answer | None, dict[str, Answer]]:
        """What we say of a file, and what others say; nothing where our program has failed."""
        mine = self.ours.ask(str(path))
        if mine is None or mine.get("panic"):
            return None, {}
        mine["format"] = {"": KINDS[path.suffix.lower()], "xlsm": "xlsx"}.get(mine.get("format", ""), mine.get("format"))
        return mine, self.others.ask(json.dumps(mine)) or {}


def main(program: str, folder: str, results: str = "") -> int:
    readers = Readers(program)
    collections: dict[str, Counter[str]] = defaultdict(Counter)
    refusals, causes, texts = Counter[Any](), Counter[Any](), Counter[Any]()
    failed, unknown = [], []
    files, copies = files_below(Path(folder))
    with open(results or os.devnull, "w", encoding="utf-8") as out, ThreadPoolExecutor(os.cpu_count()) as threads:
        for (digest, path), (mine, theirs) in zip(files.items(), threads.map(readers.answers, files.values()), strict=True):
            count = collections[path.relative_to(folder).parts[0]]
            count["files"] += 1
            if mine is None:
                count["failed"] += 1
                failed.append(str(path))
                continue
            why = mine.get("refused") or mine.get("stopped")
            count["refused" if mine.get("refused") else "stopped" if why else "read"] += 1
            if why:
                refusals[mine["format"], shape(why, path.name)] += 1
            what = cause(digest, mine, theirs)
            causes[mine["format"], what] += 1
            count["same" if what == SAME else "explained" if what in NOT_OURS or digest[:16] in JUDGED else "unknown"] += 1
            if not (what == SAME or what in NOT_OURS or digest[:16] in JUDGED):
                unknown.append(f"{digest[:16]} {path}: {what}")
            if mine["format"] == "csv" and not why:
                texts.update((name, text_figures(mine, a)) for name, a in theirs.items() if name != "python" and "refused" not in a)
            out.write(json.dumps({"file": str(path), "sha256": digest, "cause": what, "ours": mine, "others": theirs}, ensure_ascii=False) + "\n")
    columns = ("files", "read", "refused", "stopped", "failed", "same", "explained", "unknown")
    print(f"{'collection':40}" + "".join(f"{c:>10}" for c in columns))
    for name, count in [*sorted(collections.items()), ("all", sum(collections.values(), Counter()))]:
        print(f"{name:40}" + "".join(f"{count[c]:10}" for c in columns))
    print(f"{copies} copies of these were not read again.")
    print_counts("What we refuse, or do not read to its end:", refusals)
    print_counts("Beside the readers of others:", causes)
    print_counts("Text files beside readers that find dialect and types by themselves:", texts)
    print("\nWithout a known cause:", *unknown or ["none"], sep="\n  ")
    print("\nOur program has failed with:", *failed or ["none"], sep="\n  ")
    return 1 if failed or unknown else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
