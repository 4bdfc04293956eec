"""## The ingest

Profile, check, clean, sum, write the run's folder, and publish to `current/`.
"""

from datetime import datetime, timezone

from asking import undecided
from checks import failure_reason
from cleaning import clean
from content import fetched, refuse_other_content
from deltatable import delta_table_of
from documents import json_bytes, utc_text
from failure import RunFailed
from kpis import build_kpis, funnel_figures
from lakehouse import CSV, KPIS, OUTPUTS, PARQUET, PROFILE, describe
from options import parsed_options
from outputs import write_outputs
from profiling import build_profile
from progress import say
from publication import publish
from reading import Source
from running import Run, carry_out, start_run
from survey import Survey, survey


def run_ingest(
    lakehouse_root: str,
    input_file: str,
    run_id: str,
    requested_by: str,
    total_visitors: int,
    converting_visitors: int,
    read_options: str = "",
    input_sha256: str = "",
    lock_url: str = "",
    delta_table: str = "",
) -> dict:
    """Runs the whole job and returns its kpis.json. Raises RunFailed with one sentence."""
    run = start_run(
        lakehouse_root,
        run_id,
        lock_url,
        kind="ingest",
        notebook_name="sales_ingest",
        requested_by=requested_by,
        input_file=input_file,
        funnel=funnel_figures(int(total_visitors or 0), int(converting_visitors or 0)),
    )
    return carry_out(run, lambda started: ingest(started, read_options, input_sha256), lambda lakehouse: delta_table_of(lakehouse, delta_table))


def ingest(run: Run, read_options: str, input_sha256: str) -> dict:
    """The work of a started run."""
    options = parsed_options(read_options)
    facts = run.metadata
    path = run.lakehouse.import_file(facts["input_file"])
    modified = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    content, digest = fetched(path, run.scratch / "import")
    file = {
        "name": facts["input_file"],
        "size_bytes": content.size,
        "sha256": digest,
        "last_modified": utc_text(modified),
    }
    facts.update(input_sha256=file["sha256"], input_size_bytes=content.size)
    say(f"{file['name']}: {content.size:,} bytes, SHA-256 {file['sha256']}")
    refuse_other_content(file["name"], file["sha256"], input_sha256)

    found = surveyed(Source(file["name"], content, options), options)
    table = found.table
    profile = build_profile(found, file, run.generator, facts["run_id"])
    reading = profile["reading"]
    facts.update(read_options=reading["options"], headers=table.file_names)
    summary = profile["validation"]
    say(f"{table.row_count:,} rows, {len(table.names)} columns; validation: {summary['status']}")
    run.write_output(PROFILE, json_bytes(profile))
    if reading["questions"]:
        raise RunFailed(undecided(reading["questions"]))
    if summary["status"] == "failed":
        raise RunFailed(failure_reason(summary["checks"]))

    cleaned = clean(found)
    say(f"{cleaned.count:,} cleaned rows")
    write_outputs(cleaned, run.scratch / CSV, run.scratch / PARQUET)
    say(f"{CSV} and {PARQUET} are written")
    kpis = build_kpis(cleaned, reading, found.row_is, file["name"], file["sha256"], facts["funnel"], run.generator, facts["run_id"])
    say("KPIs are computed")
    for name in (CSV, PARQUET):
        run.put(run.scratch / name, run.folder / name)
    run.write_output(KPIS, json_bytes(kpis))

    facts.update(rows=cleaned.rows)
    publish(run, [describe(run.scratch / name) for name in OUTPUTS])
    say("published")
    return kpis


def surveyed(source: Source, options: dict) -> Survey:
    """Reads the file, and finds how it is to be read."""
    sheet = source.first_sheet
    rows = len(source.grid(sheet))
    say(f"{rows:,} rows are read" if sheet is None else f"{rows:,} rows of the sheet {sheet} are read")
    found = survey(source, options)
    say("how its values are written is found")
    return found
