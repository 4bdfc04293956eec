"""Names as they are: what a file in Files/import is called goes through a run and its restore without becoming another name."""

import json
import re

from conftest import FABRIC, SMALL, assert_schema


def names() -> list[str]:
    """Those that Microsoft's client, the desktop and the stand-in are tried with (internal/sandbox/sampledata)."""
    text = (FABRIC.parent / "internal" / "sandbox" / "sampledata" / "names.go").read_text(encoding="utf-8")
    listed = text[text.index("{\n") :]
    found = [json.loads(name) if name.startswith('"') else name[1:-1] for name in re.findall(r'^\t("(?:[^"\\]|\\.)*"|`[^`]*`),', listed, re.MULTILINE)]
    return [*found, "ä" * 125 + "x.csv"]


def test_all_names_are_found():
    assert len(names()) == len(set(names())) == 17
    assert "Umsätze März.csv" in names() and "Umsa\u0308tze Ma\u0308rz.csv" in names() and '"quoted".csv' in names()
    assert max(len(name.encode()) for name in names()) == 255


# Those that differ from another in their accents, that are decoded by who decodes twice, and that are as long as can be; the notebooks'
# own test (test_notebooks.py) has one with blanks, quotes and signs.
RUN = ["Umsätze März.csv", "Umsa\u0308tze Ma\u0308rz.csv", "%41%2F%23.csv", "ä" * 125 + "x.csv"]


def test_a_name_goes_through_a_run(lake):
    """Each file has its own rows, so that one that is taken for another shows."""
    for i, name in enumerate(names()):
        lake.add(name, SMALL.replace(b"10.50", b"%d.50" % (100 + i)))
    for name in RUN:
        i = names().index(name)
        run_id = lake.ingest(name)
        metadata, profile, kpis = (lake.read(run_id, document) for document in ("run_metadata.json", "import_profile.json", "kpis.json"))
        assert metadata["input_file"] == profile["file"]["name"] == kpis["source_file"] == name
        assert kpis["total_revenue"] == 100.5 + i + 21.25
        for document, schema in ((metadata, "run_metadata"), (profile, "import_profile"), (kpis, "kpis")):
            assert_schema(document, schema)
        manifest = lake.read_current("manifest.json")
        assert_schema(manifest, "manifest")
        assert manifest["run_id"] == run_id
        assert lake.read_current("kpis.json")["source_file"] == name
    restored = lake.restore(run_id)
    assert lake.read(restored, "run_metadata.json")["input_file"] == name
    assert sorted(p.name for p in lake.imports.iterdir()) == sorted(names())
