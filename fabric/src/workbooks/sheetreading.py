"""## Reading a sheet

A sheet's XML piece by piece into columns: rows that are written in the usual way many at once, all else tag by tag, with the same result.
"""

from collections.abc import Iterable

import numpy as np

from cellscan import FORMULA_TEXT, CellScanner
from cellvalues import FoundValues
from columns import NULL
from piecereading import SCANNED, PieceReader
from sheetcolumns import SheetColumns
from tagscan import Tags
from values import Cell
from worksheet import MOST_ROWS, CellValues, RowParser

ROWS_KEPT = 1 << 12  # rows that are read tag by tag before they become columns

ParsedRow = tuple[int, bool, list[Cell], list[int], list[int], list[tuple[int, str]]]


class SheetReader(PieceReader):
    """Reads a sheet into found. What is damaged raises an error, and what stands before it is found by then."""

    holder, begin = b"sheetData", b"row"

    def __init__(self, values: CellValues, found: SheetColumns, scanned: int = SCANNED):
        self.values, self.found = values, found
        self.rows: list[ParsedRow] = []  # that were read tag by tag
        self.sheet = RowParser(values, lambda *row: self.rows.append(row))
        super().__init__(self.sheet, scanned)
        self.scanner = CellScanner()

    def scan(self, piece: bytes, bare: bytes) -> bytes:
        tags = Tags(bare)
        found = self.scanner.scan(tags)
        values = FoundValues(tags, found, self.values, self.found.texts)
        number = self.sheet.number
        numbers = found.numbers
        sizes = np.ones(len(numbers), np.int64)
        singly: dict[int, list[ParsedRow]] = {}
        stop = len(numbers)
        error: Exception | None = None
        bounds: list[int] = []
        for row in np.flatnonzero(found.odd | (numbers == 0)).tolist():
            before = int(numbers[row - 1]) if row else number
            if not found.odd[row] and before < MOST_ROWS:
                numbers[row] = before + 1
                continue
            found.odd[row] = True
            bounds = bounds or self.bounds(piece)
            self.sheet.number = before
            error = self.feed_element(piece[bounds[row] : bounds[row + 1]])
            numbers[row] = self.sheet.number
            singly[row], self.rows = self.rows, []
            sizes[row] = len(singly[row])
            if not self.quick:
                stop = row + 1
                break
        else:
            self.sheet.number = int(numbers[-1])
        places = self.found.count + np.cumsum(sizes) - sizes
        every = np.repeat(numbers[:stop], sizes[:stop])
        hidden = places[:stop][found.hidden[:stop] & ~found.odd[:stop]] - self.found.count
        for row, parsed in singly.items():
            every[places[row] - self.found.count :][: len(parsed)] = [one[0] for one in parsed]
        self.found.add_rows(every, hidden.tolist())
        self.keep_cells(values, places, stop)
        self.keep_facts((int(places[row]) + at, one) for row, parsed in singly.items() for at, one in enumerate(parsed))
        if error is not None:
            raise error
        return b"" if self.quick else piece[bounds[stop] :]

    def keep_cells(self, values: FoundValues, places: np.ndarray, stop: int) -> None:
        """Keeps the cells of the rows that were scanned, up to one."""
        found = values.found
        usual = ~found.odd
        usual[stop:] = False
        kept = usual[found.row]
        filled = np.flatnonzero(kept & (values.kinds != NULL))
        self.found.add_cells(places[found.row[filled]], found.column[filled], values.kinds[filled], values.numbers[filled], values.codes[filled])
        for cell, text in values.errors:
            if kept[cell]:
                self.found.errors[int(places[found.row[cell]]), int(found.column[cell])] = text
        formulas = np.flatnonzero(kept & found.formula)
        none = values.without_value(formulas)
        # An empty text is a value that a formula can have, an empty number is none.
        none &= ~((found.type[formulas] == FORMULA_TEXT) & found.saved[formulas] & (found.start[formulas] == found.stop[formulas]))
        self.found.add_formulas(places[found.row[formulas]], found.column[formulas], none)

    def keep(self) -> None:
        """Keeps the rows that were read tag by tag."""
        if self.rows:
            rows, self.rows = self.rows, []
            first = self.found.add_rows(np.array([row[0] for row in rows], np.int64), [])
            self.keep_facts(enumerate(rows, start=first))

    def keep_facts(self, rows: Iterable[tuple[int, ParsedRow]]) -> None:
        """Keeps the cells of rows that were read tag by tag, and what is known of them, by the rows' places."""
        cells = []
        with_formula: list[tuple[int, int, bool]] = []
        for place, (_, hidden, row, formulas, unsaved, errors) in rows:
            cells += [(place, column, cell) for column, cell in enumerate(row) if cell is not None]
            if hidden:
                self.found.hidden.add(place)
            with_formula += [(place, column, column in unsaved) for column in formulas]
            for column, text in errors:
                self.found.errors[place, column] = text
        self.found.add_single(cells)
        if with_formula:
            self.found.add_formulas(*map(np.array, zip(*with_formula)))
