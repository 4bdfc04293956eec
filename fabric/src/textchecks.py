"""## Checks of texts and keys

What only the whole file tells: other encodings, lost digits, currencies, and groups that are one.
"""

from collections import Counter
from string import ascii_uppercase

from keytexts import has_eastern, is_misread, lost_digits, maybe_eastern, same_groups
from ledger import PRICED
from numbertexts import number_text_of
from rounding import money
from survey import Survey
from table import Table
from values import as_text, trimmed
from verdicts import MOST_EXAMPLES, example, outcome, share_of_rows
from words import CURRENCY_COLUMNS, CURRENCY_OF, RECOMMENDED, lowered, plain_name


def text_encoding(table: Table) -> dict:
    """Texts that are not in the file's encoding, or may be in another; only text files have one."""
    found = strange_cells(table) if table.is_csv else []
    if not found:
        return outcome("text_encoding", "warning", True, 0, "Every text is in the file's encoding.")
    # The header is no row of the file's, so that it is told beside them.
    header = found[0]["cell"].lstrip(ascii_uppercase) == str(table.header_row)
    rows = len(found) - header
    who = [*(["the header"] if header else []), *([share_of_rows(rows, table.row_count)] if rows else [])]
    verb = "has" if len(found) == 1 else "have"
    message = f"{' and '.join(who)} {verb} a text that is not in the encoding, or may be in another."
    message = message[0].upper() + message[1:]
    return outcome("text_encoding", "warning", False, len(found), message, found[:MOST_EXAMPLES])


def strange_cells(table: Table) -> list[dict]:
    """The first such cell of each row that has one, the header's row too."""
    columns = [table.texts(column) for column in range(len(table.cells))]
    texts = Counter(cell for cells in columns for cell in cells if cell and not cell.isascii())
    texts.update(header for header in table.headers if not header.isascii())
    odd = {text for text in texts if is_misread(text)}
    if table.text["encoding"] == "windows-1252" and maybe_eastern(texts.elements()):
        odd.update(text for text in texts if has_eastern(text))
    strange = table.grid.strange
    if not odd and not strange:
        return []
    places = {place: row for row, place in enumerate(table.places.tolist())}
    header = table.grid.place_of(table.header_row)
    found = []
    if header is not None:
        column = next((c for c, text in enumerate(table.headers) if text in odd or (header, c) in strange), None)
        if column is not None:
            found.append(example(table.header_address(column), trimmed(table.headers[column])))
    marked: dict[int, set[int]] = {}
    for place, column in strange:
        if place in places and column < len(table.cells):
            marked.setdefault(places[place], set()).add(column)
    for column, cells in enumerate(columns):
        for row, cell in enumerate(cells):
            if cell in odd:
                marked.setdefault(row, set()).add(column)
    for row in sorted(marked):
        column = min(marked[row])
        found.append(example(table.address(column, row), as_text(table.cells[column][row])))
    return found


def order_id_exact(found: Survey, rows: list[int]) -> dict:
    """Order_ids that have lost digits."""
    table = found.table
    column = table.index("order_id")
    lost = [] if column is None else [r for r in rows if lost_digits(table.cells[column][r], table.is_workbook)]
    if column is None or not lost:
        return outcome("order_id_exact", "warning", True, 0, "Every order_id is exact.")
    ending = "has an order_id" if len(lost) == 1 else "have an order_id"
    message = f"{share_of_rows(len(lost), table.row_count)} {ending} of more than 15 digits, of which Excel has lost the last ones."
    return outcome("order_id_exact", "warning", False, len(lost), message, [example(table.address(column, r), as_text(table.cells[column][r])) for r in lost[:MOST_EXAMPLES]])


def one_currency(found: Survey, rows: list[int]) -> dict:
    """Amounts in several currencies: in the texts of revenue an error, by a column of currencies a warning."""
    table = found.table
    passed = outcome("one_currency", "error", True, 0, "All amounts are in one currency.")
    for severity, column, named in (("error", table.index("revenue"), revenue_currency(found)), ("warning", currency_column(found), column_currency)):
        if column is None:
            continue
        cells = table.cells[column]
        codes = {r: code for r in rows if (code := named(cells[r]))}
        if len(set(codes.values())) < 2:
            continue
        counts = Counter(codes.values())
        most = min(counts, key=lambda code: (-counts[code], code))
        others = [r for r in rows if codes.get(r, most) != most]
        verb = "is" if len(others) == 1 else "are"
        message = f"{share_of_rows(len(others), table.row_count)} {verb} in another currency than most."
        return outcome("one_currency", severity, False, len(others), message, [example(table.address(column, r), as_text(cells[r])) for r in others[:MOST_EXAMPLES]])
    return passed


def revenue_currency(found: Survey):
    """Names the currency of a text of revenue."""

    def named(cell):
        text = trimmed(cell) if type(cell) is str else None
        shown = None if text is None or found.forms.is_null_word(text) else number_text_of(text)
        return shown.currency if shown else None

    return named


def column_currency(cell) -> str | None:
    """Names the currency in a cell of a column of currencies."""
    text = as_text(cell)
    return None if text is None else CURRENCY_OF.get(lowered(text), lowered(text))


def currency_column(found: Survey) -> int | None:
    """The first column without a role whose name says that it holds currencies."""
    taken = set(found.roles.values())
    return next((c for c, header in enumerate(found.table.headers) if c not in taken and plain_name(header) in CURRENCY_COLUMNS), None)


def group_names(found: Survey) -> dict:
    """Groups that differ in case, white space or characters without a width only, with their sums."""
    table, examples = found.table, []
    for role in RECOMMENDED:
        column = table.index(role)
        if column is None:
            continue
        units: Counter = Counter()
        for row, amount in kept_amounts(found):
            name = as_text(table.cells[column][row])
            if name is not None:
                units[name] += amount
        for names in same_groups(units):
            told = ", ".join(f"{name} ({money(units[name]):.2f})" for name in names)
            examples.append(example(table.header_address(column), told))
    if not examples:
        return outcome("group_names", "warning", True, 0, "No groups differ in case or blanks only.")
    groups = "1 group is" if len(examples) == 1 else f"{len(examples):,} groups are"
    return outcome("group_names", "warning", False, len(examples), f"{groups} written in several ways that differ in case or blanks only.", examples[:MOST_EXAMPLES])


def kept_amounts(found: Survey) -> list[tuple[int, int]]:
    """The kept rows with their revenue in ten-thousandths; all rows where the required columns are not known."""
    if found.outcome is None:
        return [(row, 0) for row in range(found.table.row_count)]
    return [(entry.row, entry.units if entry.money == PRICED else 0) for entry in found.outcome.sums.kept]
