"""## Words

The words by which columns, totals, currencies, months and empty cells are told (`contract/file_words.json`), and how two names are compared.
"""

import json
import unicodedata
from functools import lru_cache
from pathlib import Path

from names import normalized_name

FILE_WORDS = json.loads((Path(__file__).resolve().parents[3] / "contract" / "file_words.json").read_text(encoding="utf-8"))  # the build puts the file's content here

REQUIRED = ("order_id", "order_date", "revenue")
RECOMMENDED = ("channel", "region", "product_category")
AMOUNTS = ("revenue", "unit_price", "discount", "quantity")  # the columns of numbers
ROLES = {role["role"]: frozenset(role["names"]) for role in FILE_WORDS["roles"]}
MONTHS = FILE_WORDS["months"]
NULL_WORDS = tuple(FILE_WORDS["null_words"])
TOTALS = frozenset(FILE_WORDS["totals"])
CURRENCY_COLUMNS = frozenset(FILE_WORDS["currency_columns"])
CURRENCY_CODES = frozenset(FILE_WORDS["currency_codes"])
STATUS_COLUMNS = tuple(FILE_WORDS["status_columns"])
RETURNED_OR_CANCELLED = frozenset(FILE_WORDS["returned_or_cancelled"])
VISITOR_COLUMNS = tuple(FILE_WORDS["visitor_columns"])
CURRENCY_OF = FILE_WORDS["currency_of"]
CURRENCIES = sorted(FILE_WORDS["currency_signs"] + FILE_WORDS["currency_codes"], key=len, reverse=True)  # the longest that fits comes first
UNIT_WORDS = frozenset(FILE_WORDS["units"]) | frozenset(FILE_WORDS["currency_codes"])


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """A normalised name without accents, as names are compared."""
    bare = "".join(c for c in unicodedata.normalize("NFD", normalized_name(text)) if unicodedata.category(c) != "Mn")
    return bare.replace("ß", "ss").replace("ł", "l")


def role_of(header: str, roles) -> str | None:
    """The first of the roles that a header's name, with or without units behind it, is one of the names of."""
    forms = name_forms(header)
    return next((role for role in roles if any(form in ROLES[role] for form in forms)), None)


def name_forms(header: str) -> list[str]:
    """A header's name as it is, and as it is after the units at its end were removed one by one."""
    parts = plain_name(header).split("_")
    forms = ["_".join(parts)]
    while len(parts) > 1 and parts[-1] in UNIT_WORDS:
        parts.pop()
        forms.append("_".join(parts))
    return forms


def lowered(text: str) -> str:
    """The text in lower case, letter by letter."""
    return text.lower() if text.isascii() else "".join(char.lower()[:1] for char in text)


def is_total(text: str) -> bool:
    """Whether a trimmed text is, begins or ends with a word for a total."""
    word = lowered(unicodedata.normalize("NFKC", text)).removesuffix(":")
    if word in TOTALS:
        return True
    for place, char in enumerate(word):
        if char == " " and (word[:place] in TOTALS or word[place + 1 :] in TOTALS):
            return True
        if char == ":" and word[:place] in TOTALS:
            return True
    return False
