"""## The rows of an input in parts

Looks at the rows of all parts in tasks, and brings together what only all of them tell: the forms, the totals, and the rows of an order_id
(contract/RULES.md, Large inputs).
"""

import pickle
from collections.abc import Iterator

import numpy as np

from cluster import RDD, Cluster, by_part, packed
from digests import RowDigests
from forms import Forms, Shown
from inputparts import InputPart
from ledger import Choice, Counted, Figures
from noorders import IS_ORDER, IS_SUSPECT, IS_TOTAL, KINDS, TotalTeller, tell_candidates
from partledger import BucketLedger, MergedSums, PartLedger, StoredLedger, Widths, bare_ledger, merged_figures, widths_of
from parttables import Layout, PartFailed, failure_of, part_survey, part_table
from parttallies import ColumnState, column_state, first_samples, merged_states
from realigning import realign
from survey import Survey, shown_of
from textfile import note_ragged
from typed import typed_values

ROWS_A_BUCKET = 1 << 19  # about, of which a task brings together those of the same order_id
MOST_BUCKETS = 1 << 15


class PartRows:
    """The rows of all parts: counts them, and looks at them for the survey."""

    def __init__(self, cluster: Cluster, layout: Layout, most_different: int):
        self.cluster, self.layout, self.most_different = cluster, layout, most_different
        self.widths = Widths()
        self.ragged: dict[str, Counted] = {}
        self.survey: Survey | None = None  # with whose forms the columns are counted, too

    def count(self) -> None:
        """Counts the rows of each part, whose numbers stand in the layout from then on. Raises RunFailed for a part that can't be read."""
        layout, parts = self.layout, self.layout.input.parts
        layout.starts = [0]
        counted = self.cluster.each(lambda part: counted_part(layout, part), parts)
        for part, (rows, failed, _, _) in zip(parts, counted):
            if failed is not None:
                raise failure_of(layout.input, part, PartFailed(*failed))
            layout.starts.append(layout.starts[-1] + rows)
        self.ragged = {"short_rows": Counted.merged([one[2] for one in counted]), "long_rows": Counted.merged([one[3] for one in counted])}

    def shown(self, roles: dict[str, int]) -> Shown:
        """What the texts of the columns of roles show; notes the widths of the rows beside it."""
        layout = self.layout
        rows = self.cluster.spread(lambda part: shown_part(layout, part, roles), layout.input.parts)
        shown, self.widths = self.cluster.sum(rows, plus_shown, (Shown(), Widths()))
        return shown

    def ledger(self, forms: Forms, roles: dict[str, int]) -> "SparkLedger":
        return SparkLedger(self, forms, roles, counted=self.survey is not None and forms is self.survey.forms)


def counted_part(layout: Layout, part: InputPart) -> tuple[int, tuple[int, str] | None, Counted, Counted]:
    """How many rows a part has, why it can't be read, and its rows that don't fit the header."""
    try:
        table = part_table(layout, part)
    except PartFailed as error:
        return 0, (error.row, error.reason), Counted(), Counted()
    if not table.is_csv or not table.headers:
        return table.row_count, None, Counted(), Counted()
    note_ragged(table)
    short, long = (Counted(np.array(table.text[name]["rows"], np.int64), more=table.text[name]["count"] - len(table.text[name]["rows"])) for name in ("short_rows", "long_rows"))
    return table.row_count, None, short, long


def shown_part(layout: Layout, part: InputPart, roles: dict[str, int]) -> tuple[Shown, Widths]:
    table, last = part_table(layout, part), layout.last(part.place)
    return shown_of(table, roles, layout.options, last), widths_of(table, roles, last)


def plus_shown(one: tuple[Shown, Widths], other: tuple[Shown, Widths]) -> tuple[Shown, Widths]:
    one[0].add(other[0])
    one[1].add(other[1])
    return one


def ledger_part(layout: Layout, part: InputPart, forms: Forms, roles: dict[str, int] | None, widths: Widths, most: int | None) -> tuple[dict, bytes, bytes]:
    """What is kept of a part: its rows, the rows whose kinds the sums tell, and its columns as they are counted. roles is None where the rows are
    not looked at; most is how many different values of a column are counted one by one, None where none are."""
    table = part_table(layout, part)
    candidates = None
    if roles is None:
        stored = bare_ledger(layout, table)
        stored["counted"] = (0, 0)
    else:
        ledger = PartLedger(table, forms, roles, layout.options, layout.last(part.place), widths)
        stored, candidates = ledger.stored(), ledger.candidates
        stored["counted"] = ledger.counted
        if layout.options.get("shifted_rows") == "realign":
            realign(table, ledger.shifts.realignable)
    stored["part"] = part
    stored["candidates"] = 0 if candidates is None else len(candidates.rows)
    columns: tuple[list[ColumnState], np.ndarray, list] = ([], np.zeros((0, 2), np.uint64), [])
    if most is not None:
        found = part_survey(layout, table, forms)
        typed = [typed_values(found, place) for place in range(len(table.names))]
        digests = RowDigests(table.row_count)
        for one in typed:
            digests.add_typed(one)
        wanted = max(20 - layout.starts[part.place], 0)
        columns = ([column_state(found, place, one, most) for place, one in enumerate(typed)], digests.found, first_samples(found, typed, wanted) if wanted else [])
    return stored, packed(candidates), packed(columns)


def stored_kinds(kept: tuple[tuple[dict, bytes, bytes], list]) -> tuple[dict, StoredLedger]:
    """A part's rows with the kinds that the sums told."""
    (stored, _, _), told = kept
    return stored, StoredLedger(stored, told[0] if told else None)


class SparkLedger:
    """The rows of all parts whose values are read in one way: what ledger.Ledger says of a whole table. Rows are said by their numbers."""

    def __init__(self, rows: PartRows, forms: Forms, roles: dict[str, int] | None, counted: bool = False):
        self.cluster, self.layout, self.most = rows.cluster, rows.layout, rows.most_different
        layout, widths, most = self.layout, rows.widths, rows.most_different if counted else None
        parts = layout.input.parts
        self.parts = self.cluster.keep(self.cluster.spread(lambda part: ledger_part(layout, part, forms, roles, widths, most), parts))
        told = self.cluster.collect(self.parts.map(lambda kept: (kept[0]["candidates"], kept[0]["counted"])))
        self.rows = self.with_kinds([one[0] for one in told], [one[1] for one in told])
        self.kinds, self.realignable, self.lost_rows, unsure = self.cluster.sum(self.rows.map(kinds_part), plus_kinds, ({}, Counted(), Counted(), 0))
        for name in KINDS:
            if name != KINDS[IS_ORDER]:
                self.kinds.setdefault(name, Counted())
        self.kinds = {name: self.kinds[name] for place, name in enumerate(KINDS) if place != IS_ORDER}
        self.may_be_orders = unsure
        self.chunks: RDD | None = None
        self.known: dict[Choice, Figures] = {}

    def with_kinds(self, candidates: list[int], counted: list[tuple[int, int]]) -> RDD:
        """The parts, each with the kinds that the sums tell: a task goes through all candidates in their order."""
        number = len(candidates)
        if not any(candidates):
            return self.parts.map(lambda kept: (kept, []))
        units = [0, *np.cumsum(np.array([one[0] for one in counted], dtype=object)).tolist()]
        above = [0, *np.cumsum([one[1] for one in counted]).tolist()]
        indexed = self.parts.map(lambda kept: (kept[0]["part"].place, kept[1])).filter(lambda pair: candidates[pair[0]] > 0)
        told = indexed.repartitionAndSortWithinPartitions(1).mapPartitions(lambda pairs: tell_in_order(pairs, units, above))
        return self.parts.zip(by_part(told, number))

    @property
    def shifted(self) -> Counted:
        return Counted.merged([self.realignable, self.lost_rows])

    def money_left_out(self, choice: Choice) -> Counted:
        return self.lost_rows if choice.realign else self.shifted

    def without_id(self, choice: Choice) -> Counted:
        return self.cluster.sum(self.rows.map(lambda kept: without_id_part(kept, choice)), lambda one, other: Counted.merged([one, other]), Counted())

    def numbers(self, rows: np.ndarray) -> list[int]:
        return rows.tolist()

    def buckets(self) -> RDD:
        """The rows of all parts by buckets of order_ids."""
        if self.chunks is None:
            number = min(max(self.layout.rows // ROWS_A_BUCKET + 1, min(len(self.layout.input.parts), 2)), MOST_BUCKETS)
            pairs = self.rows.flatMap(lambda kept: chunks_part(kept, number))
            self.chunks = self.cluster.keep(pairs.partitionBy(number).mapPartitions(listed_chunks))
        return self.chunks

    def figures(self, choice: Choice) -> Figures:
        if choice not in self.known:
            nothing = Figures(MergedSums(), MergedSums())  # type: ignore[arg-type]
            summaries = self.buckets().map(lambda chunks: BucketLedger(chunks).summary(choice))
            self.known[choice] = self.cluster.sum(summaries, merged_figures, nothing)
        return self.known[choice]

    def marked(self, choice: Choice) -> RDD:
        """The parts with their kinds, each with the marks of its rows: those that repeat an order_id, and items of orders."""
        marks = self.buckets().flatMap(lambda chunks: BucketLedger(chunks).marks(choice))
        return self.cluster.keep(self.rows.zip(by_part(marks, len(self.layout.input.parts))))

    def column_states(self) -> RDD:
        """The columns of all parts by their places."""
        most = self.most
        pairs = self.parts.flatMap(lambda kept: list(enumerate(pickle.loads(kept[2])[0])))
        return pairs.reduceByKey(lambda one, other: merged_states(one, other, most), max(min(len(self.layout.names), 2 * self.cluster.tasks), 1))

    def repeated_rows(self) -> int:
        """How many rows are equal to an earlier one in every column."""
        number = min(max(self.layout.rows // (4 * ROWS_A_BUCKET) + 1, 1), MOST_BUCKETS)
        pieces = self.parts.flatMap(lambda kept: digest_pieces(pickle.loads(kept[2])[1], number))
        return self.cluster.sum(pieces.partitionBy(number).mapPartitions(repeated_in), lambda one, other: one + other, 0)

    def samples(self, most: int) -> list[list]:
        """The values of the first rows."""
        return [row for rows in self.cluster.collect(self.parts.map(lambda kept: pickle.loads(kept[2])[2])) for row in rows][:most]


def tell_in_order(pairs: Iterator, units: list[int], above: list[int]) -> Iterator:
    """Tells the kinds of the candidates of parts that come in their order."""
    teller = TotalTeller()
    for place, pickled in pairs:
        candidates = pickle.loads(pickled)
        kinds, certain = tell_candidates(teller, candidates, units[place], above[place])
        yield place, (candidates.rows, kinds, certain)


def kinds_part(kept: tuple) -> tuple[dict[str, Counted], Counted, Counted, int]:
    """A part's rows by kind, its shifted rows that can be realigned and that can't, and how many of its rows may be orders."""
    _, ledger = stored_kinds(kept)
    told = kept[1][0] if kept[1] else None
    unsure = 0 if told is None else int(((told[1] == IS_TOTAL) & ~told[2]).sum())
    unsure += int(np.count_nonzero(ledger.kind == IS_SUSPECT))
    return ledger.part_kinds(), ledger.numbered(ledger.realignable), ledger.numbered(ledger.lost_rows), unsure


def plus_kinds(one: tuple, other: tuple) -> tuple:
    kinds = {name: Counted.merged([one[0].get(name, Counted()), other[0].get(name, Counted())]) for name in {*one[0], *other[0]}}
    return kinds, Counted.merged([one[1], other[1]]), Counted.merged([one[2], other[2]]), one[3] + other[3]


def without_id_part(kept: tuple, choice: Choice) -> Counted:
    _, ledger = stored_kinds(kept)
    return ledger.numbered(ledger.without_id(choice))


def chunks_part(kept: tuple, buckets: int) -> list:
    stored, ledger = stored_kinds(kept)
    return ledger.chunks(stored, stored["part"].place, buckets)


def listed_chunks(pairs: Iterator) -> list[list]:
    chunks = [chunk for _, chunk in pairs]
    return [chunks] if chunks else []


def digest_pieces(digests: np.ndarray, number: int) -> list[tuple[int, np.ndarray]]:
    """The digests of a part's rows by their groups."""
    groups = (digests[:, 1] % np.uint64(number)).astype(np.int64)
    return [(group, digests[groups == group]) for group in np.unique(groups).tolist()]


def repeated_in(pairs: Iterator) -> list[int]:
    several = [piece for _, piece in pairs]
    if not several:
        return []
    every = np.ascontiguousarray(np.concatenate(several)).view([("a", np.uint64), ("b", np.uint64)]).reshape(-1)
    return [len(every) - len(np.unique(every))]
