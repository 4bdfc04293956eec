"""## Numbers written as text

Dressed numbers: with grouping, a decimal comma, signs in front or behind, parentheses, currencies, percent (contract/RULES.md, Numbers written as text).
"""

import math
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from values import PLAIN_NUMBER, REMEMBERED
from words import CURRENCIES, CURRENCY_OF

# The forms that the evidence counts, in its order; the first ones tell the decimal mark.
NUMBER_FORMS = (
    "1,234.50", "1.234,50", "1,234,567", "1.234.567", "1234.50", "1234,50", "1,234", "1.234", "1 234", "1'234",
    "-5", "(5)", "5-", "$5", "5 %", ".5", "5.",
)  # fmt: skip
MARK_FORMS = 6
SHOWS = {"1,234.50": ".", "1,234,567": ".", "1234.50": ".", "1.234,50": ",", "1.234.567": ",", "1234,50": ","}

MINUS = "\u2212"
SIGNS = "+-" + MINUS
DASHES = re.compile("(?<=[0-9])([.,])[-\u2013\u2014\u2212]{1,2}$")
COMMA_EXPONENT = re.compile(r"[+-]?[0-9]+,[0-9]+[eE][+-]?[0-9]+")
CORE = re.compile(r"[0-9.,' ]*[0-9][0-9.,' ]*")
THREES = {mark: re.compile(r"[0-9]{1,3}(?:" + re.escape(mark) + r"[0-9]{3})+") for mark in ".,' "}
CURRENCIES_BY_START, CURRENCIES_BY_END = ({char: [word for word in CURRENCIES if word[place] == char] for char in {word[place] for word in CURRENCIES}} for place in (0, -1))
TWOS = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")  # as in India


class NumberText(NamedTuple):
    """What a text that is a number shows. Of an open one both readings are there, else only value."""

    value: float
    grouped: float  # the value where the mark of an open text groups
    open_mark: str  # the mark of an open text, else empty
    plain: bool  # a number by the plain rule
    forms: tuple[str, ...]
    currency: str  # its code, or the sign where that names no single one

    @property
    def shows(self) -> str:
        """The decimal mark that the text shows; empty where it shows none."""
        return next((SHOWS[form] for form in self.forms if form in SHOWS), "")


def compatible(text: str) -> str | None:
    """The text in NFKC with one apostrophe; None where that makes a digit of what is none to people, such as the 1 of a footnote."""
    if text.isascii():
        return text
    for char in text:
        if not char.isascii() and not "\uff10" <= char <= "\uff19" and any("0" <= c <= "9" for c in unicodedata.normalize("NFKC", char)):
            return None
    return unicodedata.normalize("NFKC", text).replace("\u2019", "'")


@lru_cache(maxsize=REMEMBERED)
def number_text_of(text: str) -> NumberText | None:
    """What a trimmed text shows as a number; None where it is none, whatever the marks."""
    if PLAIN_NUMBER.fullmatch(text):
        return plain_number(text)
    return dressed_number(text)


def plain_number(text: str) -> NumberText | None:
    value = float(text)
    if not math.isfinite(value):
        return None
    value += 0.0  # no negative zero
    forms = ("-5",) if text[0] == "+" else ()
    digits = text.lstrip("+-")
    if "." not in digits or "e" in digits or "E" in digits:
        return NumberText(value, value, "", True, forms, "")
    front, behind = digits.split(".")
    if len(behind) == 3 and len(front) <= 3 and front[0] != "0":
        return NumberText(value, float(text.replace(".", "")) + 0.0, ".", True, ("1.234", *forms), "")
    return NumberText(value, value, "", True, ("1234.50", *forms), "")


def dressed_number(text: str) -> NumberText | None:
    if not any("0" <= c <= "9" or "\uff10" <= c <= "\uff19" for c in text):
        return None
    bare = compatible(text)
    if bare is not None and COMMA_EXPONENT.fullmatch(bare):
        large = float(bare.replace(",", ".")) + 0.0
        return NumberText(large, large, "", False, (), "") if math.isfinite(large) else None
    undressed = None if bare is None else undress(bare)
    if undressed is None:
        return None
    core, negative, shows, currency = undressed
    found = digits_of(core)
    if found is None:
        return None
    whole, fraction, forms, open_mark = found
    shift = 2 if "5 %" in shows else 0
    value = decimal_value(whole + fraction, len(fraction) + shift)
    grouped = decimal_value(whole + fraction, shift) if open_mark else value
    if value is None or grouped is None:
        return None
    if negative:
        value, grouped = 0.0 - value, 0.0 - grouped
    ordered = tuple(form for form in NUMBER_FORMS if form in forms or form in shows)
    return NumberText(value, grouped, open_mark, False, ordered, currency)


def undress(text: str) -> tuple[str, bool, set[str], str] | None:
    """Takes sign, parentheses, currency and percent off: what is left, whether it is negative, the forms, the currency."""
    shows: set[str] = set()
    currency = ""
    signed = opened = closed = negative = False
    while True:
        text = text.lstrip(" ")
        if not text:
            return None
        if text[0] in "0123456789.,":
            break
        if text[0] in SIGNS and not signed:
            signed, negative = True, text[0] != "+"
            if text[0] != "-":
                shows.add("-5")
            text = text[1:]
        elif text[0] == "(" and not opened:
            opened, text = True, text[1:]
        elif not currency and (word := currency_at(text, False)):
            currency, text = word, text[len(word) :]
        else:
            return None
    while True:
        text = text.rstrip(" ")
        if not text:
            return None
        last = text[-1]
        # A point at the end is the number's own, but for that of kr. and fr.
        if last in "0123456789," or (last == "." and not text.endswith("r.")):
            break
        if DASHES.search(text):
            text = DASHES.sub(r"\1", text)
            if "5-" in shows:
                return None
            break
        if last in SIGNS and not signed:
            signed, negative = True, last != "+"
            shows.add("5-")
            text = text[:-1]
        elif last == ")" and opened and not closed:
            closed, text = True, text[:-1]
        elif last == "%" and "5 %" not in shows:
            shows.add("5 %")
            text = text[:-1]
        elif not currency and (word := currency_at(text, True)):
            currency, text = word, text[: -len(word)]
        else:
            return None
    if opened != closed or (opened and signed):
        return None
    if opened:
        negative = True
        shows.add("(5)")
    if currency:
        shows.add("$5")
    return text, negative, shows, CURRENCY_OF.get(currency, currency)


def currency_at(text: str, end: bool) -> str:
    """The currency, in lower case, that a text begins or ends with; empty where there is none."""
    for word in (CURRENCIES_BY_END if end else CURRENCIES_BY_START).get(text[-1 if end else 0].lower(), ()):
        part = text[-len(word) :] if end else text[: len(word)]
        if part.lower() == word:
            return word
    return ""


def digits_of(core: str) -> tuple[str, str, set[str], str] | None:
    """The digits of a number in front of the decimal mark and behind it, the forms, and the mark of an open one."""
    if not CORE.fullmatch(core):
        return None
    dots, commas = core.count("."), core.count(",")
    blanks, apostrophes = " " in core, "'" in core
    group, mark, forms = "", -1, set()
    if blanks or apostrophes:
        if (blanks and apostrophes) or dots + commas > 1:
            return None
        group = " " if blanks else "'"
        forms.add("1 234" if blanks else "1'234")
        mark = max(core.find("."), core.find(","))
    elif dots and commas:
        mark = max(core.rfind("."), core.rfind(","))
        group = "," if core[mark] == "." else "."
        if core.count(core[mark]) > 1:
            return None
    elif dots + commas > 1:
        group = "." if dots else ","
        forms.add("1.234.567" if dots else "1,234,567")
    elif dots + commas == 1:
        mark = core.find(".") if dots else core.find(",")
        if len(core) - mark == 4 and 1 <= mark <= 3 and core[0] != "0":
            return core[:mark], core[mark + 1 :], {"1.234" if dots else "1,234"}, core[mark]
    whole, fraction = core, ""
    if mark >= 0:
        whole, fraction = core[:mark], core[mark + 1 :]
        both = bool(dots and commas)
        forms.add(("1,234.50" if both else "1234.50") if core[mark] == "." else ("1.234,50" if both else "1234,50"))
        if not fraction:
            forms.add("5.")
        elif not fraction.isdigit():
            return None
        if mark == 0:
            forms.add(".5")
    if group:
        if not THREES[group].fullmatch(whole) and not (group == "," and TWOS.fullmatch(whole)):
            return None
        whole = whole.replace(group, "")
    return whole, fraction, forms, ""


def decimal_value(digits: str, places: int) -> float | None:
    """The double next to the number that digits stand for of which so many are behind the decimal mark."""
    value = float(f"{digits}e-{places}")
    return value if math.isfinite(value) else None


class Numbers:
    """Reads numbers written as text by a file's mark; without one open texts read by a point."""

    def __init__(self, decimal_mark: str = "", own: bool = False):
        self.mark = decimal_mark  # empty where it is not known: then other columns of a text file are read by the plain rule only
        self.own = own  # the mark of an open text is its decimal mark

    def read(self, text: str) -> float | None:
        """The number of a trimmed text of a column of amounts."""
        found = number_text_of(text)
        if found is None:
            return None
        if found.open_mark and not self.own and found.open_mark != (self.mark or "."):
            return found.grouped
        return found.value

    def other(self, text: str) -> float | None:
        """The number of a trimmed text of another column of a text file: by the plain rule, or where it shows the file's mark."""
        found = number_text_of(text)
        if found is None:
            return None
        if found.plain and not (self.mark and found.open_mark):
            return found.value
        if not self.mark or not ("." in text or "," in text) or not (found.open_mark or found.shows == self.mark):
            return None
        return self.read(text)


def numbers_of(options: dict) -> Numbers:
    """The reading of numbers as the options say."""
    grouping = options.get("grouping_mark", "none")
    if "decimal_mark" in options:
        return Numbers(options["decimal_mark"])
    if grouping == "":
        return Numbers(own=True)
    return Numbers({".": ",", ",": "."}.get(grouping, ""))


RUN = re.compile(r"[0-9](?:[.,' ]?[0-9])*")


def likely_amount(text: str) -> float:
    """What a text that is no number would add to a sum by its likeliest reading; 0 where nothing speaks for an amount."""
    bare = compatible(text) or text
    run = RUN.search(bare)
    if not run:
        return 0.0
    mark = max(run[0].rfind("."), run[0].rfind(","))
    behind = run[0][mark + 1 :] if mark >= 0 else ""
    places = len(behind) if behind.isdigit() and len(behind) != 3 else 0
    value = decimal_value(re.sub("[^0-9]", "", run[0]), places)
    if value is None:
        return 0.0
    front, after = bare[: run.start()].rstrip(" "), bare[run.end() :].lstrip(" ")
    minus_behind = after[:1] in ("-", MINUS) and after[:1] != "" and not after[1:2].isdigit()
    below = front.endswith(("-", MINUS)) or minus_behind or (front.endswith("(") and after.startswith(")"))
    return 0.0 - value if below else value
