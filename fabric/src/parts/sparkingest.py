"""## The ingest on Spark

As the ingest of one node: read, check, clean, sum, publish; for a file or a folder of files of any size, read in parts by tasks
(contract/RULES.md, Large inputs).
"""

import hashlib
import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from asking import undecided
from checks import Failing, failure_reason, run_checks, validation
from cleaning import row_counts
from cluster import RDD, Cluster
from content import on_own_disk, refuse_other_content
from dateranges import range_document
from documents import json_bytes, sha256_of, utc_text
from failure import RunFailed
from figures import histogram_document
from forms import evidence_of, first_forms
from header import name_columns, table_of
from inputparts import PART_BYTES, PART_ROWS, WHOLE_BYTES, Input, InputFile, cut_parquet, cut_texts, input_at, tell_format
from kpis import funnel_figures, kpis_document
from kpisums import KpiSums
from lakehouse import CSV, KPIS, OUTPUTS, PARQUET, PROFILE, Lakehouse, describe, remove
from ledger import Choice, Counted
from options import parsed_options
from partchecks import Decided, PartFacts, SampledTable, part_facts, plus_facts, sampled_cells
from partoutputs import SINGLE_BYTES, WrittenPart, described_folder, join_csv, join_parquet, place_part, write_part
from parttables import HeadSource, Layout
from parttallies import MOST_DIFFERENT, column_result
from profiling import SAMPLE_ROWS, profile_document
from progress import say
from publication import publish
from reporttable import MOUNT
from running import Run, carry_out, start_run
from sparkrows import PartRows, SparkLedger
from sparktable import spark_table_of
from survey import Survey, ask_columns, say_header, survey_rows
from textchecks import StrangeTexts
from textfile import ragged
from verdicts import MOST_EXAMPLES


class Sizes(NamedTuple):
    """The stated sizes: bytes and rows of a part, bytes of a text that can't be cut, different values that are counted one by one, and bytes of
    an output that is one file."""

    part_bytes: int = PART_BYTES
    part_rows: int = PART_ROWS
    whole_bytes: int = WHOLE_BYTES
    different: int = MOST_DIFFERENT
    single_bytes: int = SINGLE_BYTES


STATED = Sizes()


def run_ingest_spark(
    spark: Any,
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
    sizes: Sizes = STATED,
) -> dict:
    """Runs the whole job on a Spark session and returns its kpis.json. input_file names a file or a folder. Raises RunFailed with one sentence."""
    run = start_run(
        lakehouse_root,
        run_id,
        lock_url,
        kind="ingest",
        notebook_name="sales_ingest_spark",
        requested_by=requested_by,
        input_file=input_file,
        funnel=funnel_figures(int(total_visitors or 0), int(converting_visitors or 0)),
    )
    cluster = Cluster(spark)
    try:
        return carry_out(
            run,
            lambda started: ingest_parts(started, cluster, read_options, input_sha256, sizes),
            lambda lakehouse: spark_table_of(spark, lakehouse, delta_table, lambda path: spark_address(lakehouse, path)),
        )
    finally:
        cluster.release()
        shutil.rmtree(run.folder / PARTS, ignore_errors=True)


def spark_address(lakehouse: Lakehouse, path: Path) -> str:
    """Where Spark finds a path of the lakehouse: in Fabric at OneLake's own address, as each node has its own mount."""
    if lakehouse.files.parent != Path(MOUNT):
        return f"file://{path.resolve()}"
    import notebookutils

    context = notebookutils.runtime.context
    workspace, item = context.get("defaultLakehouseWorkspaceId"), context.get("defaultLakehouseId")
    if not workspace or not item:
        raise RunFailed("It is not known in which lakehouse the table is: attach the default lakehouse to the notebook.")
    return f"abfss://{workspace}@onelake.dfs.fabric.microsoft.com/{item}/{path.relative_to(lakehouse.files.parent).as_posix()}"


def ingest_parts(run: Run, cluster: Cluster, read_options: str, input_sha256: str, sizes: Sizes) -> dict:
    """The work of a started run."""
    options, facts = parsed_options(read_options), run.metadata
    facts["environment"]["spark"] = cluster.context.version
    found = input_at(run.lakehouse.import_file(facts["input_file"], or_folder=True))
    cluster.each(InputFile.check, found.files)
    modified = datetime.fromtimestamp(max(one.changed for one in found.files), timezone.utc)
    digest = digest_of(cluster, found)
    file = {"name": found.name, "size_bytes": found.size, "sha256": digest, "last_modified": utc_text(modified)}
    facts.update(input_sha256=digest, input_size_bytes=found.size)
    say(f"{found.name}: {len(found.files):,} files, {found.size:,} bytes, SHA-256 {digest}")
    refuse_other_content(found.name, digest, input_sha256)

    tell_format(found)
    surveyed = PartSurvey(cluster, found, options, sizes)
    profile = surveyed.profile(file, run.generator, facts["run_id"])
    reading, table = profile["reading"], surveyed.table
    facts.update(read_options=reading["options"], headers=table.file_names)
    summary = profile["validation"]
    say(f"{table.row_count:,} rows in {len(found.parts):,} parts, {len(table.names)} columns; validation: {summary['status']}")
    run.write_output(PROFILE, json_bytes(profile))
    if reading["questions"]:
        raise RunFailed(undecided(reading["questions"]))
    if summary["status"] == "failed":
        raise RunFailed(failure_reason(summary["checks"]))

    written, sums = surveyed.write(run.folder / PARTS)
    count = sum(one.rows for one in written)
    say(f"{count:,} cleaned rows")
    rows = row_counts(surveyed.found, count, sum(one.bad_dates for one in written), sum(one.bad_numbers for one in written))
    kpis = kpis_document(sums, reading, surveyed.found.row_is, found.name, digest, facts["funnel"], run.generator, facts["run_id"])
    say("KPIs are computed")
    cluster.each(InputFile.check, found.files)
    outputs = {name: place_output(run, cluster, name, written, sizes.single_bytes) for name in (PARQUET, CSV)}
    run.write_output(KPIS, json_bytes(kpis))
    outputs |= {name: describe(run.scratch / name) for name in (PROFILE, KPIS)}

    facts.update(rows=rows)
    publish(run, [outputs[name] for name in OUTPUTS])
    say("published")
    return kpis


PARTS = ".parts"
MOST_OUTPUT_PARTS = 10_000  # of an output: the manifest lists them, and who reads it takes 4 MB


def digest_of(cluster: Cluster, found: Input) -> str:
    """The SHA-256 of a file; of a folder that of its files' lines, each a SHA-256, two blanks, a name and a line feed."""
    digests = cluster.each(lambda file: sha256_of(Path(file.path)), found.files)
    if not found.is_folder:
        return digests[0]
    return hashlib.sha256("".join(f"{digest}  {file.name}\n" for digest, file in zip(digests, found.files)).encode()).hexdigest()


def place_output(run: Run, cluster: Cluster, name: str, written: list[WrittenPart], most: int) -> dict:
    """Makes one file of an output's parts, or a folder of them where they have more than most bytes; as run_metadata.json lists it."""
    files = [one.files[name] for one in written if name in one.files]
    sources = [run.folder / PARTS / name / file for file, _, _ in files]
    if sum(size for _, size, _ in files) <= most:
        check_arrived(name, [path.stat().st_size == size for path, (_, size, _) in zip(sources, files)])
        with on_own_disk(name):
            (join_csv if name == CSV else join_parquet)(sources, run.scratch / name)
        if (run.folder / name).is_dir():
            shutil.rmtree(run.folder / name)
        run.put(run.scratch / name, run.folder / name)
        return describe(run.scratch / name)
    if len(files) > MOST_OUTPUT_PARTS:
        source = run.metadata["input_file"]
        raise RunFailed(f"{source} has so many files that {name} would have {len(files):,} parts, more than {MOST_OUTPUT_PARTS:,}: put its rows into fewer files.")
    target = run.folder / name
    if target.is_dir():  # of a try of this run that was stopped
        shutil.rmtree(target)
    remove(target)
    target.mkdir()
    check_arrived(name, cluster.each(place_part, [(str(path), str(target / path.name), size) for path, (_, size, _) in zip(sources, files)]))
    return described_folder(name, files)


def check_arrived(name: str, whole: list[bool]) -> None:
    """Raises RunFailed where a part is not there as it was written."""
    if not all(whole):
        raise RunFailed(f"A part of {name} did not arrive whole in the run's folder: start a new run.")


class PartSurvey:
    """How an input in parts is read, and what its rows come to."""

    def __init__(self, cluster: Cluster, found: Input, options: dict, sizes: Sizes):
        self.cluster, self.sizes = cluster, sizes
        if "sheet" in options:
            raise RunFailed(f"{found.name} has no sheets: leave out the name of one.")
        if found.format == "parquet":
            cut_parquet(found, cluster.each, sizes.part_rows)
        else:
            cut_texts(found, cluster.each, options, sizes.part_bytes, sizes.whole_bytes)
        layout = self.layout = Layout(found, options, offsets=[0] * len(found.files), starts=[0] * (len(found.parts) + 1))
        source = HeadSource(layout)
        head, assignment, above = table_of(source, None, options)  # type: ignore[arg-type]
        layout.header_row, layout.headers, layout.file_names = head.header_row, head.headers, head.file_names
        layout.names = list(head.names)
        table = self.table = SampledTable(found.format, head.grid, text=layout.text, left_out_columns=list(found.left_out))
        layout.head(table)
        self.found = Survey(table, options, first_forms(options), dict(assignment.columns))
        if table.headers:
            name_columns(table, assignment.columns)
            layout.names = list(table.names)
        layout.roles = dict(assignment.columns)
        layout.offsets = [0, *np.cumsum([records - layout.header_row for records in found.records[:-1]]).tolist()] if found.records else [0]
        self.rows = PartRows(cluster, layout, sizes.different)
        self.rows.count()
        table.rows = layout.rows
        if table.is_csv:
            table.text |= {name: ragged(rows.rows.tolist(), rows.more) for name, rows in self.rows.ragged.items()} | {"shifted_rows": ragged([])}
        self.found.rows, self.rows.survey = self.rows, self.found  # type: ignore[assignment]
        if found.escaped_quotes and "quoting" not in options:
            self.found.found_options["quoting"] = "backslash"
            self.found.say("quoting", evidence_of([('\\"', found.escaped_quotes)]))
        say_header(self.found, assignment, above)
        if assignment.possible and not assignment.required:
            ask_columns(self.found, assignment)
        elif assignment.possible:
            survey_rows(self.found)
        self.decide()

    def decide(self) -> None:
        """Keeps the rows of the parts as they are read in the end, with what is counted of their columns."""
        outcome, found = self.found.outcome, self.found
        # The columns were counted with the rows, where these were looked at.
        self.ledger: SparkLedger = outcome.ledger if outcome else SparkLedger(self.rows, found.forms, None, counted=True)  # type: ignore[assignment]
        choice = outcome.choice if outcome else Choice(False, False)
        self.decided = Decided(self.layout, found.forms, outcome is not None, choice, found.row_is)
        self.marked: RDD = self.ledger.marked(choice)

    def profile(self, file: dict, generator: dict, run_id: str) -> dict:
        """import_profile.json."""
        layout, decided, found = self.layout, self.decided, self.found
        results = dict(self.cluster.collect(self.ledger.column_states().map(lambda pair: (pair[0], column_result(layout, *pair)))))
        columns = [results[place][0] for place in range(len(layout.names))]
        ends = {place: result[2] for place, result in results.items() if result[2] is not None}
        nothing = PartFacts(Failing({}, [], StrangeTexts(), {}), np.zeros(0, np.int64), {}, {})
        self.facts = self.cluster.sum(self.marked.map(lambda kept: part_facts(decided, kept, ends)), plus_facts, nothing)
        for place, counts in self.facts.bins.items():
            kind, low, high = ends[place]
            columns[place]["histogram"] = histogram_document(kind, low, high, counts)
        self.table.take_cells(self.cells())
        checked = validation(run_checks(found, self.facts.failing))
        name, days = "order_date", self.facts.days
        if "order_date" not in layout.names:
            place = next((c for c, column in enumerate(columns) if column["type"] in ("date", "datetime")), None)
            name, days = ("", days) if place is None else (layout.file_names[place], results[place][1])
        samples = self.ledger.samples(SAMPLE_ROWS)
        return profile_document(found, file, generator, run_id, columns, self.ledger.repeated_rows(), range_document(name, days), checked, samples)

    def cells(self) -> dict:
        """The cells of the rows that are examples, by their numbers."""
        failing, outcome = self.facts.failing, self.found.outcome
        strange = failing.strange.decided
        several: list[Counted] = [*failing.rows.values(), strange.cells, *(rows for of in failing.currencies for rows in of.rows.values())]
        if outcome is not None:
            several += [*outcome.no_orders, *outcome.missing.values()]
        wanted = sorted({int(row) for counted in several for row in counted.rows[:MOST_EXAMPLES]})
        by_part = self.parts_of(wanted)
        if not by_part:
            return {}
        decided = self.decided
        kept = self.ledger.rows.filter(lambda kept: kept[0][0]["part"].place in by_part)
        found: dict = {}
        for cells in self.cluster.collect(kept.map(lambda kept: sampled_cells(decided, kept, by_part[kept[0][0]["part"].place]))):
            found |= cells
        return found

    def parts_of(self, numbers: list[int]) -> dict[int, list[int]]:
        """The numbers of rows by the part in which they stand."""
        layout = self.layout
        found: dict[int, list[int]] = {}
        firsts = np.array([part.before + 1 + layout.offsets[part.file] + (layout.header_row if part.file and not part.before else 0) for part in layout.input.parts])
        for number in numbers:
            found.setdefault(int(np.searchsorted(firsts, number, "right")) - 1, []).append(number)
        return found

    def write(self, folder: Path) -> tuple[list[WrittenPart], KpiSums]:
        """Writes the cleaned rows of all parts, and sums them up."""
        for name in (CSV, PARQUET):
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir(parents=True)
        decided, kinds, place = self.decided, written_kinds(self.facts), str(folder)
        written = self.cluster.keep(self.marked.map(lambda kept: write_part(decided, kept, kinds, place)))
        parts = self.cluster.collect(written.map(lambda pair: pair[0]))
        sums = self.cluster.sum(written.map(lambda pair: pair[1]), plus_sums, KpiSums())
        assert self.found.outcome is not None
        sums.orders_without_amount = self.found.outcome.sums.orders_without_amount  # type: ignore[attr-defined]
        sums.order_ids_by_case = self.facts.failing.rows["order_id_case"].count
        return sorted(parts, key=lambda one: one.place), sums


def written_kinds(facts: PartFacts) -> dict[str, str]:
    """What the columns are written as whose values say so."""
    return {name: ("int64" if shape.whole else "double") if name == "quantity" else shape.kind for name, shape in facts.shapes.items()}


def plus_sums(one: KpiSums, other: KpiSums) -> KpiSums:
    one.add(other)
    return one


