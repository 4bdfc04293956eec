"""## Realigned rows

Puts the values of shifted rows back into their places (contract/RULES.md, Shifted rows).
"""

import numpy as np

from columns import Column
from shifted import Shifts, fields_of
from table import Table
from values import Cell

REALIGNED_AT_ONCE = 1 << 16  # rows


def realign(table: Table, shifts: Shifts) -> None:
    """Puts the values of rows back into their places; all shifts can be realigned."""
    if not len(shifts.rows):
        return
    parts: list[list[Column]] = [[column] for column in table.columns]
    for start in range(0, len(shifts.rows), REALIGNED_AT_ONCE):
        rows = realigned_rows(table, shifts.some(np.arange(start, min(start + REALIGNED_AT_ONCE, len(shifts.rows)))))
        for column, cells in enumerate(parts):
            cells.append(Column.of(row[column] if column < len(row) else None for row in rows))
    source = np.arange(table.row_count)
    source[shifts.rows] = table.row_count + np.arange(len(shifts.rows))
    for column, cells in enumerate(parts):
        table.columns[column] = Column.joined(cells).take(source)
        table.replace(column, {})
    move_strange(table, shifts)


def realigned_rows(table: Table, shifts: Shifts) -> list[list[Cell]]:
    """The fields of rows with those joined that are one."""
    delimiter, found = table.text["delimiter"], []
    for (_, fields), first, joined in zip(fields_of(table, shifts.rows), shifts.first.tolist(), shifts.joined.tolist()):
        found.append([*fields[:first], delimiter.join(fields[first : first + joined + 1]), *fields[first + joined + 1 :]])
    return found


def realigned_field(table: Table, shifts: Shifts, column: int) -> list[Cell]:
    """What stands in a column of rows once they are realigned."""
    return [row[column] if column < len(row) else None for row in realigned_rows(table, shifts)]


def move_strange(table: Table, shifts: Shifts) -> None:
    """Puts the marks of texts in another encoding beside their texts."""
    strange = table.grid.strange
    if not strange:
        return
    rows = zip(table.places[shifts.rows].tolist(), shifts.first.tolist(), shifts.joined.tolist())
    known = {place: (first, joined) for place, first, joined in rows}
    marks = [mark for mark in strange if mark[0] in known]
    strange.difference_update(marks)
    for place, column in marks:
        first, joined = known[place]
        strange.add((place, column if column <= first else max(first, column - joined)))
