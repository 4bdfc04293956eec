"""## Read options

The pipeline parameter `read_options`: one small JSON document that says how the file is read (contract/RULES.md, Read options).
"""

import json

from failure import RunFailed
from words import ROLES

OPTIONS_VERSION = 1
ENCODINGS = (
    "utf-8", "utf-16le", "utf-16be", "windows-1250", "windows-1251", "windows-1252", "windows-1254",
    "iso-8859-1", "iso-8859-2", "iso-8859-15", "macintosh", "ibm850",
)  # fmt: skip


def text_of(value):
    return isinstance(value, str) and value != ""


def whole_from(least: int, most: int = 2**53):
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def one_of(*values):
    return lambda value: isinstance(value, str) and value in values


def delimiter_like(value):
    return isinstance(value, str) and len(value) == 1 and value not in '"\r\n'


def texts(value):
    return isinstance(value, list) and all(map(text_of, value))


def columns_like(value):
    return isinstance(value, dict) and all(role in ROLES and text_of(header) for role, header in value.items())


# In the order of the schema, each with what its value must be and how that is said.
FIELDS = {
    "sheet": (text_of, "the name of a sheet"),
    "header_row": (whole_from(1), "a whole number from 1 on"),
    "end_rows": (whole_from(0), "a whole number from 0 on"),
    "encoding": (one_of(*ENCODINGS), "one of " + ", ".join(ENCODINGS)),
    "delimiter": (delimiter_like, "one character that can separate values"),
    "quoting": (one_of("double", "backslash", "none"), "double, backslash or none"),
    "decimal_mark": (one_of(".", ","), "a point or a comma"),
    "grouping_mark": (one_of("", ".", ",", "'", " "), "a point, a comma, an apostrophe, a blank or empty"),
    "date_order": (one_of("ymd", "dmy", "mdy"), "ymd, dmy or mdy"),
    "two_digit_years_from": (whole_from(1900, 2000), "a year from 1900 to 2000"),
    "time_zone": (text_of, "the name of a zone or +HH:MM"),
    "null_words": (texts, "a list of texts"),
    "columns": (columns_like, "headers by the roles " + ", ".join(ROLES)),
    "row_is": (one_of("order", "order_line"), "order or order_line"),
    "rows_no_orders": (one_of("leave_out", "count"), "leave_out or count"),
    "shifted_rows": (one_of("realign", "leave_out"), "realign or leave_out"),
    "accept_missing": (lambda value: value is True, "true"),
}


def parsed_options(text: str) -> dict:
    """The options in the parameter's text, without schema_version; empty where nothing is said. Raises RunFailed with what is wrong."""
    if not (text or "").strip():
        return {}
    try:
        document = json.loads(text)
    except ValueError:
        raise RunFailed("The parameter read_options is no JSON document: start the run again from the desktop.") from None
    if not isinstance(document, dict):
        raise RunFailed("The parameter read_options must be a JSON object: start the run again from the desktop.")
    version = document.pop("schema_version", None)
    if isinstance(version, int) and not isinstance(version, bool) and version > OPTIONS_VERSION:
        raise RunFailed(f"The parameter read_options has version {version}, this notebook knows version {OPTIONS_VERSION}: deploy the current notebook.")
    if version != OPTIONS_VERSION or isinstance(version, bool):
        raise RunFailed(f"The parameter read_options must say schema_version {OPTIONS_VERSION}.")
    for key, value in document.items():
        if key not in FIELDS:
            raise RunFailed(f"The parameter read_options has the field {key}, which is not known.")
        fits, wanted = FIELDS[key]
        if not fits(value):
            raise RunFailed(f"In the parameter read_options {key} must be {wanted}.")
    marks = document.get("decimal_mark"), document.get("grouping_mark")
    if marks[0] is not None and marks[0] == marks[1]:
        raise RunFailed("In the parameter read_options decimal_mark and grouping_mark must be different.")
    if document.get("end_rows") == 0:  # says nothing
        del document["end_rows"]
    return ordered_options(document)


def ordered_options(options: dict) -> dict:
    """The fields that say something, in the schema's order."""
    return {key: options[key] for key in FIELDS if key in options}


def options_document(options: dict) -> dict:
    """The options as they stand in the documents."""
    return {"schema_version": OPTIONS_VERSION, **ordered_options(options)}
