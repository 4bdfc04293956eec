"""## Reading the import file

From the file's bytes to its rows (contract/RULES.md, Reading): a sheet of a workbook, a text file, or Parquet.
"""

import numpy as np
import pyarrow

from columnar import ParquetContent
from content import Content
from failure import RunFailed
from grid import Grid
from table import Table
from textfile import read_text
from workbook import Workbook


class Source:
    """An import file; its format is told by the content. Raises RunFailed with what is wrong."""

    def __init__(self, name: str, content: Content, options: dict):
        self.name, self.content, self.options = name, content, options
        self.book: Workbook | None = None
        self.format = "csv"
        self.text: dict = {}
        self.escaped_quotes = 0  # of a text file in which that was found
        self.grids: dict[str | None, Grid] = {}
        head = content.head(200)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
            self.book = Workbook(name, content)
            self.format = self.book.format
        elif head.startswith(b"PAR1"):
            self.format = "parquet"
        else:
            refuse_others(name, head)
        if self.book is None and "sheet" in options:
            raise RunFailed(f"{name} has no sheets: leave out the name of one.")

    @property
    def first_sheet(self) -> str | None:
        """The sheet that is read: the one that the options name, else the first visible one; None for other files than workbooks."""
        if self.book is None:
            return None
        return self.book.sheet_named(self.options["sheet"]) if "sheet" in self.options else self.book.first_visible

    @property
    def visible_sheets(self) -> list[str]:
        return [] if self.book is None else [name for name, hidden, _ in self.book.sheets if not hidden]

    def grid(self, sheet: str | None) -> Grid:
        """The rows of a sheet, or of the file's only table; read once."""
        if sheet not in self.grids:
            if self.book is not None:
                self.grids[sheet] = self.book.grid(sheet or self.book.first_visible)
            elif self.format == "parquet":
                self.grids[sheet] = parquet_grid(self.name, self.content)
            else:
                self.grids[sheet], self.text, self.escaped_quotes = read_text(self.name, self.content, self.options)
        return self.grids[sheet]

    def table(self, sheet: str | None) -> Table:
        """A table whose header is not found yet."""
        grid = self.grid(sheet)
        table = Table(self.format, grid, sheet=sheet, left_out_columns=grid.left_out, text=dict(self.text))
        if self.book is not None:
            package = self.book.package
            table.macros, table.external_links = package.macros, package.external_links
        return table


def refuse_others(name: str, head: bytes) -> None:
    """Says what a file is that is no text."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise RunFailed(f"{name} is protected with a password or an old .xls workbook: save it as .xlsx without a password.")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<html", b"<!doctype", b"<table")):
        raise RunFailed(f"{name} is a web page or XML file, no workbook: open it in Excel and save it as .xlsx.")
    if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")):
        raise RunFailed(f"{name} is packed: unpack it and upload the file in it.")


def parquet_grid(name: str, content: Content) -> Grid:
    """A Parquet file's rows below the names of its columns, which stand in no row; its columns have types, so that a text is meant as one."""
    try:
        found = ParquetContent(content)
    except (pyarrow.ArrowException, ValueError, IndexError, RecursionError, OSError, MemoryError) as error:
        raise RunFailed(f"{name} can't be read as a Parquet file: write it again and upload it again.") from error
    return Grid(np.arange(1, found.rows + 1), found.columns, names=found.headers, errors=found.errors, left_out=found.left_out)
