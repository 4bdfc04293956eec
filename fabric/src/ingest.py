"""## The ingest

Profile, check, clean, sum, write the run's folder, and publish to `current/`.
"""

import hashlib
from datetime import datetime, timezone

from checks import failure_reason
from cleaning import clean
from documents import json_bytes, utc_now, utc_text
from failure import RunFailed
from kpis import build_kpis, funnel_figures
from lakehouse import CSV, KPIS, OUTPUTS, PARQUET, PROFILE, Publication, describe, put
from outputs import write_csv, write_parquet
from profiling import build_profile
from reading import read_table
from running import Run, carry_out, start_run


def run_ingest(lakehouse_root: str, input_file: str, run_id: str, requested_by: str, total_visitors: int, converting_visitors: int) -> dict:
    """Runs the whole job and returns its kpis.json. Raises RunFailed with one sentence."""
    run = start_run(
        lakehouse_root,
        run_id,
        kind="ingest",
        notebook_name="sales_ingest",
        requested_by=requested_by,
        input_file=input_file,
        funnel=funnel_figures(int(total_visitors or 0), int(converting_visitors or 0)),
    )
    return carry_out(run, ingest)


def ingest(run: Run) -> dict:
    """The work of a started run."""
    facts = run.metadata
    path = run.lakehouse.import_file(facts["input_file"])
    modified = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    data = path.read_bytes()
    file = {
        "name": facts["input_file"],
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "last_modified": utc_text(modified),
    }
    facts.update(input_sha256=file["sha256"], input_size_bytes=len(data))
    print(f"{file['name']}: {len(data):,} bytes, SHA-256 {file['sha256']}")

    table = read_table(file["name"], data)
    profile = build_profile(table, file, run.generator, facts["run_id"])
    summary = profile["validation"]
    print(f"{table.row_count:,} rows, {len(table.names)} columns; validation: {summary['status']}")
    write_output(run, PROFILE, json_bytes(profile))
    if summary["status"] == "failed":
        raise RunFailed(failure_reason(summary["checks"]))

    cleaned = clean(table)
    print(f"{cleaned.count:,} cleaned rows")
    write_csv(cleaned, run.scratch / CSV)
    write_parquet(cleaned, run.scratch / PARQUET)
    kpis = build_kpis(cleaned, file["name"], file["sha256"], facts["funnel"], run.generator, facts["run_id"])
    for name in (CSV, PARQUET):
        put(run.scratch / name, run.folder / name)
    write_output(run, KPIS, json_bytes(kpis))

    publication = Publication(run.lakehouse, run.scratch)
    try:
        publication.prepare()
        # The run's own record comes first: what current/ shows always belongs to a run that has succeeded.
        run.save(status="succeeded", finished_at=utc_now(), rows=cleaned.rows, outputs=[describe(run.scratch / name) for name in OUTPUTS])
        publication.commit()
    finally:
        publication.discard()
    return kpis


def write_output(run: Run, name: str, content: bytes) -> None:
    """Keeps an output in the local folder, for publishing, and in the run's."""
    (run.scratch / name).write_bytes(content)
    put(run.scratch / name, run.folder / name)
