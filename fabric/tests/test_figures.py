"""Every figure of a profile, beside pandas' on the same file, and what a workbook and a text file hide."""

import io
import random
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pandas
import pyarrow
import pyarrow.parquet
import pytest

from conftest import profile_of, read_table
from content import Content
from dialect import Encoding, encoding_of
from failure import RunFailed
from kpis import KpiSums, breakdown


def book_of(rows: list[list], change=lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def generated(count: int) -> list[list]:
    """Rows of all kinds with gaps, repetitions and outliers; every number is one that Excel keeps."""
    draw = random.Random(7)
    rows = [
        [
            f"K-{draw.randrange(count // 2):05d}",
            draw.choice([None, draw.randrange(-5, 50)]),
            round(draw.lognormvariate(3, 1), 2),
            date(2025, 1, 1) + timedelta(days=draw.randrange(400)),
            datetime(2025, 1, 1, 12) + timedelta(seconds=draw.randrange(10**6)) if draw.random() < 0.9 else None,
            draw.random() < 0.3,
            draw.choice(["Nord", "Süd", "Ost", "West", None]),
        ]
        for _ in range(count)
    ]
    return rows + rows[:17]


HEADERS = ["key", "whole", "amount", "day", "moment", "flag", "place"]


def test_every_figure_is_that_of_pandas():
    rows = generated(3000)
    found = profile_of("a.xlsx", book_of([HEADERS, *rows]))
    frame = pandas.DataFrame(rows, columns=HEADERS)
    assert found["row_count"] == len(frame)
    assert found["duplicate_rows"] == int(frame.duplicated().sum())
    for column in found["columns"]:
        expected = frame[column["name"]]
        present = expected.dropna()
        assert column["null_count"] == int(expected.isna().sum())
        assert column["distinct_count"] == present.nunique()
        counts = present.value_counts()
        assert [f["count"] for f in column["most_frequent"]] == counts.head(10).tolist()
        assert column["misfits"]["count"] == 0
    numbers = {c["name"]: c["numbers"] for c in found["columns"]}
    for name in ("whole", "amount"):
        values = frame[name].dropna().astype(float)
        q = values.quantile([0.25, 0.5, 0.75])
        assert numbers[name]["sum"] == pytest.approx(values.sum(), rel=1e-11)
        assert numbers[name]["mean"] == pytest.approx(values.mean(), rel=1e-11)
        assert numbers[name]["standard_deviation"] == pytest.approx(values.std(), rel=1e-11)
        assert [numbers[name][k] for k in ("q1", "median", "q3")] == pytest.approx(q.tolist(), rel=1e-12)
        assert numbers[name]["zeros"] == int((values == 0).sum()) and numbers[name]["negatives"] == int((values < 0).sum())
    by_name = {c["name"]: c for c in found["columns"]}
    assert (by_name["amount"]["min"], by_name["amount"]["max"]) == (frame["amount"].min(), frame["amount"].max())
    assert (by_name["day"]["min"], by_name["day"]["max"]) == (min(r[3] for r in rows).isoformat(), max(r[3] for r in rows).isoformat())
    widths = frame["key"].str.len()
    assert by_name["key"]["lengths"] == {"min": widths.min(), "max": widths.max(), "mean": pytest.approx(widths.mean())}
    for name in ("whole", "amount", "day", "moment"):
        assert sum(by_name[name]["histogram"]["counts"]) == frame[name].notna().sum()
    cut = pandas.cut(frame["amount"], bins=20, labels=False, include_lowest=True)
    assert by_name["amount"]["histogram"]["counts"] == pytest.approx([int((cut == i).sum()) for i in range(20)], abs=1)
    assert [by_name[n]["type"] for n in HEADERS] == ["text", "integer", "decimal", "date", "datetime", "boolean", "text"]


def test_every_value_is_that_of_openpyxl():
    rows = generated(200)
    data = book_of([HEADERS, *rows])
    table = read_table("a.xlsx", data)
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True).active
    for c in range(len(HEADERS)):
        for r in range(table.row_count):
            value = sheet.cell(table.row_numbers[r], c + 1).value
            if isinstance(value, datetime) and value.time() == time():
                value = value.date()
            assert table.cells[c][r] == value, (r, c)


def test_one_value_has_one_bin():
    column = profile_of("a.csv", b"n,d\n5,2025-01-01\n5,2025-01-01\n")["columns"]
    assert column[0]["histogram"] == {"from": 5, "to": 5, "counts": [2]}
    assert column[1]["histogram"] == {"from": "2025-01-01", "to": "2025-01-01", "counts": [2]}
    assert column[0]["numbers"]["standard_deviation"] == 0


def test_equal_frequencies_stand_in_the_order_of_their_values():
    column = profile_of("a.xlsx", book_of([["v"], ["b"], [2], [True], [date(2025, 1, 2)], ["a"], [1], [10], [date(2025, 1, 1)]]))["columns"][0]
    assert [f["value"] for f in column["most_frequent"]] == [1, 2, 10, True, "2025-01-01", "2025-01-02", "a", "b"]
    assert column["type"] == "mixed" and column["misfits"] == {"count": 0, "examples": []}


def test_cells_that_stand_out():
    def change(book):
        sheet = book.active
        sheet["A3"].value, sheet["A3"].data_type = "12.5", "s"
        sheet["A4"].value, sheet["A4"].data_type = "01.02.2025", "s"
        sheet["A5"].value, sheet["A5"].data_type = "#N/A", "e"
        sheet["B5"] = "=1+1"
        sheet["C2"].number_format = "hh:mm"
        sheet.row_dimensions[4].hidden = True
        hidden = book.create_sheet("notes")
        hidden["A1"], hidden.sheet_state = "x", "hidden"
        book.create_sheet("empty")

    rows = [["a", "b", "c"]] + [[i, f" t{i} " if i == 7 else f"t{i}", 0.5 if i == 0 else None] for i in range(80)]
    found = profile_of("a.xlsx", book_of(rows, change))
    a, b, c = found["columns"]
    assert a["type"] == "integer" and a["misfits"]["count"] == 3
    assert [e["cell"] for e in a["misfits"]["examples"]] == ["A3", "A4", "A5"]
    assert a["stored_as_text"] == {"numbers": 1, "dates": 1, "examples": [{"cell": "A3", "value": "12.5"}, {"cell": "A4", "value": "01.02.2025"}]}
    assert a["errors"] == {"#N/A": 1}
    assert b["blank_ends"] == 1 and b["formulas"] == 1
    assert c["type"] == "time" and c["min"] == "12:00:00" and c["histogram"] is None
    assert found["hidden_rows"] == 1 and not found["macros"] and found["external_links"] == 0
    assert found["sheets"] == [
        {"name": "Sheet", "hidden": False, "has_data": True},
        {"name": "notes", "hidden": True, "has_data": True},
        {"name": "empty", "hidden": False, "has_data": False},
    ]


def test_macros_and_links_are_told_and_never_followed():
    content = io.BytesIO(book_of([["a"], [1]]))
    with zipfile.ZipFile(content, "a") as package:
        package.writestr("xl/vbaProject.bin", b"never run")
        package.writestr("xl/externalLinks/externalLink1.xml", b"<never read")
    found = profile_of("a.xlsm", content.getvalue())
    assert found["macros"] and found["external_links"] == 1 and found["file"]["format"] == "xlsm"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(("encoding", "codec", "mark"), [
    ("utf-8", "utf-8", b""), ("utf-8-bom", "utf-8", b"\xef\xbb\xbf"), ("utf-16le", "utf-16-le", b"\xff\xfe"),
    ("utf-16be", "utf-16-be", b"\xfe\xff"), ("utf-16le", "utf-16-le", b""), ("windows-1252", "cp1252", b""),
])
def test_text_files_of_all_kinds(delimiter, encoding, codec, mark):
    rows = [["Größe", "place", "note"]] + [[str(i), "Köln" if i % 2 else "Zürich", f'say "{i}"{delimiter} twice\r\nor more'] for i in range(40)]
    text = "\r\n".join(delimiter.join('"' + f.replace('"', '""') + '"' if delimiter in f or '"' in f else f for f in row) for row in rows)
    found = profile_of("a.csv", mark + text.encode(codec))
    none = {"count": 0, "rows": []}
    assert found["file"]["text"] == {"encoding": encoding, "delimiter": delimiter, "quoting": "double", "short_rows": none, "long_rows": none, "shifted_rows": none}
    assert [c["normalized_name"] for c in found["columns"]] == ["größe", "place", "note"]
    assert found["row_count"] == 40 and found["sample_rows"][1][1] == "Köln"
    assert found["sample_rows"][0][2] == f'say "0"{delimiter} twice\nor more'


def test_a_first_line_that_names_the_delimiter():
    found = profile_of("a.csv", b"sep=|\r\na|b,c\r\n1|2\r\n")
    assert found["file"]["text"]["delimiter"] == "|" and found["header_row"] == 1
    assert [c["name"] for c in found["columns"]] == ["a", "b,c"]


def test_a_late_byte_decides_the_encoding():
    assert encoding_of("a.csv", Content(b"a\n" * 100_000 + b"\xe4\n")) == Encoding("windows-1252")


def test_texts_that_are_times_and_decimal_commas_that_are_none():
    found = profile_of("a.csv", b"t;n\n08:30;1,5\n17:05:09;2,5\n")
    assert [c["type"] for c in found["columns"]] == ["time", "text"]
    assert found["columns"][0]["max"] == "17:05:09"


def test_parquet():
    table = pyarrow.table({"id": ["a", "b"], "n": [1.5, None], "day": [date(2025, 1, 1), date(2025, 1, 2)], "ok": [True, None]})
    content = io.BytesIO()
    pyarrow.parquet.write_table(table, content)
    found = profile_of("a.parquet", content.getvalue())
    assert [c["type"] for c in found["columns"]] == ["text", "decimal", "date", "boolean"]
    assert found["header_row"] is None and found["file"]["format"] == "parquet" and found["sheets"] == []
    nested = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"a": [[1], [2]]}), nested)
    for broken in (content.getvalue()[:40], nested.getvalue()):
        with pytest.raises(RunFailed, match="can't be read as a Parquet file"):
            read_table("a.parquet", broken)


def test_days_of_a_parquet_file_without_a_row():
    gone = {3, 4, 17}
    moments = [datetime(2026, 1, day, 8 + day % 12, 30) for day in range(1, 32) if day not in gone]
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"note": ["x"] * len(moments), "moment": pyarrow.array(moments, pyarrow.timestamp("us"))}), content)
    found = profile_of("a.parquet", content.getvalue())
    gaps = [{"from": "2026-01-03", "to": "2026-01-04"}, {"from": "2026-01-17", "to": "2026-01-17"}]
    assert found["date_range"] == {"column": "moment", "min": "2026-01-01", "max": "2026-01-31", "missing_days": 3, "gaps": gaps}


def test_numbers_beyond_what_can_be_added_up():
    figures = profile_of("a.csv", b"n\n1.7e308\n1.7e308\n-5\n")["columns"][0]["numbers"]
    assert figures["sum"] == 1.7976931348623157e308 and figures["mean"] == pytest.approx(1.7e308 / 3 * 2)


def test_exact_keys_of_parquet_among_small_numbers():
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"n": [*range(30), 2**63 - 1]}), content)
    column = profile_of("a.parquet", content.getvalue())["columns"][0]
    assert column["misfits"] == {"count": 1, "examples": [{"cell": "A31", "value": "9223372036854775807"}]}


@pytest.mark.parametrize(("rows", "channel"), [(100_001, "c"), (900, "x" * 10_000)])
def test_what_is_no_group_is_not_broken_down(rows: int, channel: str) -> None:
    names = [f"{channel}{i}" for i in range(rows)]
    sums = KpiSums(groups={"channel": dict.fromkeys(names, (1, 1))})
    sums.limit()
    with pytest.raises(RunFailed, match=r"orders\.csv has more than 100,000 different values, or too long ones, in channel"):
        breakdown("orders.csv", "channel", sums)
    few = KpiSums(groups={"channel": dict.fromkeys([*names[:800], None], (1, 1))})
    few.limit()
    assert len(breakdown("orders.csv", "channel", few)) == 801
    few.add(sums)
    with pytest.raises(RunFailed):
        breakdown("orders.csv", "channel", few)
