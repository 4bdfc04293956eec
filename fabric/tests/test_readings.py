"""What whole arrays of texts read as is what each text reads as by itself."""

import random

import numpy as np
import pyarrow as pa
import pytest

from columns import DAY, FIRST_DAY, NUMBER, Column
from dateshapes import one_clock
from datetexts import date_text_of
from forms import Forms, PlainForms
from keytexts import group_key, lost_digits, lost_digits_in
from likely import likely_value
from noorders import total_texts, with_letters, with_letters_or_digits
from numbershapes import NO_FORM, number_shapes
from numbertexts import NUMBER_FORMS, number_text_of
from readings import amounts_of, keys_of, likely_of, texts_of
from textarrays import equal_earlier
from values import WHITE_SPACE, as_text, trimmed
from words import TOTALS, is_total

OPTIONS = [{}, {"decimal_mark": ","}, {"decimal_mark": "."}, {"grouping_mark": ""}, {"grouping_mark": ","}, {"null_words": ["0", "Nichts", "ß", "12"]}, {"date_order": "dmy", "two_digit_years_from": 1950}]
OPTIONS += [{"date_order": "mdy"}, {"date_order": "ymd", "two_digit_years_from": 2000}, {"time_zone": "Asia/Tokyo"}, {"date_order": "dmy", "time_zone": "-11:00"}]
NUMBER_PARTS = ["1", "12", "123", "1234", "0", "00", "567", "50", ".", ",", ".", ",", "-", "+", "(", ")", " ", "\xa0", "\u202f", "'", "%", "e", "E", "€", "$", "USD", "eur", "kr", "kr.", "zł", "Kč", "fr."]
NUMBER_PARTS += ["R$", "us$", "x", "²", "\uff15", "\u2212", "\u2019", "9" * 310, "n/a", "-"]
DAYS = ["2025-01-02", "2025/01/02", "02.01.2025", "1.2.2025", "31.12.25", "31/12/2025", "12/31/2025", "01/02/2025", "20250102", "31 Dec 2025", "Dec 31, 2025", "2025-02-30", "25-01-02", "45-01-02", "1.2.", "x", "9999-12-31", "0001-01-01", "1 Oct", "März 2025"]
CLOCKS = ["", " 03:04", "T23:59:59", " 24:00", " 24:00:00", "  12:34:56.789", "T01:02:03,5Z", " 03:04 PM", " 13:00 AM", "T10:00:00+09:00", "T23:30Z", ", 10:00", " 25:00", " 3:04", " 03:04:", " 03:04 UTC", "T00:00:00Z", " 99:99", " 12:00 12:00", ":"]


def texts_of_parts(seed: int, parts: list[str], count: int, most: int) -> list[str]:
    draw = random.Random(seed)
    made = {"".join(draw.choice(parts) for _ in range(draw.randrange(1, most))).strip(WHITE_SPACE) for _ in range(count)}
    return sorted(made)


@pytest.mark.parametrize("seed", range(3))
def test_shapes_of_numbers(seed):
    texts = texts_of_parts(seed, NUMBER_PARTS, 3000, 8) + texts_of_parts(seed, ["1", "456", ".456", ",456", ".", ",", "-"], 4000, 7)
    shapes = number_shapes(pa.array(texts, pa.large_string()))
    told = set()
    for place, text in enumerate(texts):
        found = number_text_of(text) if text else None
        value, form, currency = float(shapes.value[place]), int(shapes.form[place]), int(shapes.currency[place])
        if not shapes.known[place]:
            assert np.isnan(value) and form == NO_FORM and currency < 0
            continue
        assert (found is None) == np.isnan(value), text
        if found is None:
            continue
        told |= {*found.forms, found.plain}
        assert (found.value, str(found.value), found.plain) == (value, str(value), shapes.plain[place]), text
        assert found.forms == tuple([] if form == NO_FORM else [NUMBER_FORMS[form]]) + (("$5",) if currency >= 0 else ()), text
        assert found.currency == ("" if currency < 0 else shapes.currencies[currency]), text
        assert not found.open_mark or (shapes.grouped is not None and shapes.grouped[place] == found.grouped), text
        assert shapes.open_by(".")[place] == (found.open_mark == "."), text
    assert told >= {*NUMBER_FORMS[:8], "$5", True, False}


@pytest.mark.parametrize("options", OPTIONS)
def test_amounts_and_nothing(options):
    texts = [*texts_of_parts(7, NUMBER_PARTS, 3000, 7), "", "NULL", "N/A", "nichts", "SS", "ß", "\u2013", "0", "12", "1.234", "1,234", "-1.234", "1.234,50 €", "1e999", "-0", "-0.0"]
    for forms in (Forms(options), PlainForms(options)):
        array = pa.array(texts, pa.large_string())
        read = forms.amounts_in(array)
        assert [None if np.isnan(number) else number for number in read] == [forms.amount(text) for text in texts]
        assert forms.nothing_in(array).tolist() == [forms.is_null(text) for text in texts]


@pytest.mark.parametrize("options", OPTIONS)
def test_days(options):
    texts = [day + clock for day in DAYS for clock in CLOCKS] + ["", "null", "12:30"]
    texts = [trimmed(text) or "" for text in texts]
    for forms in (Forms(options), PlainForms(options)):
        array = pa.array(texts, pa.large_string())
        days = [None if (day := forms.day(text)) is None else (day - FIRST_DAY).days for text in texts]
        assert [None if np.isnan(day) else int(day) for day in forms.days_in(array)] == days
        assert forms.dated_in(array).tolist() == [forms.dated(text) for text in texts]


def test_times_of_day_are_read_once():
    texts = [f"2025-01-02 {hour:02}:{minute:02}:{second:02}" for hour in range(24) for minute in range(60) for second in (0, 59)]
    places, shown = one_clock(pa.array(texts, pa.large_string()), zones=True)
    assert len(shown) == 1 and not places.any()
    for years_first in (False, True):
        for day in DAYS:
            for clock in CLOCKS:
                for place, text in zip(*one_clock(pa.array([day + clock], pa.large_string()), zones=True)):
                    left, right = date_text_of(day + clock, years_first), date_text_of(text, years_first)
                    assert place == 0 and (left is None) == (right is None)
                    if left is not None and right is not None:
                        assert left._replace(seconds=0, plain=None) == right._replace(seconds=0, plain=None)
                        assert (left.plain is None) == (right.plain is None) and (not left.ordered or left.plain is None or str(left.plain)[:10] == str(right.plain)[:10])


def test_texts_of_numbers():
    draw = random.Random(4)
    numbers = [draw.choice([1.0, 1e3, 1e-3, 1e15, 1e-7, 1e20]) * draw.choice([draw.random(), draw.randrange(10**6), round(draw.random(), 2)]) * draw.choice([1, -1]) for _ in range(20_000)]
    numbers += [0.0, -0.0, 2.0**53, 2.0**53 - 1, 1e15, 1e15 + 0.5, 0.1, 1e-4, 9.999e-5, 5e-324, 1.7976931348623157e308, 123456789.125]
    for some in (numbers, [number for number in numbers if 1e-4 <= abs(number) < 1e15]):
        column = Column.of_numbers(NUMBER, np.array(some))
        assert texts_of(column).cells() == [as_text(number) for number in some]


@pytest.mark.parametrize("cells", [["a", " a", "", " ", None, "b", "A"], [1.0, 2.5, None, 1.0, -0.0, 0.0], ["1", 1.0, True, "true", None, "1.5", 1.5], [], [None], ["a", "b", "a"]])
def test_keys_are_the_same_where_the_texts_are(cells):
    keys, count = keys_of(Column.of(cells))
    texts = [as_text(cell) for cell in cells]
    assert [key < 0 for key in keys] == [text is None for text in texts]
    assert all((keys[a] == keys[b]) == (texts[a] == texts[b]) for a in range(len(cells)) for b in range(len(cells)))
    assert max(keys, default=-1) < count and texts_of(Column.of(cells)).cells() == texts


def test_likely_amounts():
    cells = [*texts_of_parts(9, NUMBER_PARTS, 500, 6), *Column.of_numbers(DAY, np.arange(3.0)).cells(), None, True, 3.0]
    assert likely_of(Column.of(cells)).tolist() == [likely_value(cell) for cell in cells]


def test_words_and_letters():
    texts = [*texts_of_parts(2, [*sorted(TOTALS), " ", ":", "x", "1", "ﬁ", "Σ", "∑", "—", "\u0663", "TOTAL", "\uff54otal"], 4000, 5), "", "Total"]
    array = pa.array(texts, pa.large_string())
    assert total_texts(Column.of(texts)).tolist() == [bool(text) and is_total(text) for text in Column.of(texts).words]
    assert with_letters(array).tolist() == [any(char == "∑" or char.isalpha() for char in text) for text in texts]
    assert with_letters_or_digits(array).tolist() == [any(char.isalnum() for char in text) for text in texts]


def test_lost_digits():
    cells = ["1,23E+17", "1.23E+17", "1e17", "1.5e3", " 1.0E+15 ", "a.e", 1e15, 123456789012345.0, 1e14, None, True, "12"]
    for workbook in (False, True):
        assert lost_digits_in(Column.of(cells), workbook).tolist() == [lost_digits(cell, workbook) for cell in cells]


def test_keys_of_groups_of_plain_letters_are_made_shortly():
    for name in ("North", " N or\tth ", "N\x1cx", "NORTH"):
        assert group_key(name) == group_key(name + "\u200b")  # which is no plain letter, and has no width


def test_rows_equal_an_earlier_one_of_their_group():
    draw = random.Random(3)
    cells = [[draw.choice(["a", " a", "", None, 1.0, True, "1", FIRST_DAY]) for _ in range(300)] for _ in range(3)]
    groups = [draw.randrange(20) for _ in range(300)]
    rows = np.arange(0, 300, 2)
    seen: set = set()
    wanted = []
    for row in rows.tolist():
        whole = (groups[row], *((type(cell), cell) for cell in (trimmed(c[row]) if isinstance(c[row], str) else c[row] for c in cells)))
        wanted.append(whole in seen)
        seen.add(whole)
    found = equal_earlier([Column.of(column) for column in cells], rows, np.array(groups)[rows])
    assert found.tolist() == wanted and found.any()


def test_amounts_of_numbers_are_not_copied():
    column = Column.of_numbers(NUMBER, np.array([1.0, 2.0]))
    assert amounts_of(column, Forms({})) is column.numbers
