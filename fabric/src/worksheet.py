"""## A worksheet's cells

Read tag by tag, so that no tree of the sheet is built; what a cell says of itself (its type, its format) decides what its value is.
"""

import re
from dataclasses import dataclass, field

from numberformats import NUMBER_SHOWN, TIME_SHOWN, clock_of_serial, iso_moment, moment_of_serial
from package import Damage, is_true, local_name, parse_all, xml_parser
from values import Cell

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
ADDRESS = re.compile(r"([A-Za-z]{1,3})[0-9]*")
NUMBER_CHARACTERS = re.compile(r"[0-9.eE+-]+")
XML_BLANKS = " \t\r\n"
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
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


def unescaped(text: str) -> str:
    """With the escapes _xHHHH_ resolved, with which workbooks write characters that XML can't hold; CRLF becomes LF."""
    if "_x" in text:
        text = ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n")


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

    def __init__(self, shared: list[str], formats: list[int], date1904: bool):
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
        if len(self.shown) < 1 << 20:
            self.shown[key] = value
        return value

    def shown_by(self, style: str) -> int:
        """What a cell format, by its number, shows a number as."""
        index = int(style or 0)
        return self.formats[index] if index < len(self.formats) else NUMBER_SHOWN


def read_sheet(part, values: CellValues, found: SheetRows, until_value: bool = False) -> None:
    """Reads a sheet's part into found; what is damaged raises an error, and what stands before it is found by then."""
    depth = skip = 0  # skip: the depth of an element whose content does not matter
    in_data = closed = collecting = formula = saved = False
    number = column = 0
    row: list[Cell] = []
    formulas: list[int] = []
    unsaved: list[int] = []
    errors: list[tuple[int, str]] = []
    kind = style = ""
    parts: list[str] = []
    hidden = False
    locals_: dict[str, str] = {}

    def start(name, attributes):
        nonlocal depth, skip, in_data, collecting, formula, saved, number, column, row, formulas, unsaved, errors, kind, style, parts, hidden
        depth += 1
        if skip:
            return
        tag = locals_.get(name)
        if tag is None:
            tag = locals_[name] = local_name(name)
        if depth == 5:
            if tag == "v" and kind != "inlineStr":
                collecting, saved, parts = True, True, []
            elif tag == "is" and kind == "inlineStr":
                parts = []
            else:
                formula = formula or tag == "f"
                skip = depth
        elif depth == 4:
            if tag != "c":
                skip = depth
                return
            column += 1
            kind, style, formula, saved = "n", "", False, False
            parts = []
            for key, value in attributes.items():
                if key == "r" and value:
                    place = column_of(value)
                    column = column if place is None else place
                elif key == "s":
                    if value and not value.isdigit():
                        raise Damage(f"a cell's format {value[:20]} is no number")
                    style = value
                elif key == "t":
                    kind = value or "n"
                    if kind not in TYPES:
                        raise Damage(f"a cell has the unknown type {kind[:20]}")
            if column >= MOST_COLUMNS:
                raise Damage(f"a row has more than {MOST_COLUMNS:,} columns")
        elif depth == 3:
            if not in_data or tag != "row":
                skip = depth
                return
            number, column, hidden = number + 1, -1, False
            row, formulas, unsaved, errors = [], [], [], []
            for key, value in attributes.items():
                if key == "r" and value:
                    if not value.isdigit() or not int(value) > 0:
                        raise Damage(f"the row's number {value[:20]} is none that a sheet can have")
                    number = int(value)
                elif key == "hidden":
                    hidden = is_true(value)
            if number > MOST_ROWS:
                raise Damage(f"it has more than {MOST_ROWS:,} rows")
        elif depth >= 6:  # within is: texts, plain or in runs, but no phonetic ones
            if tag == "t" and depth <= 7:
                collecting = True
            elif tag != "r" or depth != 6:
                skip = depth
        elif depth == 2:
            if tag == "sheetData" and not in_data:
                in_data = True
            else:
                skip = depth
        elif tag != "worksheet":
            raise Damage(f"<{tag[:20]}> is no worksheet")

    def end(name):
        nonlocal depth, skip, in_data, closed, collecting, row
        depth -= 1
        if skip:
            if depth < skip:
                skip = 0
            return
        collecting = False
        if depth == 3:
            if kind == "inlineStr":
                parts[:] = [unescaped("".join(parts))]
            value = values.value(kind, style, "".join(parts)) if parts else None
            if value is not None:
                if column == len(row):
                    row.append(value)
                else:
                    row.extend([None] * (column + 1 - len(row)))
                    row[column] = value
                if kind == "e":
                    errors.append((column, value))
            if formula:
                formulas.append(column)
                # An empty text is a value that a formula can have, an empty number is none.
                if value is None and not (kind == "str" and saved and not parts):
                    unsaved.append(column)
        elif depth == 2:
            place = len(found.rows)
            found.numbers.append(number)
            found.rows.append(row)
            if hidden:
                found.hidden.add(place)
            found.formulas.extend((place, at) for at in formulas)
            found.unsaved.update((place, at) for at in unsaved)
            for at, text in errors:
                found.errors[place, at] = text
        elif depth == 1 and in_data:
            closed = True

    def text(data):
        if collecting:
            parts.append(data)

    parser = xml_parser(start, end, text)
    if not until_value:
        parse_all(parser, part)
    else:
        seen = 0
        while not any(value is not None and (type(value) is not str or value.strip()) for row_ in found.rows[seen:] for value in row_):
            seen = len(found.rows)
            piece = part.read()
            parser.Parse(piece, not piece)
            if not piece:
                break
        return
    if not closed:
        raise Damage("the sheet holds no table of cells")
    found.complete = True
