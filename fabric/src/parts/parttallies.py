"""## Columns of parts

What is counted of a column's values in each part and added up, until the document's figures are made of it.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from columns import DAY, MOMENT, NULL, NUMBER
from estimates import Estimate
from figures import FAMILY_OF_TYPE, KINDS_OF_FAMILY, binned, bins_between, histogram, lengths, most_frequent, number_figures
from names import column_letters
from parttables import Layout
from profiling import SAMPLE_ROWS, column_document, column_type, sample_values
from readings import DAY_SECONDS
from survey import Survey
from table import Formulas
from tally import Tallies
from typed import Typed
from values import as_text
from verdicts import MOST_CHARACTERS, MOST_EXAMPLES, example

MOST_DIFFERENT = 1 << 16  # values that are counted one by one, as on the desktop


@dataclass
class ColumnState:
    """A column of a part, or of several. firsts has the first cells of each kind, with the numbers of their rows."""

    rows: int
    blank_ends: int
    firsts: dict[int, list[tuple[int, str]]]
    errors: Counter
    tallies: Tallies | None
    estimate: Estimate | None = None

    @property
    def shown(self):
        """The tallies, or their estimate."""
        return self.estimate if self.tallies is None else self.tallies

    def limited(self, most: int) -> "ColumnState":
        """Gives up counting one by one where there are too many different values."""
        if self.tallies is not None and self.tallies.different > most:
            self.estimate, self.tallies = Estimate.of_tallies(self.tallies), None
        return self


def column_state(found: Survey, place: int, typed: Typed, most: int) -> ColumnState:
    """A column of a part."""
    table = found.table
    column, firsts = table.columns[place], {}
    for kind in np.unique(typed.values.kinds).tolist():
        if kind != NULL:
            rows = typed.first_rows(typed.values.kinds == kind, MOST_EXAMPLES)
            cells = [(row, column.cell(row)) for row in rows]
            # A text is shown as it stands in the file, whatever it reads as.
            firsts[kind] = [(int(table.row_numbers[row]), (as_text(cell if isinstance(cell, str) else typed.cell(row)) or "")[:MOST_CHARACTERS]) for row, cell in cells]
    return ColumnState(typed.rows, typed.blank_ends, firsts, Counter(table.errors_of(place).values()), Tallies(typed)).limited(most)


def merged_states(one: ColumnState, other: ColumnState, most: int) -> ColumnState:
    """A column of two sets of parts."""
    firsts = {kind: sorted([*one.firsts.get(kind, []), *other.firsts.get(kind, [])])[:MOST_EXAMPLES] for kind in {*one.firsts, *other.firsts}}
    found = ColumnState(one.rows + other.rows, one.blank_ends + other.blank_ends, firsts, one.errors + other.errors, None)
    if one.tallies is not None and other.tallies is not None:
        found.tallies = Tallies.merged([one.tallies, other.tallies])
        return found.limited(most)
    estimates = [state.estimate if state.tallies is None else Estimate.of_tallies(state.tallies) for state in (one, other)]
    assert estimates[0] is not None and estimates[1] is not None
    found.estimate = estimates[0].plus(estimates[1])
    return found


def column_result(layout: Layout, place: int, state: ColumnState) -> tuple[dict, np.ndarray, tuple | None]:
    """A column's part of the document, its different days, and the ends of its histogram where that has to be counted yet."""
    table, shown = layout.table(), state.shown
    kind = column_type(shown)
    exact = state.tallies is not None
    numbers = kind[0] in ("integer", "decimal")
    ends = None
    if not exact and (values := binned(kind[0], shown)) is not None:
        ends = (kind[0], float(values.values[0]), float(values.values[-1]))
    figures = {
        "numbers": None if not numbers else number_figures(shown.of(NUMBER)) if exact else shown.number_figures(),
        "histogram": histogram(kind[0], shown) if exact else None,
        "lengths": None if kind[0] != "text" else lengths(shown) if exact else shown.lengths_document(),
        "most_frequent": most_frequent(shown) if exact else [],
        "misfits": misfits_of(place, kind[0], state),
        "stored_as_text": {"numbers": 0, "dates": 0, "examples": []},
        "blank_ends": state.blank_ends,
        "errors": dict(state.errors),
    }
    days = np.concatenate([shown.of(DAY).values, np.floor(shown.of(MOMENT).values / DAY_SECONDS)]).astype(np.int64) if exact else shown.days
    document = column_document(table, place, (state.rows, state.rows - shown.total), (shown.different, exact), kind, figures, Formulas())
    return document, np.unique(days), ends


def misfits_of(place: int, kind: str, state: ColumnState) -> dict:
    """The cells of another kind than the column's."""
    family = FAMILY_OF_TYPE.get(kind)
    if family is None:
        return {"count": 0, "examples": []}
    others = [other for other in state.firsts if other not in KINDS_OF_FAMILY[family]]
    count = sum(state.shown.count(other) for other in others)
    firsts = sorted(first for other in others for first in state.firsts[other])[:MOST_EXAMPLES]
    return {"count": count, "examples": [example(f"{column_letters(place)}{number}", text) for number, text in firsts]}


def binned_part(typed: Typed, ends: tuple) -> list[int]:
    """The values of a part in the bins of a histogram."""
    kind, low, high = ends
    found = binned(kind, Tallies(typed))
    assert found is not None
    return bins_between(found, low, high) if len(found) else [0] * (1 if low == high else 20)


def first_samples(found: Survey, typed: list[Typed], wanted: int) -> list[list]:
    """The values of the first rows of a part."""
    columns = [sample_values(found.table, place, one) for place, one in enumerate(typed)]
    return [list(row) for row in zip(*columns)][: min(wanted, SAMPLE_ROWS)]
