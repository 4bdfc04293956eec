"""The examples of contract/testdata/cases, each as a whole run."""

import pytest

from conftest import CASES, assert_part, assert_schema, input_of, new_id
from failure import RunFailed


def test_there_are_cases():
    assert len(CASES) > 50


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case, lake):
    name = lake.add(*input_of(case))
    funnel, expect, run_id = case["funnel"] or {}, case["expect"], new_id()
    figures = {"total_visitors": funnel.get("total_visitors", 0), "converting_visitors": funnel.get("converting_visitors") or 0}
    if expect["error"] is None:
        lake.ingest(name, run_id, **figures)
    else:
        assert expect["kpis"] is None
        with pytest.raises(RunFailed) as failure:
            lake.ingest(name, run_id, **figures)
        assert expect["error"] in str(failure.value)
        assert not (lake.runs / run_id / "kpis.json").exists()

    profile, metadata = lake.read(run_id, "import_profile.json"), lake.read(run_id, "run_metadata.json")
    assert_schema(profile, "import_profile")
    assert_schema(metadata, "run_metadata")
    assert_part(expect["profile"], profile, "profile")
    assert metadata["funnel"] == case["funnel"]
    if expect["kpis"] is not None:
        kpis = lake.read(run_id, "kpis.json")
        assert_schema(kpis, "kpis")
        assert_part(expect["kpis"], kpis, "kpis")
    if expect["rows"] is not None:
        assert metadata["rows"] == expect["rows"]
