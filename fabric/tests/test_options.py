"""The pipeline parameter read_options: what is taken, what is refused, and where it ends up."""

import json

import jsonschema
import pytest

from conftest import SMALL, assert_schema, new_id, schema_of, surveyed
from failure import RunFailed
from options import FIELDS, options_document, parsed_options

FULL = {
    "schema_version": 1, "sheet": "Orders", "header_row": 2, "end_rows": 1, "encoding": "windows-1250", "delimiter": ";", "quoting": "backslash", "decimal_mark": ",",
    "grouping_mark": ".", "date_order": "dmy", "two_digit_years_from": 1950, "time_zone": "Europe/Berlin", "null_words": ["x"], "columns": {"revenue": "Umsatz"},
    "row_is": "order_line", "rows_no_orders": "count", "shifted_rows": "realign", "accept_missing": True,
}  # fmt: skip
WRONG = [
    ("{", "no JSON document"), ("[]", "JSON object"), ("{}", "schema_version 1"), ('{"schema_version": 2}', "deploy the current notebook"), ('{"schema_version": true}', "schema_version 1"),
    *((json.dumps({"schema_version": 1, key: value}), key) for key, value in [
        ("sheets", "x"), ("sheet", ""), ("sheet", 1), ("header_row", 0), ("header_row", 1.5), ("header_row", True), ("end_rows", -1), ("encoding", "utf-7"), ("delimiter", ";;"), ("delimiter", '"'),
        ("quoting", "single"), ("decimal_mark", ""), ("grouping_mark", ";"), ("date_order", "ydm"), ("two_digit_years_from", 1899), ("time_zone", ""), ("null_words", "x"), ("null_words", [""]),
        ("columns", {"sales": "x"}), ("columns", {"revenue": ""}), ("row_is", "line"), ("rows_no_orders", True), ("shifted_rows", "count"), ("accept_missing", False),
    ]),
]  # fmt: skip


def test_all_fields_are_those_of_the_schema():
    schema = schema_of("read_options")
    assert list(schema["properties"]) == ["schema_version", *FIELDS]
    jsonschema.validate(FULL, schema)
    assert options_document(parsed_options(json.dumps(FULL))) == FULL
    assert parsed_options("") == parsed_options("  ") == parsed_options('{"schema_version": 1}') == {}


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_a_wrong_parameter_fails_with_a_sentence(lake, text, says):
    lake.add("small.csv", SMALL)
    run_id = new_id()
    with pytest.raises(RunFailed, match=says) as failure:
        lake.ingest("small.csv", run_id, read_options=text)
    assert str(failure.value).startswith(("The parameter read_options", "In the parameter read_options")) and str(failure.value).endswith(".")
    metadata = lake.read(run_id, "run_metadata.json")
    assert_schema(metadata, "run_metadata")
    assert metadata["status"] == "failed" and metadata["read_options"] is None
    # What the schema takes is refused only where it can't be followed.
    try:
        jsonschema.validate(json.loads(text), schema_of("read_options"))
    except (ValueError, jsonschema.ValidationError):
        return
    assert "delimiter" in text


def test_marks_that_are_the_same():
    with pytest.raises(RunFailed, match="must be different"):
        parsed_options('{"schema_version": 1, "decimal_mark": ",", "grouping_mark": ","}')


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"sheet": "Orders"}, "has no sheets"),
        ({"header_row": 99}, "Row 99 of a.csv holds no value"),
        ({"columns": {"revenue": "Umsatz"}}, "There is no column Umsatz for revenue in row 1"),
        ({"columns": {"revenue": "Quantity", "quantity": "Quantity"}}, "can't be both"),
        ({"time_zone": "Mars/Olympus"}, "no time zone"),
        ({"time_zone": "+25:00"}, "no time zone"),
        ({"encoding": "utf-16le"}, "damaged|NUL|no utf-16le text"),
    ],
)
def test_options_that_the_file_can_not_follow(options, says):
    with pytest.raises(RunFailed, match=says):
        surveyed("a.csv", SMALL[:-1], options)


def test_options_stand_in_all_documents(lake):
    text = b"Bestellnummer;Bestelldatum;Umsatz;Kanal\n1;01.02.2025;1.234;Web\n"
    options = {"schema_version": 1, "decimal_mark": ",", "columns": {"order_id": "Bestellnummer", "order_date": "Bestelldatum", "revenue": "Umsatz"}}
    run_id = lake.ingest(lake.add("umsatz.csv", text), read_options=json.dumps(options))
    used = {**options, "columns": {**options["columns"], "channel": "Kanal"}}
    profile, kpis, metadata = (lake.read(run_id, name) for name in ("import_profile.json", "kpis.json", "run_metadata.json"))
    for document, name in ((profile, "import_profile"), (kpis, "kpis"), (metadata, "run_metadata")):
        assert_schema(document, name)
    assert profile["reading"]["options"] == kpis["read_options"] == metadata["read_options"] == used
    assert metadata["headers"] == ["bestellnummer", "bestelldatum", "umsatz", "kanal"]
    assert kpis["total_revenue"] == 1234 and kpis["time_series"]["points"][0]["period"] == "2025-02-01"
    header = (lake.runs / run_id / "sales_cleaned.csv").read_text().splitlines()[0]
    assert header == "order_id,order_date,revenue,channel"


def test_an_open_question_fails_the_run_and_says_what_each_reading_gives(lake):
    run_id = new_id()
    with pytest.raises(RunFailed) as failure:
        lake.ingest(lake.add("open.csv", b"order_id;order_date;revenue\n1;01/02/2025;1.234\n2;03/04/2025;10\n"), run_id)
    assert str(failure.value) == (
        "The file can be read in more than one way, and a person has to decide: "
        "decimal_mark (with a decimal point: 11.23 in 2 orders from 2025-02-01 to 2025-04-03 or with a decimal comma: 1,244.00 in 2 orders from 2025-02-01 to 2025-04-03); "
        "date_order (01/02/2025 as 1 February: 11.23 in 2 orders from 2025-02-01 to 2025-04-03 or 01/02/2025 as 2 January: 11.23 in 2 orders from 2025-01-02 to 2025-03-04)"
        ": choose on the desktop's Import screen and run again."
    )
    metadata = lake.read(run_id, "run_metadata.json")
    assert metadata["status"] == "failed" and metadata["error"]["message"] == str(failure.value)
    assert len(lake.read(run_id, "import_profile.json")["reading"]["questions"]) == 2
