"""## A worksheet's cells

Read tag by tag, so that no tree of the sheet is built; what a cell says of itself (its type, its format) decides what its value is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from numberformats import NUMBER_SHOWN, TIME_SHOWN, clock_of_serial, iso_moment, moment_of_serial
from package import MOST_CELL, MOST_TAG, Damage, is_true, local_name, unescaped, xml_parser
from sharedtexts import SharedTexts
from values import Cell

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_ROW = 1 << 26  # characters
ADDRESS = re.compile(r"([A-Za-z]{1,3})[0-9]*")
NUMBER_CHARACTERS = re.compile(r"[0-9.eE+-]+")
XML_BLANKS = " \t\r\n"
TYPES = {"n", "s", "str", "inlineStr", "b", "e", "d"}


@dataclass
class SheetRows:
    """The rows of a sheet that have a cell, as far as they were read. A row's number is its place in a spreadsheet; cells lie from column A on."""

    numbers: list[int] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)  # places in rows
    formulas: list[tuple[int, int]] = field(default_factory=list)  # place in rows, column
    unsaved: set[tuple[int, int]] = field(default_factory=set)  # those of the formulas that have no saved value
    errors: dict[tuple[int, int], str] = field(default_factory=dict)  # by place in rows and column
    complete: bool = False


def column_of(address: str) -> int | None:
    """The column, counted from 0, of an address such as B17; None where it has no letters."""
    found = ADDRESS.fullmatch(address)
    if not found:
        if address.isdigit():  # by its place, then
            return None
        raise Damage(f"the cell address {address[:20]} is none that a sheet can have")
    number = 0
    for letter in found[1].upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


class CellValues:
    """Makes values of what stands in cells; shared are the workbook's texts, formats what each cell format shows."""

    def __init__(self, shared: SharedTexts, formats: list[int], date1904: bool):
        self.shared, self.formats, self.date1904 = shared, formats, date1904
        self.shown: dict[tuple[str, str], Cell] = {}  # numbers with a format that is not one of numbers; dates repeat

    def value(self, kind: str, style: str, text: str) -> Cell:
        if kind == "str":
            return unescaped(text) or None
        if kind == "inlineStr":
            return text or None
        text = text.strip(XML_BLANKS)
        if not text:
            return None
        if kind == "s":
            if not text.isdigit() or int(text) >= len(self.shared):
                raise Damage(f"a cell refers to the text {text[:20]}, which the workbook does not have")
            return self.shared[int(text)] or None
        if kind == "n":
            key = (text, style)
            if key in self.shown:
                return self.shown[key]
            return self.number(key)
        if kind == "b":
            return True if text in ("1", "true", "on") else False if text in ("0", "false") else text
        if kind == "d":
            moment = iso_moment(text, self.shown_by(style))
            return text if moment is None else moment
        return text  # an error

    def number(self, key: tuple[str, str]) -> Cell:
        text, style = key
        try:
            number = float(text) + 0.0 if NUMBER_CHARACTERS.fullmatch(text) else float("inf")  # no negative zero
        except ValueError:
            return text
        if number in (float("inf"), float("-inf")):
            return text
        shown = self.shown_by(style)
        if shown == NUMBER_SHOWN:
            return number
        found: Cell = moment_of_serial(number, self.date1904)
        if found is None and shown == TIME_SHOWN and 0 <= number < 1:
            found = clock_of_serial(number)
        value = number if found is None else found
        if len(self.shown) < 1 << 16:
            self.shown[key] = value
        return value

    def shown_by(self, style: str) -> int:
        """What a cell format, by its number, shows a number as."""
        index = int(style or 0)
        return self.formats[index] if index < len(self.formats) else NUMBER_SHOWN


class RowParser:
    """Reads a sheet's XML tag by tag, so that no tree of it is built. take gets each row: its number, whether it is hidden, its cells from column A on,
    the columns with a formula, those of them without a saved value, and the error cells by column. The XML may come in pieces; rows that were
    read otherwise may be left out where at_elements says so."""

    def __init__(self, values: CellValues, take: Callable[[int, bool, list[Cell], list[int], list[int], list[tuple[int, str]]], None]):
        self.values, self.take = values, take
        self.depth = self.skip = 0  # skip: the depth of an element whose content does not matter
        self.in_data = self.closed = self.collecting = self.formula = self.saved = self.hidden = False
        self.number = self.column = 0
        self.row: list[Cell] = []
        self.formulas: list[int] = []
        self.unsaved: list[int] = []
        self.errors: list[tuple[int, str]] = []
        self.kind = self.style = ""
        self.parts: list[str] = []
        self.characters = self.row_characters = self.fed = 0
        self.locals: dict[str, str] = {}
        self.parser = xml_parser(self.start, self.end, self.text)

    def feed(self, piece: bytes) -> None:
        self.parser.Parse(piece, False)
        self.fed += len(piece)
        if self.fed - self.parser.CurrentByteIndex > MOST_TAG:
            raise Damage("a tag is too long")

    def finish(self) -> None:
        self.parser.Parse(b"", True)
        if not self.closed:
            raise Damage("the sheet holds no table of cells")

    @property
    def at_elements(self) -> bool:
        """Whether what follows are whole rows, or the end of the table of cells."""
        return self.in_data and not self.closed and self.depth == 2 and not self.skip

    def start(self, name, attributes):
        self.depth += 1
        if self.skip:
            return
        depth = self.depth
        tag = self.locals.get(name)
        if tag is None:
            tag = self.locals[name] = local_name(name)
        if depth == 5:
            if tag == "v" and self.kind != "inlineStr":
                self.collecting, self.saved, self.parts, self.characters = True, True, [], 0
            elif tag == "is" and self.kind == "inlineStr":
                self.parts, self.characters = [], 0
            else:
                self.formula = self.formula or tag == "f"
                self.skip = depth
        elif depth == 4:
            if tag == "c":
                self.start_cell(attributes)
            else:
                self.skip = depth
        elif depth == 3:
            if self.in_data and tag == "row":
                self.start_row(attributes)
            else:
                self.skip = depth
        elif depth >= 6:  # within is: texts, plain or in runs, but no phonetic ones
            if tag == "t" and depth <= 7:
                self.collecting = True
            elif tag != "r" or depth != 6:
                self.skip = depth
        elif depth == 2:
            if tag == "sheetData" and not self.in_data:
                self.in_data = True
            else:
                self.skip = depth
        elif tag != "worksheet":
            raise Damage(f"<{tag[:20]}> is no worksheet")

    def start_row(self, attributes) -> None:
        self.number, self.column, self.hidden, self.row_characters = self.number + 1, -1, False, 0
        self.row, self.formulas, self.unsaved, self.errors = [], [], [], []
        for key, value in attributes.items():
            if key == "r" and value:
                if not value.isdigit() or not int(value) > 0:
                    raise Damage(f"the row's number {value[:20]} is none that a sheet can have")
                self.number = int(value)
            elif key == "hidden":
                self.hidden = is_true(value)
        if self.number > MOST_ROWS:
            raise Damage(f"it has more than {MOST_ROWS:,} rows")

    def start_cell(self, attributes) -> None:
        self.column += 1
        self.kind, self.style, self.formula, self.saved = "n", "", False, False
        self.parts = []
        for key, value in attributes.items():
            if key == "r" and value:
                place = column_of(value)
                self.column = self.column if place is None else place
            elif key == "s":
                if value and not value.isdigit():
                    raise Damage(f"a cell's format {value[:20]} is no number")
                self.style = value
            elif key == "t":
                self.kind = value or "n"
                if self.kind not in TYPES:
                    raise Damage(f"a cell has the unknown type {self.kind[:20]}")
        if self.column >= MOST_COLUMNS:
            raise Damage(f"a row has more than {MOST_COLUMNS:,} columns")

    def end(self, name):
        self.depth -= 1
        depth = self.depth
        if self.skip:
            if depth < self.skip:
                self.skip = 0
            return
        self.collecting = False
        if depth == 3:
            self.end_cell()
        elif depth == 2:
            self.take(self.number, self.hidden, self.row, self.formulas, self.unsaved, self.errors)
        elif depth == 1 and self.in_data:
            self.closed = True

    def end_cell(self) -> None:
        kind, parts, column = self.kind, self.parts, self.column
        if kind == "inlineStr":
            parts = [unescaped("".join(parts))]
        value = self.values.value(kind, self.style, "".join(parts)) if parts else None
        if value is not None:
            row = self.row
            if column == len(row):
                row.append(value)
            else:
                row.extend([None] * (column + 1 - len(row)))
                row[column] = value
            if kind == "e":
                self.errors.append((column, str(value)))
        if self.formula:
            self.formulas.append(column)
            # An empty text is a value that a formula can have, an empty number is none.
            if value is None and not (kind == "str" and self.saved and not parts):
                self.unsaved.append(column)

    def text(self, data):
        if self.collecting:
            self.parts.append(data)
            self.characters += len(data)
            self.row_characters += len(data)
            if self.characters > MOST_CELL or self.row_characters > MOST_ROW:
                raise Damage("a cell or a row is too long")


def read_sheet(part, values: CellValues, found: SheetRows, until_value: bool = False) -> None:
    """Reads a sheet's part into found, row by row; what is damaged raises an error, and what stands before it is found by then."""

    def take(number, hidden, row, formulas, unsaved, errors):
        place = len(found.rows)
        found.numbers.append(number)
        found.rows.append(row)
        if hidden:
            found.hidden.add(place)
        found.formulas.extend((place, at) for at in formulas)
        found.unsaved.update((place, at) for at in unsaved)
        for at, text in errors:
            found.errors[place, at] = text

    parser = RowParser(values, take)
    seen = 0
    while piece := part.read():
        parser.feed(piece)
        if until_value:
            if any(value is not None and (type(value) is not str or value.strip()) for row in found.rows[seen:] for value in row):
                return
            seen = len(found.rows)
    parser.finish()
    found.complete = True
