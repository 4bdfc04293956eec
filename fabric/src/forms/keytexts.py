"""## Keys and texts

What tells that digits were lost, that groups are one, and that texts were read in another encoding (contract/RULES.md, Keys and texts).
"""

import math
import re
import unicodedata
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import NUMBER, Column
from textarrays import flags, told
from values import EXACT, WHITE_SPACE, Cell, number_in, trimmed
from words import lowered

FROM_SIXTEEN = 1e15  # the first number of sixteen digits
# The first number, by format, that a cell may hold in the place of another one: Excel keeps 15 digits, and a double has no 2**53 + 1.
LOSES_FROM = {"xlsx": FROM_SIXTEEN, "xlsm": FROM_SIXTEEN, "parquet": EXACT + 2.0}

# UTF-8 that was read as Windows-1252, and characters that stand for what could not be read.
MISREAD = re.compile("\ufffd|[ÃÂ][\u0080-\u00bfŸŒœŠšŽžƒ€„†‡‰]")
WESTERN, EASTERN = "äöüéèßñç", "³¹êæñ¿ŸŒœ"  # as Windows-1252 has them, and what letters of Windows-1250 look like in it


def lost_digits(cell: Cell, file_format: str) -> bool:
    """Whether an order_id may have lost its last digits."""
    if type(cell) is float:
        return abs(cell) >= LOSES_FROM.get(file_format, math.inf)
    text = trimmed(cell) if type(cell) is str else None
    if not text or len(text) > 32 or not re.search("[eE]", text) or not re.search("[.,]", text):
        return False
    number = number_in(text.replace(",", ".", 1))
    return number is not None and abs(number) >= FROM_SIXTEEN


def lost_digits_in(column: Column, file_format: str) -> np.ndarray:
    """The rows of a column of order_ids that may have lost their last digits, as marks."""
    found = np.zeros(len(column), bool)
    if file_format in LOSES_FROM and column.numbers is not None:
        found = (column.kinds == NUMBER) & (np.abs(column.numbers) >= LOSES_FROM[file_format])
    if column.codes is not None and len(column.texts):
        maybe = flags(pa.compute.match_substring_regex(column.texts, "[0-9][.,].*[eE]"))
        lost = told(column.texts, maybe, lambda text: lost_digits(text, file_format))
        if lost.any():
            found |= column.spread(lost, False)
    return found


BLANKS = str.maketrans("", "", WHITE_SPACE)


def group_key(name: str) -> str:
    """What is left of a group's name without case, white space and characters that have no width."""
    if name.isascii():
        return name.translate(BLANKS).lower()
    kept = (c for c in unicodedata.normalize("NFKC", name) if c not in WHITE_SPACE and unicodedata.category(c) != "Cf")
    return lowered("".join(kept))


def same_groups(names: Iterable[str]) -> list[list[str]]:
    """The names that only case, white space or characters without a width tell apart, in the order of the first ones."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(group_key(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def is_misread(text: str) -> bool:
    return MISREAD.search(text) is not None


def eastern_letters(texts: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """How many letters of texts, each with its count, that were read as Windows-1252 speak for Windows-1250, and how many against it."""
    eastern = western = 0
    for text, count in texts:
        if text.isascii():
            continue
        for before, char, after in zip(text, text[1:], text[2:]):
            if char.isascii() or not (before.isalpha() or before in EASTERN) or not after.isalpha():
                continue
            eastern += count * (char in EASTERN)
            western += count * (char in WESTERN)
    return eastern, western


def has_eastern(text: str) -> bool:
    """Whether a text has a letter that may be one of Windows-1250."""
    return any(char in EASTERN for char in text)
