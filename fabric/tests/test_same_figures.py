"""Figures, cleaning and outputs of columns beside those of their values one by one (reference_figures), on random columns of all kinds."""

import csv
import io
import math
import random
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import reference_figures as reference
from cleaning import clean
from columns import Column
from conftest import starts
from csvtexts import csv_texts
from dateranges import date_range
from figures import read_as_dates, read_as_numbers
from forms import Forms, PlainForms
from grid import Grid
from ledger import Counted
from outputs import write_csv, write_parquet
from plaintexts import may_read, moments_in, numbers_in
from profiling import profile_column, sample_values
from repeats import Repeats
from survey import Survey
from table import Formulas, Table
from typed import other_value, plain_value, typed_values
from values import date_in, json_value, number_in, trimmed

NUMBERS = [0.0, -0.0, 1.0, 2.0, -3.0, 0.1, 12.5, 1e-5, 1e-4, 123456.789, 1e11, 1e15, 1e16, 1e300, -1e308, 5e-324, 2.0**53, 2.0**53 + 2, 20250102.0, 100000000000.1234]
DAYS = [date(2025, 1, 2), date(2025, 1, 3), date(1, 1, 1), date(9999, 12, 31), date(1970, 1, 1), date(1969, 12, 31)]
MOMENTS = [datetime(2025, 1, 2), datetime(2025, 1, 2, 3, 4, 5), datetime(1969, 12, 31, 23, 59, 59), datetime(1, 1, 1, 0, 0, 1)]
TIMES = [time(0, 0), time(23, 59, 59), time(12, 30)]
PLAIN = ["", " ", "\xa0", "a", " a", "a ", "A", "ß", "\U0001f600", "é", "e\u0301", "x" * 1200, 'say "x"', "a,b", "a\nb", "c\rd", "=1+1", "'", "\\", "\u200b", "\x1c", "\x00"]
NUMBER_TEXTS = ["0", "-0", "+5", "007", "1", "1.0", " 1", "12.50", "-12.5", "1.234", "1,234", "12,5", "1.234,56", "1,234.56", "0.125", "012.345", "1e5", "1E-3", "1e999", "9" * 320, "5.", ".5", "€ 5", "5 %", "(5)", "5-", "12,-", "$1", "5 kr.", "usd 5", "\uff11\uff12", "¹2", "1 234", "1'234", "2,5e3", "-0.0", "0,0", "-1,5", "12345678901234567", "0.1000000000000000055"]
DATE_TEXTS = ["2025-01-02", "2025/01/02", "2025-01/02", "2025-02-31", "0000-01-01", "0001-01-01", "9999-12-31", "02.01.2025", "31.12.2025", "01/02/2025", "31/12/2025", "12/31/2025", "20250102", "2 Jan 2025", "Jan 2, 2025", "März 3 2025", "31.12.25", "2025-01-02 10:20", "2025-01-02T10:20:30", "2025-01-02T24:00", "2025-01-02T10:20:30Z", "2025-01-02 10:20:60", "2025-01-02t10:20", "1.2.2025", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29T00:00:00"]
OTHER_TEXTS = ["true", "TRUE", "False", " true ", "08:30", "23:59:59", "24:00", "8:30", "n/a", "-", "?", "NULL", "nan", "\u2013", "#N/A"]
OPTIONS = [None, {}, {}, {"decimal_mark": ","}, {"decimal_mark": "."}, {"grouping_mark": ""}, {"date_order": "dmy", "two_digit_years_from": 1950}, {"date_order": "mdy", "time_zone": "Europe/Berlin"}, {"date_order": "ymd"}, {"null_words": ["0", "2025-01-02", "2025-01-02t10:20:30", "true", "1.0"]}]
NAMES = ["order_id", "order_date", "revenue", "quantity", "channel", "discount", "note", "other"]
LETTERS = "00112233456789..,,--// ::TtZeE%$()€'+aprilMjunß\uff11"


def draw_text(draw: random.Random) -> str:
    kind = draw.randrange(8)
    if kind < 4:
        return draw.choice((PLAIN, NUMBER_TEXTS, DATE_TEXTS, OTHER_TEXTS)[kind])
    if kind == 4:
        return "".join(draw.choices(LETTERS, k=draw.randrange(1, 12)))
    if kind == 5:
        return str(draw.choice([draw.randrange(10**6), round(draw.uniform(-1e4, 1e4), draw.randrange(6)), draw.uniform(-1, 1), draw.uniform(-1, 1) * 1e12]))
    if kind == 6:
        return (datetime(2025, 1, 1) + timedelta(seconds=draw.randrange(10**8))).isoformat(sep=draw.choice("T "))
    return draw.choice(DATE_TEXTS) + draw.choice(["", " ", "x", " 10:30", "T1:2"])


def draw_value(draw: random.Random):
    kind = draw.randrange(6)
    if kind == 0:
        return draw.choice([draw.choice(NUMBERS), float(draw.randrange(50)), round(draw.uniform(-1e4, 1e4), 2), draw.uniform(-1e6, 1e6)])
    return (None, draw.choice(DAYS), draw.choice(MOMENTS), draw.choice(TIMES), draw.random() < 0.5)[kind - 1]


def draw_cells(draw: random.Random, rows: int, is_csv: bool) -> list:
    """Cells most of which come from a few values, or are of one kind."""
    make = draw_text if is_csv else lambda draw: draw_text(draw) if draw.random() < 0.4 else draw_value(draw)
    few = [make(draw) for _ in range(draw.choice([1, 3, 12, 400]))]
    if draw.random() < 0.5:  # one kind, with a few others
        pool = draw.choice((NUMBER_TEXTS[:20], DATE_TEXTS, PLAIN, OTHER_TEXTS) if is_csv else (NUMBERS, NUMBERS[:9], DAYS, MOMENTS, DAYS + MOMENTS, TIMES, [True, False], PLAIN, DATE_TEXTS))
        few = [*pool] * 30 + few[: draw.randrange(4)]
    blank = draw.choice([0, 0, 0.1, 1])
    return [None if draw.random() < blank else draw.choice(few) for _ in range(rows)]


def drawn(seed: int) -> Survey:
    """A table of random columns."""
    draw = random.Random(seed)
    file = draw.choice(["csv", "csv", "xlsx", "parquet"])
    rows = draw.choice([0, 1, 2, 7, 60, 60, 200])
    names = draw.sample(NAMES, draw.randrange(1, len(NAMES) + 1))
    columns = [Column.of(draw_cells(draw, rows, file == "csv")) for _ in names]
    if rows > 20 and draw.random() < 0.5:  # with repeated rows
        again = np.array([draw.randrange(rows // 2) if draw.random() < 0.3 else row for row in range(rows)])
        columns = [column.take(again) for column in columns]
    grid = Grid(np.arange(1, rows + 1), columns)
    if file == "xlsx":
        cells = [(row, place) for place in range(len(names)) for row in range(rows)]
        grid.errors = {cell: draw.choice(["#N/A", "#REF!"]) for cell in draw.sample(cells, len(cells) // 9)}
    options = draw.choice(OPTIONS)
    table = Table(file, grid, headers=list(names), file_names=list(names), names=list(names), columns=columns, row_numbers=np.arange(2, rows + 2), places=np.arange(rows))
    return Survey(table, options or {}, PlainForms({}) if options is None else Forms(options))


def close(one: float | None, other: float | None) -> bool:
    """Equal but for what the order of adding may change in the last of 12 digits."""
    return one == other or (one is not None and other is not None and math.isclose(one, other, rel_tol=3e-12))


@pytest.mark.parametrize("first", starts(500, 50))
@pytest.mark.filterwarnings("ignore:overflow encountered")
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_the_figures_are_those_of_the_values_one_by_one(first):
    for seed in range(first, first + 50):
        found = drawn(seed)
        table = found.table
        counted = [reference.typed_values(found, place) for place in range(len(table.names))]
        repeats, columns = Repeats(table, found.forms), []
        for place, values in enumerate(counted):
            where = (seed, table.format, table.names[place], found.options)
            typed = typed_values(found, place)
            assert [(type(v), v) for v in map(typed.cell, range(table.row_count))] == [(type(v), v) for v in values], where
            column = profile_column(table, place, typed, Formulas())
            columns.append(column)
            assert sample_values(table, place, typed) == reference.sample_values(table.columns[place].cells(), values), where
            repeats.add(place, column["distinct_count"], typed)
            expected = reference.profile_column(table, place, values)
            if column["numbers"] and expected["numbers"]:
                for figure in ("mean", "standard_deviation"):
                    assert close(column["numbers"].pop(figure), expected["numbers"].pop(figure)), where
            for key, value in expected.items():
                assert column[key] == value, (*where, key)
                assert repr(column[key]) == repr(value) or key == "numbers", (*where, key)
        assert repeats.count() == reference.duplicate_rows(counted), seed
        assert date_range(found, columns) == reference.date_range(found, columns, counted), seed


@pytest.mark.parametrize("first", starts(350, 50))
def test_the_cleaned_rows_are_those_of_the_values_one_by_one(first, tmp_path):
    for seed in range(first, first + 50):
        found = drawn(seed)
        table, draw = found.table, random.Random(seed)
        if "order_id" not in table.names:
            continue
        ids = table.columns[table.index("order_id")].cells()
        keep = [row for row, cell in enumerate(ids) if reference.as_text(cell) is not None and draw.random() < 0.9]
        sums = SimpleNamespace(rows=np.array(keep, np.int64))
        nothing = Counted()
        found.outcome = SimpleNamespace(sums=sums, left_out=[], missing=dict.fromkeys(("shifted_rows", "no_order_id", "repeated_order_id"), nothing))
        cleaned = clean(found)
        expected = {name: reference.cleaned_column(found, place, keep) for place, name in enumerate(table.names)}
        for name, (values, kind, _) in expected.items():
            assert cleaned.kinds[name] == kind, (seed, name)
            assert repr(cleaned.columns[name].to_pylist()) == repr(values), (seed, name)
        bad = {name: count for name, (_, _, count) in expected.items()}
        assert cleaned.rows["invalid_dates"] == bad.pop("order_date", 0) and cleaned.rows["invalid_numbers"] == sum(bad.values())
        seen = set()
        assert cleaned.first.tolist() == [not (text in seen or seen.add(text)) for text in expected["order_id"][0]]
        write_csv(cleaned, tmp_path / "a.csv")
        if len(expected) > 1:  # of a single column csv puts what is nothing in quotes
            assert (tmp_path / "a.csv").read_bytes() == reference.csv_bytes(table.names, [(values, kind) for values, kind, _ in expected.values()]), seed
        write_parquet(cleaned, tmp_path / "a.parquet")
        assert {name: repr(values) for name, values in pq.read_table(tmp_path / "a.parquet").to_pydict().items()} == {name: repr(values) for name, (values, _, _) in expected.items()}


@pytest.mark.parametrize(("options", "texts", "kind"), [
    ({"decimal_mark": ","}, ["1.234", "12"], "string"),  # 1234 is not what stands there
    ({"decimal_mark": ","}, ["1.5", "12"], "double"),
    ({"decimal_mark": "."}, ["1.234", "12"], "double"),
    ({}, ["007", "8"], "string"),
    ({}, ["2025-01-02", "2025/01/03"], "string"),
    ({}, ["2025-01-02", "2025-01-03T04:05:06"], "timestamp"),
    ({}, ["2025-01-02T04:05", None], "string"),
    ({}, ["true", "false "], "bool"),
    ({}, ["true", "False"], "string"),
    ({}, ["12345678901234567", None], "string"),
    ({}, ["1234567890123456", None], "int64"),
])
def test_a_text_file_keeps_what_would_not_come_back(options, texts, kind):
    table = Table("csv", Grid(np.arange(2), []), headers=["order_id", "note"], names=["order_id", "note"], columns=[Column.of(["A1", "A2"]), Column.of(texts)])
    table.row_numbers = table.places = np.arange(2)
    found = Survey(table, options, Forms(options))
    nothing = Counted()
    found.outcome = SimpleNamespace(sums=SimpleNamespace(rows=np.arange(2)), left_out=[], missing=dict.fromkeys(("shifted_rows", "no_order_id", "repeated_order_id"), nothing))
    assert clean(found).kinds["note"] == kind == reference.cleaned_column(found, 1, [0, 1])[1]


def test_figures_are_the_same_in_pieces(monkeypatch):
    def figures() -> list:
        done = []
        for seed in range(60):
            found = drawn(seed)
            repeats, columns = Repeats(found.table, found.forms), []
            for place in range(len(found.table.names)):
                typed = typed_values(found, place)
                columns.append(profile_column(found.table, place, typed, Formulas()))
                repeats.add(place, columns[-1]["distinct_count"], typed)
            done.append(repr((columns, repeats.count(), date_range(found, columns))))
        return done

    whole = figures()
    for module in ("typed", "tally", "figures", "dateranges"):
        monkeypatch.setattr(f"{module}.PIECE_ROWS", 7)
    assert figures() == whole


def test_outputs_are_the_same_in_batches(tmp_path, monkeypatch):
    found = next(survey for survey in map(drawn, range(1000)) if survey.table.row_count == 200 and len(survey.table.names) == len(NAMES))
    keep = np.flatnonzero(np.arange(200) % 7 > 0)
    nothing = Counted()
    found.outcome = SimpleNamespace(sums=SimpleNamespace(rows=keep), left_out=[], missing=dict.fromkeys(("shifted_rows", "no_order_id", "repeated_order_id"), nothing))
    cleaned = clean(found)
    write_csv(cleaned, tmp_path / "a.csv")
    write_parquet(cleaned, tmp_path / "a.parquet")
    monkeypatch.setattr("outputs.BATCH", 3)
    monkeypatch.setattr("outputs.ROW_GROUP", 5)
    write_csv(cleaned, tmp_path / "b.csv")
    write_parquet(cleaned, tmp_path / "b.parquet")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert pq.read_table(tmp_path / "a.parquet").equals(pq.read_table(tmp_path / "b.parquet"))
    assert pq.ParquetFile(tmp_path / "b.parquet").num_row_groups == math.ceil(len(keep) / 5)
    with pq.ParquetFile(tmp_path / "b.parquet") as file:
        assert file.metadata.row_group(0).column(0).compression == "SNAPPY"


def test_plain_texts_read_as_they_do_one_by_one():
    draw = random.Random(3)
    texts = sorted({text for text in (trimmed(draw_text(draw)) for _ in range(40_000)) if text is not None})
    array = pa.array(texts, pa.large_string())
    assert read_as_numbers(array).tolist() == [number_in(text) is not None for text in texts]
    assert read_as_dates(array).tolist() == [date_in(text) is not None for text in texts]
    quick = numbers_in(array).tolist()
    assert sum(not math.isnan(number) for number in quick) > 1000
    assert all(math.isnan(number) or number == number_in(text) for number, text in zip(quick, texts))
    by_comma = Forms({"decimal_mark": ","})
    with_comma = numbers_in(array, comma=True).tolist()
    assert all(math.isnan(number) or number == other_value(by_comma, text) for number, text in zip(with_comma, texts))
    assert sum(not math.isnan(number) and "," in text for number, text in zip(with_comma, texts)) > 5
    days, moments = moments_in(array)
    for text, day, moment in zip(texts, days.tolist(), moments.tolist()):
        read = date_in(text)
        if not math.isnan(day):
            assert read == date(1970, 1, 1) + timedelta(seconds=day) and type(read) is date
        if not math.isnan(moment):
            assert read == datetime(1970, 1, 1) + timedelta(seconds=moment) and type(read) is datetime
    assert (~np.isnan(moments)).sum() > 1000
    all_forms = [Forms(options) for options in OPTIONS if options is not None]
    for text, may in zip(texts, may_read(array).tolist()):
        if not may:
            assert plain_value(text) is text, text
            assert all(other_value(forms, text) is text for forms in all_forms), text
    assert 0.2 < np.mean(may_read(array)) < 0.9


def test_doubles_are_written_as_python_writes_them():
    draw = random.Random(5)
    numbers = [*NUMBERS, *(sign * draw.randrange(10**draw.randrange(1, 18)) / 10**power for power in range(8) for sign in (1, -1) for _ in range(300))]
    numbers += [draw.uniform(-1, 1) * 10 ** draw.randrange(-10, 20) for _ in range(3000)]
    assert csv_texts(pa.array([*numbers, None], pa.float64())).to_pylist() == [*map(repr, numbers), None]
    few = [0.0, -0.0, 1e16, 2.5, None] * 40
    assert csv_texts(pa.array(few, pa.float64())).to_pylist() == [None if value is None else repr(value) for value in few]


@pytest.mark.parametrize(("values", "kind", "texts"), [
    ([7, None, -1], pa.int64(), ["7", None, "-1"]),
    ([True, None], pa.bool_(), ["true", None]),
    ([date(2025, 1, 2), None], pa.date32(), ["2025-01-02", None]),
    ([datetime(2025, 1, 2, 3, 4, 5), None], pa.timestamp("us"), ["2025-01-02T03:04:05", None]),
    ([None], pa.float64(), [None]),
])
def test_few_values_are_written_once_each(values, kind, texts):
    for times in (1, 500):
        assert csv_texts(pa.array(values * times, kind)).to_pylist() == texts * times
    assert csv_texts(pa.array([], kind)).to_pylist() == []


def test_texts_are_in_quotes_where_csv_puts_them():
    texts = [*PLAIN[3:], '"', '""', ",", "\r\n", " , ", None]
    content = io.StringIO()
    csv.writer(content).writerows([text, "x"] for text in texts)
    assert "".join(f"{text or ''},x\r\n" for text in csv_texts(pa.array(texts, pa.large_string())).to_pylist()) == content.getvalue()


def test_a_sum_of_many_counts_is_exact():
    draw = random.Random(9)
    numbers = [draw.choice([1e17, -1e17, 0.1, 123456.78, -0.3]) for _ in range(5000)]
    found = Survey(Table("csv", Grid(np.arange(5000), [])), {}, Forms({}))
    found.table.columns, found.table.names = [Column.of(map(repr, numbers))], ["note"]
    found.table.headers = found.table.file_names = ["note"]
    column = profile_column(found.table, 0, typed_values(found, 0), Formulas())
    assert column["numbers"]["sum"] == float(f"{math.fsum(numbers):.12g}")
    assert column["max"] == json_value(max(numbers))
