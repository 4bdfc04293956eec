"""## How values are written

What the texts of a table show of marks, orders and words for nothing, and what is decided of them (contract/RULES.md, Read options).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import FIRST_DAY, NUMBER, Column
from dateshapes import one_clock
from datetexts import DATE_FORMS, Dates, DateText, compact_day, dates_of
from numbershapes import NO_FORM, number_shapes
from numbertexts import MARK_FORMS, NUMBER_FORMS, SHOWS, Numbers, number_text_of, numbers_of
from textarrays import counts_of, flags, lengths_of, told, trimmed_texts
from values import REMEMBERED, Cell, date_in, number_in, trimmed
from words import AMOUNTS, NULL_WORDS, lowered


def evidence_of(pairs) -> list[dict]:
    """Counts by form as they stand in the documents."""
    return [{"form": form, "count": count} for form, count in pairs]


@dataclass
class Question:
    """What a person has to decide: the options that answer it, each of which a reading belongs to."""

    id: str
    evidence: list[dict]
    answers: list[dict]


class Forms:
    """Reads values by what is decided: numbers, dates, and words for nothing."""

    def __init__(self, options: dict):
        self.numbers: Numbers = numbers_of(options)
        self.dates: Dates = dates_of(options)
        words = [lowered(word.strip()) for word in options.get("null_words", NULL_WORDS)]
        self.nulls = {word: place for place, word in reversed(list(enumerate(words)))}
        self.longest = max(map(len, words), default=0)
        self.amounts: dict[str, float | None] = {}  # what texts were read as: columns repeat theirs, and are read more than once
        self.days: dict[str, date | None] = {}
        self.questions: list[Question] = []
        self.found: list[dict] = []  # as in the documents
        self.options: dict = {}  # those that were found

    def is_null(self, cell: Cell) -> bool:
        """Whether a cell of a column of dates or amounts is nothing."""
        if type(cell) is str:
            text = trimmed(cell)
            return text is None or self.is_null_word(text)
        return cell is None

    def is_null_word(self, text: str) -> bool:
        return len(text) <= self.longest and lowered(text) in self.nulls

    def amount(self, cell: Cell) -> float | None:
        """The number in a column of amounts; None where it is null or no number."""
        if type(cell) is str:
            if cell not in self.amounts:
                if len(self.amounts) >= REMEMBERED:
                    self.amounts.clear()
                text = trimmed(cell)
                self.amounts[cell] = None if text is None or self.is_null_word(text) else self.read_number(text)
            return self.amounts[cell]
        return cell if type(cell) is float else None

    def read_number(self, text: str) -> float | None:
        return self.numbers.read(text)

    def day(self, cell: Cell) -> date | None:
        """The day in order_date; None where it is null or no date, or none yet."""
        if type(cell) is str:
            if cell not in self.days:
                if len(self.days) >= REMEMBERED:
                    self.days.clear()
                text = trimmed(cell)
                self.days[cell] = None if text is None or self.is_null_word(text) else day_of_moment(self.read_date(text))
            return self.days[cell]
        return self.day_in_number(cell) if type(cell) is float else day_of_moment(cell)

    def read_date(self, text: str) -> date | datetime | None:
        return self.dates.read(text)

    def day_in_number(self, number: float) -> date | None:
        return compact_day(number)

    def dated(self, cell: Cell) -> bool:
        """Whether a cell is a date in some order and century."""
        if type(cell) is str:
            text = trimmed(cell)
            return text is not None and not self.is_null_word(text) and self.dates.text_of(text) is not None
        return self.day(cell) is not None

    def nothing_in(self, texts: pa.Array) -> np.ndarray:
        """Which trimmed texts (large_string) are empty or a word for nothing."""
        short = lengths_of(texts) <= self.longest
        ascii_texts = flags(pa.compute.string_is_ascii(texts))
        found = flags(pa.compute.equal(texts, ""))
        if short.any():
            found |= flags(pa.compute.is_in(pa.compute.ascii_lower(texts), pa.array(list(self.nulls), pa.large_string()))) & ascii_texts
        return found | told(texts, short & ~ascii_texts, self.is_null_word)

    def amounts_in(self, texts: pa.Array) -> np.ndarray:
        """The numbers of trimmed texts (large_string) of a column of amounts, float64; NaN where they are null or no numbers."""
        shapes = number_shapes(texts)
        found = shapes.value
        if shapes.grouped is not None and not self.numbers.own:
            # An open text whose mark is not the file's decimal mark groups by it.
            groups = shapes.open_by("," if self.numbers.mark != "," else ".")
            found = np.where(groups, shapes.grouped, found)
        nothing = self.nothing_in(texts)
        found[nothing] = np.nan
        others = ~shapes.known & ~nothing
        if others.any():
            found[others] = [np.nan if (number := self.read_number(text)) is None else number for text in texts.filter(pa.array(others)).to_pylist()]
        return found

    def days_in(self, texts: pa.Array) -> np.ndarray:
        """The days since 1970 of trimmed texts (large_string) of order_date, float64; NaN where they are null or no dates, or none yet."""
        places, shown = one_clock(texts, zones=self.dates.zone is None)
        days = [day_of_moment(self.read_date(text)) if text else None for text in shown]
        found = np.array([np.nan if day is None else (day - FIRST_DAY).days for day in days], np.float64)[places]
        found[self.nothing_in(texts)] = np.nan  # a word for nothing may have a time of day
        return found

    def dated_in(self, texts: pa.Array) -> np.ndarray:
        """Which trimmed texts (large_string) are a date in some order and century."""
        places, shown = one_clock(texts, zones=True)
        return np.array([bool(text) and self.dates.text_of(text) is not None for text in shown], bool)[places] & ~self.nothing_in(texts)


class PlainForms(Forms):
    """Reads values by the plain forms only, as long as the required columns are not known."""

    def is_null_word(self, text: str) -> bool:
        return False

    def read_number(self, text: str) -> float | None:
        return number_in(text)

    def read_date(self, text: str) -> date | datetime | None:
        return date_in(text)

    def day_in_number(self, number: float) -> date | None:
        return None

    def dated(self, cell: Cell) -> bool:
        return self.day(cell) is not None

    def nothing_in(self, texts: pa.Array) -> np.ndarray:
        return flags(pa.compute.equal(texts, ""))

    def amounts_in(self, texts: pa.Array) -> np.ndarray:
        shapes = number_shapes(texts)
        found = np.where(shapes.plain, shapes.value, np.nan)
        others = ~shapes.known
        found[others] = [np.nan if (number := number_in(text)) is None else number for text in texts.filter(pa.array(others)).to_pylist()]
        return found

    def dated_in(self, texts: pa.Array) -> np.ndarray:
        return ~np.isnan(self.days_in(texts))


def day_of_moment(cell) -> date | None:
    """The day of a date or date-time; None of anything else."""
    if type(cell) is datetime:
        return cell.date()
    return cell if type(cell) is date else None


FORM_OPTIONS = {"decimal_mark", "grouping_mark", "date_order", "two_digit_years_from", "time_zone", "null_words"}


def first_forms(options: dict) -> Forms:
    """What reads values before the rows were looked at: the plain forms, unless a person has said how they are written."""
    return Forms(options) if FORM_OPTIONS & options.keys() else PlainForms(options)


@dataclass
class Shown:
    """What the texts of a table show: counts, so that those of several parts of a table add up to those of the table."""

    numbers: Counter = field(default_factory=Counter)  # texts of revenue by form
    marks: Counter = field(default_factory=Counter)  # texts of amounts that show a mark
    dressed: int = 0  # texts of amounts that are no numbers by the plain rule
    open_amounts: int = 0  # texts of revenue
    currencies: Counter = field(default_factory=Counter)
    dates: Counter = field(default_factory=Counter)  # texts of order_date by what they show (DateText), whatever the time of day
    compact: int = 0  # numbers YYYYMMDD in order_date
    nothing: Counter = field(default_factory=Counter)  # by null word

    def add(self, other: "Shown") -> None:
        """Takes what the texts of another part of the table show."""
        for name in ("numbers", "marks", "currencies", "dates", "nothing"):
            getattr(self, name).update(getattr(other, name))
        self.dressed += other.dressed
        self.open_amounts += other.open_amounts
        self.compact += other.compact


def look(columns: dict[str, Column], options: dict) -> Shown:
    """What the cells of columns show; columns are those of amounts and order_date by their roles."""
    shown = Shown()
    forms = Forms(options)
    for role, column in columns.items():
        counts = counts_of(column)
        used = counts > 0
        if used.any():
            texts, counts = trimmed_texts(column.texts.filter(pa.array(used))), counts[used]
            texts, counts = without_nothing(shown, forms, texts, counts)
            if role == "order_date":
                look_at_dates(shown, forms, texts, counts)
            elif role in AMOUNTS:
                look_at_amounts(shown, texts, counts, role == "revenue")
        if role == "order_date" and column.numbers is not None:
            numbers, each = np.unique(column.numbers[column.kinds == NUMBER], return_counts=True)
            shown.compact = int(sum(each[place] for place, number in enumerate(numbers.tolist()) if compact_day(number) is not None))
    return shown


def without_nothing(shown: Shown, forms: Forms, texts: pa.Array, counts: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """Counts the words for nothing; the other texts that are not empty, with their counts."""
    nothing = forms.nothing_in(texts)
    if not nothing.any():
        return texts, counts
    for word, count in zip(texts.filter(pa.array(nothing)).to_pylist(), counts[nothing].tolist()):
        if word:
            shown.nothing[lowered(word)] += count
    return texts.filter(pa.array(~nothing)), counts[~nothing]


def look_at_dates(shown: Shown, forms: Forms, texts: pa.Array, counts: np.ndarray) -> None:
    places, different = one_clock(texts, zones=True)
    totals = np.zeros(len(different), np.int64)
    np.add.at(totals, places, counts)
    for text, count in zip(different, totals.tolist()):
        found = forms.dates.text_of(text)
        if found is not None:
            shown.dates[found] += count


def look_at_amounts(shown: Shown, texts: pa.Array, counts: np.ndarray, revenue: bool) -> None:
    shapes = number_shapes(texts)
    shown.dressed += int(counts[shapes.known & ~shapes.plain & ~np.isnan(shapes.value)].sum())
    for place, currency in enumerate(shapes.currencies if revenue else []):
        count = int(counts[shapes.currency == place].sum())
        if count:
            shown.numbers["$5"] += count
            shown.currencies[currency] += count
    for place in np.unique(shapes.form[shapes.form != NO_FORM]).tolist():
        form, count = NUMBER_FORMS[place], int(counts[shapes.form == place].sum())
        if form in SHOWS:
            shown.marks[SHOWS[form]] += count
        if revenue:
            shown.numbers[form] += count
            shown.open_amounts += count if form in ("1,234", "1.234") else 0
    others = ~shapes.known
    for text, count in zip(texts.filter(pa.array(others)).to_pylist(), counts[others].tolist()):
        look_at_amount(shown, text, count, revenue)


def look_at_amount(shown: Shown, text: str, count: int, revenue: bool) -> None:
    found = number_text_of(text)
    if found is None:
        return
    shown.dressed += 0 if found.plain else count
    if found.shows:
        shown.marks[found.shows] += count
    if not revenue:
        return
    shown.open_amounts += count if found.open_mark else 0
    for form in found.forms:
        shown.numbers[form] += count
    if found.currency:
        shown.currencies[found.currency] += count


def decided_forms(shown: Shown, options: dict) -> Forms:
    """Marks, order and century as far as the options and the texts say them, and what is to be asked."""
    forms = Forms(options)
    decide_mark(shown, options, forms)
    decide_dates(shown, options, forms)
    words = [(word, shown.nothing[word]) for word in forms.nulls if shown.nothing[word]]
    if words and "null_words" not in options:
        words.sort(key=lambda pair: forms.nulls[pair[0]])
        forms.found.append({"option": "null_words", "source": "found", "evidence": evidence_of(words)})
    return forms


def number_evidence(shown: Shown) -> list[dict]:
    return evidence_of((form, shown.numbers[form]) for place, form in enumerate(NUMBER_FORMS) if shown.numbers[form] or place < MARK_FORMS)


def decide_mark(shown: Shown, options: dict, forms: Forms) -> None:
    if "decimal_mark" in options or options.get("grouping_mark") in ("", ".", ","):
        return
    points, commas = shown.marks["."], shown.marks[","]
    mark = "" if points and commas else "," if commas else "."
    if bool(points) == bool(commas) and shown.open_amounts:
        forms.questions.append(Question("decimal_mark", number_evidence(shown), [{"decimal_mark": "."}, {"decimal_mark": ","}]))
    elif shown.dressed:
        if mark:
            forms.options["decimal_mark"] = mark
        forms.numbers = Numbers(mark)
        forms.found.append({"option": "decimal_mark", "source": "found", "evidence": number_evidence(shown)})


def date_evidence(shown: Shown) -> list[dict]:
    counts: Counter = Counter()
    for found, count in shown.dates.items():
        for form in found.forms:
            counts[form] += count
    counts["20251231"] += shown.compact
    return evidence_of((form, counts[form]) for form in DATE_FORMS if counts[form])


def decide_dates(shown: Shown, options: dict, forms: Forms) -> None:
    shows = {found.shows for found in shown.dates}
    order = "dmy" if "dmy" in shows and "mdy" not in shows else "mdy" if "mdy" in shows and "dmy" not in shows else ""
    given = options.get("date_order", "")
    asked = False
    if given not in ("dmy", "mdy"):
        forms.dates.points = any(found.points and found.shows == "mdy" for found in shown.dates)
        is_open = any(found.shows == "open" and (not found.points or forms.dates.points) for found in shown.dates)
        asked = is_open and not order
        if asked:
            forms.questions.append(Question("date_order", date_evidence(shown), [{"date_order": "dmy"}, {"date_order": "mdy"}]))
        forms.dates.order = order
    two_digits = [found for found in shown.dates if found.two_digits]
    if two_digits and not forms.dates.century:
        centuries = (1950, 1900, 2000) if any(found.year >= 50 for found in two_digits) else (1950, 1900)
        forms.questions.append(Question("two_digit_years_from", date_evidence(shown), [{"two_digit_years_from": year} for year in centuries]))
    say_dates(shown, options, forms, order, asked)


def say_dates(shown: Shown, options: dict, forms: Forms, order: str, asked: bool) -> None:
    """Says which dates are read that the plain rule does not read."""
    shows = {found.shows for found in shown.dates}
    with_zone = any(found.offset is not None and is_said(found, forms, asked) for found in shown.dates)
    others = shown.compact > 0 or any(found.offset is None and is_said(found, forms, asked) for found in shown.dates)
    if forms.dates.points and order == "mdy":
        others = others or any(found.plain is not None and found.points and found.shows == "open" for found in shown.dates)
    if others and "date_order" not in options and not asked:
        value = order
        if not order and not {"dmy", "mdy"} <= shows:
            if any(found.points for found in shown.dates):
                value = "dmy"
            elif shown.compact or any(found.form in ("2025-12-31", "20251231") for found in shown.dates):
                value = "ymd"
        if value:
            forms.options["date_order"] = value
        forms.dates.known = True
        forms.found.append({"option": "date_order", "source": "found", "evidence": date_evidence(shown)})
    if with_zone and "time_zone" not in options:
        forms.found.append({"option": "time_zone", "source": "found", "evidence": date_evidence(shown)})


def is_said(found: DateText, forms: Forms, asked: bool) -> bool:
    """Whether a date is read that the plain rule does not read."""
    needs_order = found.shows == "open" and not found.points
    return found.plain is None and not (needs_order and asked) and not (found.two_digits and not forms.dates.century)
