"""## Workbooks

The sheets of an `.xlsx` or `.xlsm` file, its table of texts and its formats, straight from its parts: some workbooks that Excel opens are refused by
libraries (no styles, an empty fill, strict OOXML, part names with backslashes).
"""

import re
from contextlib import closing

import numpy as np

from content import Content
from failure import RunFailed
from grid import FormulaCells, Grid
from numberformats import NUMBER_SHOWN, builtin_format, format_of_code
from package import DAMAGES, Damage, Package, TooMuch, is_true
from sharedtexts import SharedTexts, TextReader
from sheetcolumns import SheetColumns
from sheetreading import SheetReader
from worksheet import CellValues

SAVE_AGAIN = "save it again as .xlsx and upload it again"


class Workbook:
    """A workbook whose package was opened; sheets are read when they are asked for."""

    def __init__(self, name: str, content: Content):
        self.name = name
        try:
            self.package = Package(content.open())
            self.read_workbook_part()
            self.formats = self.read_styles()
            texts = self.read_texts()
        except TooMuch as error:
            raise RunFailed(f"{name} would unpack to more data than is safe to read: check where it comes from.") from error
        except DAMAGES as error:
            raise RunFailed(f"{name} can't be read as an Excel workbook: {SAVE_AGAIN}.") from error
        self.values = CellValues(texts, self.formats, self.date1904)
        self.format = "xlsm" if self.package.macros or self.package.macro_enabled else "xlsx"

    def read_workbook_part(self) -> None:
        """Finds the workbook by the package's relationships, and its worksheets; sheets of charts and macros are none."""
        package = self.package
        targets = [target for kind, target in package.relations("").values() if kind == "officeDocument" and package.has(target)]
        main = targets[0] if targets else "xl/workbook.xml"
        if not package.has(main):
            raise Damage("there is no workbook in the package")
        relations = package.relations(main)
        self.texts_part = next((target for kind, target in relations.values() if kind == "sharedStrings"), "")
        self.styles_part = next((target for kind, target in relations.values() if kind == "styles"), "")
        chain = any(kind == "calcChain" for kind, _ in relations.values())
        self.date1904 = self.never_calculated = False
        self.sheets: list[tuple[str, bool, str]] = []  # name, hidden, part

        def start(tag, attributes, depth):
            if tag == "workbookPr" and depth == 2:  # extensions have one of their own
                self.date1904 = is_true(attributes.get("date1904"))
            elif tag == "calcPr" and depth == 2 and not chain:
                # Nothing says that the workbook ever was calculated: a formula's saved 0 may stand for none.
                self.never_calculated = self.never_calculated or is_true(attributes.get("fullCalcOnLoad"))
            elif tag == "sheet":
                kind, target = relations.get(attributes.get("id", ""), ("", ""))
                if kind == "worksheet" and target:
                    self.sheets.append((attributes.get("name", ""), attributes.get("state") in ("hidden", "veryHidden"), target))

        package.parse(main, start)

    def read_styles(self) -> list[int]:
        """What each cell format shows a number as; none where there is no styles part."""
        if not self.styles_part or not self.package.has(self.styles_part):
            return []
        formats: list[int] = []
        custom: dict[int, int] = {}
        within = ""

        def start(tag, attributes, depth):
            nonlocal within
            if depth == 2:
                within = tag
            elif depth == 3 and tag == "numFmt":
                number = attributes.get("numFmtId", "")
                if re.fullmatch(r"-?[0-9]+", number):
                    custom[int(number)] = format_of_code(attributes.get("formatCode", ""))
            elif depth == 3 and tag == "xf" and within == "cellXfs":
                number = attributes.get("numFmtId", "")
                number = int(number) if number.isdigit() else 0
                formats.append(custom[number] if number in custom else builtin_format(number))

        self.package.parse(self.styles_part, start)
        return formats if any(shown != NUMBER_SHOWN for shown in formats) else []

    def read_texts(self) -> SharedTexts:
        """The table of texts that cells refer to."""
        reader = TextReader()
        if self.texts_part and self.package.has(self.texts_part):
            with closing(self.package.pieces(self.texts_part)) as pieces:
                reader.read(pieces)
        return reader.texts

    @property
    def first_visible(self) -> str:
        """The name of the sheet that is read where none is named."""
        for name, hidden, _ in self.sheets:
            if not hidden:
                return name
        raise RunFailed(f"{self.name} has no visible sheet with cells: show the one that holds the orders and upload the file again.")

    def sheet_named(self, wanted: str) -> str:
        """The sheet with this name; Excel tells no upper from lower case there."""
        names = [name for name, _, _ in self.sheets]
        found = [name for name in names if name == wanted] or [name for name in names if name.casefold() == wanted.casefold()]
        if not found:
            raise RunFailed(f"{self.name} has no sheet {wanted}: choose one of its {len(names)} sheets.")
        return found[0]

    def grid(self, wanted: str) -> Grid:
        """The cells of a sheet. Raises RunFailed where it can't be read to its end."""
        found = SheetColumns(self.values.shared.array)
        try:
            with closing(self.package.pieces(self.part_of(wanted))) as pieces:
                SheetReader(self.values, found).read(pieces)
            columns, beyond = found.columns()
        except DAMAGES as error:
            raise RunFailed(f"{self.name} is damaged after row {found.last_number} of sheet {wanted}: save it again and upload it again.") from error
        return Grid(
            np.concatenate([np.zeros(0, np.int64), *found.numbers]),
            columns,
            sheet=wanted,
            beyond=beyond,
            hidden=found.hidden,
            formulas=FormulaCells.joined(found.formulas),
            never_calculated=self.never_calculated,
            errors=found.errors,
            total_rows=self.total_rows(wanted),
        )

    def part_of(self, wanted: str) -> str:
        return next(part for name, _, part in self.sheets if name == wanted)

    def has_data(self, part: str) -> bool:
        """Whether a cell of a sheet has a value; a sheet that can't be read has what stands before the damage."""
        found = SheetColumns(self.values.shared.array)
        try:
            with closing(self.package.pieces(part)) as pieces:
                SheetReader(self.values, found).read(pieces, found.has_value)
        except DAMAGES:
            pass
        return found.has_value()

    def sheet_list(self) -> list[dict]:
        """All worksheets as they stand in the profile."""
        return [{"name": name, "hidden": hidden, "has_data": self.has_data(part)} for name, hidden, part in self.sheets]

    def total_rows(self, wanted: str) -> set[int]:
        """The numbers of the rows that the sheet's tables declare as totals."""
        part = self.part_of(wanted)
        rows: set[int] = set()

        def start(tag, attributes, depth):
            if tag != "table" or depth != 1:
                return
            count = attributes.get("totalsRowCount", "0")
            last = re.fullmatch(r"[$A-Z0-9]+:\$?[A-Z]+\$?([0-9]+)", attributes.get("ref", ""))
            if last and count.isdigit() and 0 < int(count) < 100:
                rows.update(range(int(last[1]) - int(count) + 1, int(last[1]) + 1))

        try:
            for kind, target in self.package.relations(part).values():
                if kind == "table" and self.package.has(target):
                    self.package.parse(target, start)
        except DAMAGES:  # a table's own part says nothing of the cells
            pass
        return rows
