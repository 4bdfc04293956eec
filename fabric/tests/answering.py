"""Answers what the notebook makes of files, for the test that compares that with what the desktop makes of them (internal/e2e/twosides).

A request is a line of JSON on standard input: path, options (the text of the parameter read_options), funnel, and parquet (where the
cleaned rows are written; empty: nowhere). Its answer is a line of JSON: profile and kpis, the documents, rows, those of run_metadata.json, refused, the sentence with which a run would fail, and
fault, an error that no run should end with. What is not there is null. PYTHONPATH has the folders of the notebook's modules.
"""

import hashlib
import json
import sys
import traceback
from datetime import datetime, timezone
from pathlib import Path

from asking import undecided
from checks import failure_reason
from cleaning import clean
from content import Content
from documents import utc_text
from failure import RunFailed
from kpis import build_kpis
from options import parsed_options
from outputs import write_parquet
from profiling import build_profile
from reading import Source
from survey import survey

GENERATOR = {"name": "sales_ingest", "version": "0"}


def documents(request: dict, answer: dict) -> None:
    """Puts into the answer what a run would write."""
    path = Path(request["path"])
    data = path.read_bytes()
    options = parsed_options(request["options"])
    file: dict = {
        "name": path.name,
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "last_modified": utc_text(datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)),
    }
    found = survey(Source(path.name, Content(data), options), options)
    profile = answer["profile"] = build_profile(found, file, GENERATOR, None)
    if profile["reading"]["questions"]:
        raise RunFailed(undecided(profile["reading"]["questions"]))
    if profile["validation"]["status"] == "failed":
        raise RunFailed(failure_reason(profile["validation"]["checks"]))
    cleaned = clean(found)
    answer["rows"] = cleaned.rows
    answer["kpis"] = build_kpis(cleaned, profile["reading"], found.row_is, path.name, file["sha256"], request["funnel"], GENERATOR, None)
    if request.get("parquet"):
        write_parquet(cleaned, Path(request["parquet"]))


def answered(request: dict) -> dict:
    answer = dict.fromkeys(("profile", "kpis", "rows", "refused", "fault"))
    try:
        documents(request, answer)
    except RunFailed as error:
        answer["refused"] = str(error)
    except Exception:
        answer["fault"] = traceback.format_exc()
    return answer


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answered(json.loads(line)), allow_nan=False), flush=True)


if __name__ == "__main__":
    main()
