"""## Typed values

A column's values as the profile counts them, by the forms that were found (contract/RULES.md, Values).
"""

import re
from datetime import date, datetime

from forms import PlainForms
from survey import Survey
from values import Cell, date_in, number_in, time_in, trimmed
from words import AMOUNTS

KEY_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")  # an order_id that a number does not change


def typed_values(found: Survey, column: int) -> list[Cell]:
    """As stored, texts without blanks at their ends; in a text file a text is what it reads as. None is null."""
    cells = found.table.cells[column]
    if not found.table.is_csv:
        return [trimmed(cell) if type(cell) is str else cell for cell in cells]
    read = reader_of(found, column)
    known: dict[str | None, Cell] = {None: None}
    values = []
    for cell in found.table.texts(column):
        if cell not in known:
            text = trimmed(cell or "")
            known[cell] = None if text is None else read(text)
        values.append(known[cell])
    return values


def reader_of(found: Survey, column: int):
    """What reads the trimmed texts of a text file's column."""
    name, forms = found.table.names[column], found.forms
    if name == "order_id":
        return key_value
    if isinstance(forms, PlainForms):
        return plain_value
    if name == "order_date":
        return lambda text: None if forms.is_null_word(text) else otherwise(forms.read_date(text), text)
    if name in AMOUNTS:
        return lambda text: None if forms.is_null_word(text) else otherwise(forms.read_number(text), text)
    return lambda text: other_value(forms, text)


def otherwise(value, text: str):
    return text if value is None else value


def plain_value(text: str) -> Cell:
    """A number, boolean, date, date-time or time of day by the plain forms, else the text."""
    number = number_in(text)
    if number is not None:
        return number
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    moment: date | datetime | None = date_in(text)
    return otherwise(time_in(text) if moment is None else moment, text)


def key_value(text: str) -> Cell:
    return float(text) if KEY_NUMBER.fullmatch(text) else text


def other_value(forms, text: str) -> Cell:
    """What a text of a column reads as that the rules don't name."""
    plain = plain_value(text)
    if type(plain) is bool or (plain is not text and plain is time_in(text)):
        return plain
    number = forms.numbers.other(text)
    return otherwise(forms.dates.other(text) if number is None else number, text)
