"""The ledger's arrays say of every row what looking at the rows one by one says, for random tables of nasty rows and every choice."""

from datetime import date, timedelta

import numpy as np
import pytest

import reference_ledger
from columns import FIRST_DAY, Column
from conftest import starts
from forms import Forms, Shown, decided_forms, look, look_at_amount
from grid import Grid
from header import table_of
from ledger import Choice, Counted, Ledger, Sums
from nasty_tables import Nasty, nasty_table
from noorders import KINDS
from reading import Source
from readings import NO_DAY
from rowfacts import PRICED, facts_of
from table import Table
from values import trimmed
from words import AMOUNTS, lowered

SEEDS = 1000
AT_ONCE = 200
CHOICES = [Choice(counted, realigned) for counted in (False, True) for realigned in (False, True)]


class Rows(Source):
    """A file of the rows of a nasty table."""

    def __init__(self, nasty: Nasty):
        self.name, self.book, self.options, self.escaped_quotes = "nasty", None, nasty.options, 0
        self.format = "csv" if nasty.csv else "xlsx"
        self.text = {"encoding": "utf-8", "delimiter": ",", "quoting": "double"} if nasty.csv else {}
        rows = nasty.all_rows
        self.grids = {None: Grid.of_rows(range(1, len(rows) + 1), rows, total_rows=nasty.declared)}


def table_and_roles(nasty: Nasty) -> tuple[Table, dict[str, int]]:
    table, assignment, _ = table_of(Rows(nasty), None, nasty.options)
    return table, dict(assignment.columns)


def columns_looked_at(table: Table, roles: dict[str, int], options: dict) -> dict[str, Column]:
    last = max(table.row_count - options.get("end_rows", 0), 0)
    return {role: table.columns[roles[role]].slice(0, last) for role in ("order_date", *AMOUNTS) if role in roles}


def forms_tried(shown: Shown, options: dict) -> list[Forms]:
    """The forms that were found, and those of each answer to a question."""
    found = decided_forms(shown, options)
    return [found, *(decided_forms(shown, {**options, **answer}) for question in found.questions for answer in question.answers)]


def told_sums(sums: Sums) -> dict:
    return {
        "rows": sums.rows.tolist(),
        "total": sums.total,
        "units": sums.units.tolist(),
        "unread": counted(sums.unread),
        "undated": counted(sums.undated),
        "no_amount": sums.no_amount.tolist(),
        "days": sums.days and tuple(FIRST_DAY + timedelta(days=day) for day in sums.days),
    }


def wanted_sums(sums: reference_ledger.Sums) -> dict:
    days: list[date] = [entry.day for entry in sums.kept if entry.day is not None]
    return {
        "rows": [entry.row for entry in sums.kept],
        "total": sums.total,
        "units": [entry.units if entry.money == PRICED else 0 for entry in sums.kept],
        "unread": counted(sums.unread),
        "undated": counted(sums.undated),
        "no_amount": sums.no_amount,
        "days": (min(days), max(days)) if days else None,
    }


def counted(found: Counted | reference_ledger.Counted) -> tuple:
    return [int(row) for row in found.rows], found.units, found.absolute


def compare(nasty: Nasty, seen: set[str]) -> None:
    """Compares all that both ledgers say of a table; seen takes what occurred."""
    table, roles = table_and_roles(nasty)
    if not {"order_id", "order_date", "revenue"} <= roles.keys():
        return
    for forms in forms_tried(look(columns_looked_at(table, roles, nasty.options), nasty.options), nasty.options):
        found, wanted = Ledger(table, forms, roles, nasty.options), reference_ledger.Ledger(table, forms, roles, nasty.options)
        assert {kind: counted(rows) for kind, rows in found.kinds.items()} == {kind: counted(rows) for kind, rows in wanted.kinds.items()}
        assert found.may_be_orders == wanted.may_be_orders
        shifts = {row: (shift.amount, shift.first, shift.joined) for row, shift in wanted.shifts.items()}
        told = found.shifts
        assert dict(zip(told.rows.tolist(), zip(told.amounts.tolist(), told.first.tolist(), told.joined.tolist()))) == shifts
        assert told.rows.tolist() == sorted(shifts)
        seen |= {kind for kind, rows in found.kinds.items() if len(rows.rows)} | {"realigned" if joined else "lost" for _, _, joined in shifts.values()}
        for choice in CHOICES:
            figures, right = found.figures(choice), wanted.figures(reference_ledger.Choice(*choice))
            assert (told_sums(figures.first), told_sums(figures.lines)) == (wanted_sums(right.first), wanted_sums(right.lines))
            assert counted(figures.repeated) == counted(right.repeated)
            for name in ("orders", "different", "same", "other", "other_priced", "unpriced", "lost"):
                assert getattr(figures, name) == getattr(right, name), name
                seen |= {name} if getattr(right, name) else set()
            firsts = {entry.order_id: entry.row for entry in reversed(right.lines.kept)}
            assert figures.lines.rows[figures.lines.first].tolist() == sorted(firsts.values())
            assert figures.first.first.all()
            seen |= {name for name, rows in (("unread", right.lines.unread.rows), ("undated", right.lines.undated.rows), ("no_amount", right.lines.no_amount)) if rows}


@pytest.mark.parametrize("start", starts(SEEDS, AT_ONCE))
def test_the_ledger_says_what_its_rows_say(start):
    seen: set[str] = set()
    for seed in range(start, start + AT_ONCE):
        compare(nasty_table(seed), seen)
    # A comparison of tables in which nothing happens says nothing.
    wanted = {*KINDS[1:], "realigned", "lost", "orders", "different", "same", "other", "other_priced", "unpriced", "unread", "undated", "no_amount"}
    assert wanted <= seen


def shown_one_by_one(columns: dict[str, Column], options: dict) -> Shown:
    """What the cells show, looked at cell by cell."""
    shown, forms = Shown(), Forms(options)
    for role, column in columns.items():
        for cell in column.cells():
            text = trimmed(cell) if isinstance(cell, str) else None
            if role == "order_date" and isinstance(cell, float) and not isinstance(cell, bool):
                shown.compact += forms.day(cell) is not None
            if text is None:
                continue
            if forms.is_null_word(text):
                shown.nothing[lowered(text)] += 1
            elif role == "order_date":
                found = forms.dates.text_of(text)
                if found is not None:
                    shown.dates[found._replace(seconds=0)] += 1
            else:
                look_at_amount(shown, text, 1, role == "revenue")
    return shown


def without_clock(shown: Shown) -> Shown:
    """As it is said: the time of day, and the plain rule's date with it, say nothing."""
    dates = Shown().dates
    for found, count in shown.dates.items():
        dates[found._replace(seconds=0, plain=found.plain is not None)] += count
    shown.dates = dates
    for counter in (shown.numbers, shown.marks, shown.currencies, shown.nothing):
        for form in [form for form, count in counter.items() if not count]:
            del counter[form]
    return shown


def test_what_parts_of_a_table_show_adds_up():
    for seed in range(AT_ONCE):
        nasty = nasty_table(seed)
        table, roles = table_and_roles(nasty)
        columns = columns_looked_at(table, roles, nasty.options)
        cut = len(table.row_numbers) // 3
        parts = [look({role: column.slice(*part) for role, column in columns.items()}, nasty.options) for part in ((0, cut), (cut, table.row_count))]
        parts[0].add(parts[1])
        whole = without_clock(look(columns, nasty.options))
        assert without_clock(parts[0]) == whole == without_clock(shown_one_by_one(columns, nasty.options)), f"table {seed}"


def test_the_facts_of_a_batch_are_those_of_its_rows():
    for seed in range(60):
        nasty = nasty_table(seed)
        table, roles = table_and_roles(nasty)
        forms = Forms(nasty.options)
        columns = {role: table.columns[place] for role, place in roles.items()}
        whole = facts_of(columns, forms)
        for start in range(0, table.row_count, 7):
            batch = facts_of({role: column.slice(start, start + 7) for role, column in columns.items()}, forms)
            for name in ("amounts", "money", "days", "undated", "odd"):
                assert getattr(batch, name).tolist() == getattr(whole, name)[start : start + 7].tolist(), (seed, name)
            pairs = {(a, b) for a, b in zip(batch.keys.tolist(), whole.keys[start : start + 7].tolist())}
            assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)
            assert all((a < 0) == (b < 0) for a, b in pairs)


def test_no_row_is_an_object():
    """20,000,000 rows fit into 4 GB only if what is kept of a row is a few bytes."""
    rows = 50_000
    columns = {"order_id": Column.of([f"A{i}" for i in range(rows)]), "order_date": Column.of(["2025-01-02"] * rows), "revenue": Column.of(["1.50"] * rows)}
    facts = facts_of(columns, Forms({}))
    arrays = [value for value in vars(facts).values() if isinstance(value, np.ndarray)]
    assert all(array.dtype != object for array in arrays)
    assert sum(array.nbytes for array in arrays) <= 20 * rows
    assert facts.days.tolist() == [(date(2025, 1, 2) - FIRST_DAY).days] * rows and NO_DAY not in facts.days
