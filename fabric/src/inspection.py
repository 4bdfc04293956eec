"""## A workbook's package

What openpyxl does not tell of a workbook, straight from its parts: formulas, hidden rows, macros, links to others.
"""

import io
import re
import zipfile

FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+)([0-9]+)"[^>]*>\s*<(?:\w+:)?f[\s/>]')
ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
ROW_NUMBER = re.compile(rb'\br="([0-9]+)"')
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
LINK = re.compile(r"xl/externalLinks/externalLink[^/]*\.xml", re.IGNORECASE)


def package_facts(data: bytes) -> dict:
    """Whether the workbook holds macros, and how many others it refers to."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
    return {
        "macros": any(n.lower().endswith("vbaproject.bin") for n in names),
        "external_links": sum(bool(LINK.fullmatch(n)) for n in names),
    }


def sheet_facts(data: bytes, part: str) -> tuple[dict[str, list[int]], set[int]]:
    """The rows with a formula by column letters, and the hidden rows, of a sheet's part."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        xml = package.read(part.lstrip("/"))
    formulas: dict[str, list[int]] = {}
    for found in FORMULA.finditer(xml):
        formulas.setdefault(found[1].decode(), []).append(int(found[2]))
    hidden = set()
    last = 0
    for found in ROW.finditer(xml):
        number = ROW_NUMBER.search(found[0])
        last = int(number[1]) if number else last + 1
        if HIDDEN.search(found[0]):
            hidden.add(last)
    return formulas, hidden
