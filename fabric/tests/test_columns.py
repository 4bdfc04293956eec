"""Columns hold the cells that were put into them, whatever is done with them."""

import random
from datetime import date, datetime, time

import numpy as np
import pyarrow as pa
import pytest

import distincttexts
from columns import Column
from forms import Forms
from grid import Grid
from readings import amounts_of, dated_of, days_of, nulls_of, texts_of
from values import as_text, has_value

KINDS = [None, 1.0, 0.0, -2.5, 1e300, True, False, date(2025, 1, 2), date(1, 1, 1), datetime(2025, 1, 2, 3, 4, 5), datetime(1969, 12, 31, 23, 59, 59), time(0, 0), time(23, 59, 59)]
TEXTS = ["", " ", "\xa0", "a", " a ", "b", "n/a", "12", "12.50", "1.234,5", "2025-01-02", "02/03/2025", "31.12.25", "20250102", "ß", "12:30"]


def some_cells(seed: int, length: int = 200) -> list:
    chosen = random.Random(seed)
    values = [*KINDS, 20250102.0, *TEXTS] if seed % 3 else [*TEXTS, None]
    return [chosen.choice(values) for _ in range(length)]


@pytest.mark.parametrize("seed", range(12))
def test_a_column_gives_back_its_cells(seed):
    cells = some_cells(seed)
    column = Column.of(cells)
    assert len(column) == len(cells)
    assert [(type(cell), cell) for cell in column.cells()] == [(type(cell), cell) for cell in cells]
    assert [column.cell(row) for row in range(len(cells))] == cells
    assert column.filled.tolist() == [has_value(cell) for cell in cells]
    rows = np.array([3, 5, 5, 190, 0])
    assert column.take(rows).cells() == [cells[row] for row in rows]
    assert column.take(np.arange(7, 30)).cells() == cells[7:30]
    assert Column.joined([column.slice(0, 50), Column.empty(2), column.slice(50, 200)]).cells() == [*cells[:50], None, None, *cells[50:]]
    assert column.replaced({4: "new", 9: 3.5, 11: None}).cells() == [*cells[:4], "new", *cells[5:9], 3.5, cells[10], None, *cells[12:]]


@pytest.mark.parametrize("texts", [["a", None, "a", "", "b"], [], [None, None]])
def test_a_column_of_texts_has_each_once(texts):
    for array in (pa.array(texts, pa.string()), pa.chunked_array([pa.array(texts[:2], pa.large_string()), pa.array(texts[2:], pa.large_string())])):
        column = Column.of_texts(array)
        assert column.cells() == texts
        assert len(set(column.words)) == len(column.words)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("options", [{}, {"decimal_mark": ","}, {"date_order": "dmy", "two_digit_years_from": 1950}])
def test_a_column_reads_as_its_cells_do(seed, options):
    cells, forms = some_cells(seed), Forms(options)
    column = Column.of(cells)
    assert [None if np.isnan(number) else number for number in amounts_of(column, forms)] == [forms.amount(cell) for cell in cells]
    assert nulls_of(column, forms).tolist() == [forms.is_null(cell) for cell in cells]
    assert [None if np.isnan(day) else date(1970, 1, 1).toordinal() + int(day) for day in days_of(column, forms)] == [
        None if (day := forms.day(cell)) is None else day.toordinal() for cell in cells
    ]
    assert dated_of(column, forms).tolist() == [forms.dated(cell) for cell in cells]
    assert texts_of(column).cells() == [as_text(cell) for cell in cells]


def test_a_grid_gives_back_its_rows():
    rows = [["a", "b"], ["1"], ["2", "3", "4", "5"], [], ["6", " "], *[["x", "y"]] * 20, ["z"] * 60]
    grid = Grid.of_rows(range(1, len(rows) + 1), rows)
    assert len(grid.columns) == 2  # one wide row does not make columns
    for width in (0, 3, 60):
        grid.widen(width)
        assert [grid.row(place) for place in range(len(rows))] == rows
        assert grid.filled().tolist() == [any(map(has_value, row)) for row in rows]
        assert grid.filled(1).tolist() == [any(map(has_value, row[:1])) for row in rows]
        assert grid.filled(3).tolist() == [any(map(has_value, row[:3])) for row in rows]
    assert grid.place_of(3) == 2 and grid.place_of(99) is None and grid.first_rows(3) == [0, 1, 2]


@pytest.mark.parametrize("seed", range(6))
def test_texts_that_stand_in_the_column_are_not_added(seed, monkeypatch):
    """However the texts are grouped to be told apart."""
    monkeypatch.setattr(distincttexts, "GROUP", 1 + 3 * seed)
    cells = some_cells(3 * seed)
    column = Column.of(cells)
    new = dict(zip(range(0, 200, 7), some_cells(seed + 40)))
    assert column.replaced(new).cells() == [new.get(row, cell) for row, cell in enumerate(cells)]
    joined = Column.joined([column, Column.of(["a", "new", None]), column.slice(5, 50), Column.of([2.5])])
    assert joined.cells() == [*cells, "a", "new", None, *cells[5:50], 2.5]
    for found in (column.replaced(new), joined, column.replaced({0: None}), Column.of([1.0, None]).replaced({1: "x"})):
        assert len(set(found.words)) == len(found.words)
