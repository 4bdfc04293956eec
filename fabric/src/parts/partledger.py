"""## What the rows of parts come to

The facts of a part's rows in arrays that are kept between the passes over an input, and the figures of rows that were brought together by
their order_ids (contract/RULES.md, Large inputs): both by the code that counts a whole table.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from columns import Column
from digests import RowDigests
from distinct import hashes_of, told_apart
from forms import Forms
from keytexts import lost_digits_in
from ledger import NO_ROWS, Choice, Counted, Figures, Ledger, Sums
from noorders import IS_END, IS_ORDER, KINDS, Candidates, candidates_of, odd_rows_of
from othercase import in_small_letters
from parttables import Layout
from readings import NO_DAY, days_of, texts_of, whole_days
from realigning import realigned_field
from rowfacts import PRICED, UNPRICED, RowFacts, facts_of
from shifted import BEHIND, FRONT, SURELY_BEHIND, Aligner, Shifts, rows_like
from statuses import later_cases_of
from sums import ten_thousandths
from table import Table

LOST, CAN_BE_REALIGNED = 1, 2  # what a shifted row is


@dataclass
class Widths:
    """What the fields of a text's rows say of shifted rows, of a part or of all."""

    counts: dict[int, int] = field(default_factory=dict)  # rows by their number of fields
    splits: bool = False  # an amount surely stands in two fields

    def add(self, other: "Widths") -> None:
        for width, count in other.counts.items():
            self.counts[width] = self.counts.get(width, 0) + count
        self.splits = self.splits or other.splits

    def usual(self, columns: int) -> int:
        """The most frequent number of fields, the highest of several."""
        return max(max(self.counts, key=lambda width: (self.counts[width], width), default=0), columns)


class PartAligner(Aligner):
    """Finds the shifted rows of a part."""

    def __init__(self, table: Table, forms: Forms, roles: dict[str, int], last: int, widths: Widths):
        super().__init__(table, forms, roles, last)
        self.usual, self.splits = widths.usual(self.width), widths.splits

    def split_rows(self, longer: np.ndarray) -> np.ndarray:
        if not self.splits or self.revenue + 1 >= self.width:
            return np.zeros(self.last, bool)
        revenues, following = (self.table.columns[place].slice(0, self.last) for place in (self.revenue, self.revenue + 1))
        return rows_like(revenues, FRONT) & longer & rows_like(following, BEHIND)


def widths_of(table: Table, roles: dict[str, int], last: int) -> Widths:
    """What the fields of a part's rows say."""
    if not table.is_csv or table.grid.widths is None:
        return Widths()
    widths = table.grid.widths[table.places[:last]]
    counts = np.bincount(widths, minlength=1)
    found = Widths({width: int(counts[width]) for width in np.flatnonzero(counts).tolist()})
    revenue = roles.get("revenue")
    longer = widths > len(table.headers)
    if revenue is not None and revenue + 1 < len(table.headers) and longer.any():
        revenues, following = (table.columns[place].slice(0, last) for place in (revenue, revenue + 1))
        found.splits = bool((rows_like(revenues, FRONT) & longer & rows_like(following, SURELY_BEHIND)).any())
    return found


class PartLedger(Ledger):
    """The rows of a part, of which the sums of the parts before tell some; ids are the texts of the order_ids, which facts.keys are the places of."""

    def __init__(self, table: Table, forms: Forms, roles: dict[str, int], options: dict, last: int, widths: Widths):
        self.table, self.forms, self.roles, self.last = table, forms, roles, last
        self.facts = facts_of({role: table.columns[place] for role, place in roles.items()}, forms)
        self.shifts = PartAligner(table, forms, roles, last, widths).find(self.facts) if table.is_csv else Shifts()
        self.take_realigned()
        self.units = ten_thousandths(self.facts.amounts)
        self.kind = np.zeros(table.row_count, np.uint8)
        self.kind[last:] = IS_END
        self.take_ids()
        self.candidates: Candidates | None = None
        self.counted = (0, 0)  # units and rows with a revenue that count whatever the sums are
        if options.get("rows_no_orders") != "count":
            self.sort_out()

    def take_ids(self) -> None:
        """Makes the keys the places of the order_ids' texts."""
        ids, shifts = self.table.columns[self.roles["order_id"]], self.shifts.realignable
        if len(shifts.rows):
            ids = ids.replaced(dict(zip(shifts.rows.tolist(), realigned_field(self.table, shifts, self.roles["order_id"]))))
        texts = texts_of(ids)
        self.ids = texts.texts
        self.facts.keys = np.full(len(ids), -1, np.int32) if texts.codes is None else texts.codes
        self.facts.key_count = len(texts.texts)

    def take_realigned(self) -> None:
        """As in a whole table, but for the keys."""
        shifts, facts = self.shifts.realignable, self.facts
        if len(shifts.rows):
            moments = realigned_field(self.table, shifts, self.roles["order_date"])
            facts.days[shifts.rows] = whole_days(days_of(Column.of(moments), self.forms))
            facts.money[shifts.rows] = PRICED
            facts.amounts = facts.amounts.copy()
            facts.amounts[shifts.rows] = shifts.amounts

    def sort_out(self) -> None:
        """Finds the rows that are no orders by themselves, and the candidates whose kinds the sums tell."""
        in_place = np.ones(len(self.kind), bool)
        in_place[self.last :] = False
        counted = in_place.copy()
        in_place[self.shifts.rows] = False
        odd = odd_rows_of(self.table, self.roles, self.forms, self.facts, in_place)
        counted[self.shifts.lost.rows] = counted[odd.rows] = False
        self.kind[odd.rows] = odd.kinds
        self.candidates = candidates_of(odd, self.units, self.facts, counted)
        above = counted & (self.facts.money == PRICED)
        self.counted = (int(self.units[above].sum()) if above.any() else 0, int(np.count_nonzero(above)))

    def stored(self) -> dict:
        """What is kept of the rows between the passes."""
        digests = RowDigests(self.table.row_count)
        for column in self.table.columns:
            digests.add_stored(column)
        lost = lost_digits_in(self.table.columns[self.roles["order_id"]], self.table.format)
        return {
            "numbers": self.table.row_numbers,
            "ids": self.ids,
            "keys": self.facts.keys,
            "amounts": self.facts.amounts,
            "money": self.facts.money,
            "days": self.facts.days,
            "units": self.units,
            "kind": self.kind,
            "shifts": (self.shifts.rows, self.shifts.amounts, self.shifts.first, self.shifts.joined),
            "digests": digests.found,
            "lost": lost,
        }


class StoredLedger(Ledger):
    """The rows of a part as they were kept, when all is known of them. again marks those that repeat an order_id; items lines without a revenue
    of orders to which another line gives one."""

    def __init__(self, stored: dict, kinds: tuple[np.ndarray, np.ndarray] | None):
        count = len(stored["numbers"])
        self.row_numbers = stored["numbers"]
        none = np.zeros(count, bool)
        self.facts = RowFacts(stored["keys"], len(stored["ids"]), stored["amounts"], stored["money"], stored["days"], none, none)
        self.shifts = Shifts(*stored["shifts"])
        self.units = stored["units"]
        self.kind = stored["kind"].copy()
        if kinds is not None:
            self.kind[kinds[0]] = kinds[1]

    @staticmethod
    def names_of_kinds() -> list[tuple[int, str]]:
        return [(place, name) for place, name in enumerate(KINDS) if place != IS_ORDER]

    def part_kinds(self) -> dict[str, Counted]:
        """The rows of each kind by their numbers."""
        return {name: self.numbered(self.of_kind(place)) for place, name in enumerate(KINDS) if place != IS_ORDER}

    def numbered(self, counted: Counted) -> Counted:
        """Rows by their numbers in the input, with the first ones only."""
        return Counted.merged([Counted(self.row_numbers[counted.rows], counted.units, counted.absolute)])

    def chunks(self, stored: dict, place: int, buckets: int) -> list[tuple[int, tuple[int, dict]]]:
        """The rows with an order_id by the bucket that it belongs to."""
        rows = np.flatnonzero((self.facts.keys >= 0) & (self.kind != IS_END))
        shift = np.zeros(len(self.kind), np.uint8)
        shift[self.shifts.rows] = np.where(self.shifts.joined > 0, CAN_BE_REALIGNED, LOST)
        if not len(rows):
            return []
        of_text = buckets_of_ids(stored["ids"], buckets)
        of_row = of_text[self.facts.keys[rows]]
        found = []
        for bucket in np.unique(of_row).tolist():
            some = rows[of_row == bucket]
            used, codes = np.unique(self.facts.keys[some], return_inverse=True)
            chunk = {
                "rows": some.astype(np.int32), "numbers": self.row_numbers[some], "kind": self.kind[some],
                "ids": stored["ids"].take(pa.array(used)), "codes": codes.astype(np.int32),
                "shift": shift[some], "amounts": self.facts.amounts[some], "money": self.facts.money[some], "days": self.facts.days[some], "units": self.units[some],
                "digests": stored["digests"][some], "lost": stored["lost"][some],
            }  # fmt: skip
            found.append((bucket, (place, chunk)))
        return found


@dataclass
class RowMarks:
    """Rows of a part of which other rows of their order_ids tell something; several parts of an array each."""

    repeated: np.ndarray = field(default_factory=lambda: NO_ROWS)  # an earlier row has the order_id
    items: np.ndarray = field(default_factory=lambda: NO_ROWS)  # lines without a revenue of orders to which another line gives one
    other_cases: np.ndarray = field(default_factory=lambda: NO_ROWS)  # an order_id first stands here that is an earlier one in another case

    @staticmethod
    def merged(marks: "list[RowMarks]") -> "RowMarks":
        return RowMarks(*(np.sort(np.concatenate([NO_ROWS, *several])) for several in ([getattr(one, name) for one in marks] for name in ("repeated", "items", "other_cases"))))


def buckets_of_ids(ids: pa.Array, buckets: int) -> np.ndarray:
    """The bucket of each order_id: those that differ in upper and lower case only are in one."""
    if buckets == 1:
        return np.zeros(len(ids), np.int64)
    return (hashes_of(in_small_letters(ids.cast(pa.large_string()))) % np.uint64(buckets)).astype(np.int64)


class BucketLedger(Ledger):
    """All rows of some order_ids, in their order, of all parts."""

    def __init__(self, chunks: list[tuple[int, dict]]):
        chunks = sorted(chunks, key=lambda pair: pair[0])
        several = [chunk for _, chunk in chunks]

        def joined(name: str) -> np.ndarray:
            return np.concatenate([chunk[name] for chunk in several])

        places, ids = told_apart([chunk["ids"] for chunk in several])
        keys = np.concatenate([of[chunk["codes"]] for of, chunk in zip(places, several)]).astype(np.int32)
        self.place = np.concatenate([np.full(len(chunk["rows"]), place, np.int32) for place, chunk in chunks])
        self.rows, self.row_numbers = joined("rows"), joined("numbers")
        none = np.zeros(len(keys), bool)
        self.ids = ids
        self.facts = RowFacts(keys, len(ids), joined("amounts"), joined("money"), joined("days"), none, none)
        self.units = within_bounds(joined("units"))
        self.kind = joined("kind")
        shift = joined("shift")
        rows = np.flatnonzero(shift)
        self.shifts = Shifts(rows, np.zeros(len(rows)), np.zeros(len(rows), np.int32), (shift[rows] == CAN_BE_REALIGNED).astype(np.int32))
        self.digests, self.lost = joined("digests"), joined("lost")

    def equal_earlier(self, rows: np.ndarray) -> np.ndarray:
        digests = np.ascontiguousarray(self.digests[rows]).view([("a", np.uint64), ("b", np.uint64)]).reshape(-1)
        _, firsts, places = np.unique(digests, return_index=True, return_inverse=True)
        return firsts[places.reshape(-1)] != np.arange(len(rows))

    def lost_digits(self, rows: np.ndarray) -> bool:
        return bool(self.lost[rows].any())

    def summary(self, choice: Choice) -> Figures:
        """The figures of a choice that add up with those of other buckets."""
        found = self.figures(choice)
        lines = self.summed(found.lines)
        first = lines if found.first is found.lines else self.summed(found.first)
        return replace(found, first=first, lines=lines, repeated=self.numbered(found.repeated))  # type: ignore[arg-type]

    def summed(self, sums: Sums) -> "MergedSums":
        keys, priced = self.facts.keys[sums.rows], np.zeros(self.facts.key_count, bool)
        priced[keys[self.facts.money[sums.rows] == PRICED]] = True
        unpriced = int(np.count_nonzero(sums.first & ~priced[keys]))
        return MergedSums(sums.total, self.numbered(sums.unread), self.numbered(sums.undated), self.numbered(sums.without_amount), sums.days, unpriced)

    def numbered(self, counted: Counted) -> Counted:
        return Counted.merged([Counted(self.row_numbers[counted.rows], counted.units, counted.absolute)])

    def marks(self, choice: Choice) -> list[tuple[int, RowMarks]]:
        """What the rows of each part are told of the other rows of their order_ids."""
        lines = self.figures(choice).lines
        unpriced = lines.rows[self.facts.money[lines.rows] == UNPRICED]
        told = (lines.rows[~lines.first], unpriced[~np.isin(unpriced, lines.no_amount)], lines.rows[later_cases_of(self.ids, self.facts.keys[lines.rows])])
        places = np.unique(self.place[np.concatenate(told)]).tolist()
        return [(place, RowMarks(*(self.rows[rows[self.place[rows] == place]] for rows in told))) for place in places]


@dataclass
class MergedSums:
    """Sums as ledger.Sums has them, of parts."""

    total: int = 0
    unread: Counted = field(default_factory=Counted)
    undated: Counted = field(default_factory=Counted)
    without_amount: Counted = field(default_factory=Counted)
    days: tuple[int, int] | None = None
    orders_without_amount: int = 0

    def plus(self, other: "MergedSums") -> "MergedSums":
        days = [*(self.days or ()), *(other.days or ())]
        return MergedSums(
            self.total + other.total,
            Counted.merged([self.unread, other.unread]),
            Counted.merged([self.undated, other.undated]),
            Counted.merged([self.without_amount, other.without_amount]),
            (min(days), max(days)) if days else None,
            self.orders_without_amount + other.orders_without_amount,
        )


def merged_figures(one: Figures, other: Figures) -> Figures:
    """The figures of two sets of order_ids that share none."""
    return Figures(
        one.first.plus(other.first),  # type: ignore[attr-defined]
        one.lines.plus(other.lines),  # type: ignore[attr-defined]
        one.orders + other.orders,
        Counted.merged([one.repeated, other.repeated]),
        one.different + other.different,
        one.same + other.same,
        one.other + other.other,
        one.other_priced or other.other_priced,
        one.unpriced or other.unpriced,
        one.lost or other.lost,
    )


def within_bounds(units: np.ndarray) -> np.ndarray:
    """Units of several parts, of which no sum goes beyond int64: else as Python's integers."""
    if units.dtype == object or float(np.abs(units / 2.0**62).sum()) < 1.0:
        return units
    return units.astype(object)


def bare_ledger(layout: Layout, table: Table) -> dict:
    """What is kept of rows that were not looked at, as a required column is missing: their order_ids, if there are any."""
    count, place = table.row_count, table.index("order_id")
    texts = Column.empty(count) if place is None else texts_of(table.columns[place])
    none = np.zeros(0, np.int64)
    return {
        "numbers": table.row_numbers, "ids": texts.texts, "keys": np.full(count, -1, np.int32) if texts.codes is None else texts.codes, "amounts": np.zeros(count),
        "money": np.full(count, UNPRICED, np.uint8), "days": np.full(count, NO_DAY, np.int32), "units": np.zeros(count, np.int64), "kind": np.zeros(count, np.uint8),
        "shifts": (none, np.zeros(0), none.astype(np.int32), none.astype(np.int32)), "digests": np.zeros((count, 2), np.uint64), "lost": np.zeros(count, bool),
    }  # fmt: skip
