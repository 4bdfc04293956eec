"""The notebooks themselves: up to date, in the form that Fabric takes, and run as Fabric's engine runs them."""

import json
import subprocess
import sys

import nbformat
import papermill
import pytest

import build_notebooks
from conftest import FABRIC, SMALL, assert_schema, new_id
from partoutputs import SINGLE_BYTES
from version import NOTEBOOK_VERSION

ITEMS = FABRIC / "notebooks"
NOTEBOOKS = {"sales_ingest", "sales_ingest_spark", "restore_run"}
DEFAULTS = {
    "sales_ingest": {"lakehouse_root": "/lakehouse/default", "input_file": "", "run_id": "", "requested_by": "", "total_visitors": 0, "converting_visitors": 0, "read_options": "", "input_sha256": "", "lock_url": "", "delta_table": "", "profile_only": False},
    "restore_run": {"lakehouse_root": "/lakehouse/default", "source_run_id": "", "run_id": "", "requested_by": "", "input_file": "", "lock_url": "", "delta_table": ""},
}
DEFAULTS["sales_ingest_spark"] = DEFAULTS["sales_ingest"]
NODE = {"vCores": {"parameterName": "vcores", "defaultValue": 2}}
PIPELINES = {"sales_ingest": ("sales_ingest_spark", "sales_ingest"), "restore_run": ("restore_run",)}  # each with its notebooks


ABOUT = {
    "sales_ingest_spark": "As sales_ingest, for large files and folders of files, on Spark.",
    "sales_ingest": "Checks and cleans a file of Files/import, computes the KPIs, publishes the results.",
    "restore_run": "Publishes the results of an earlier run again.",
}
SCHEMA = "https://developer.microsoft.com/json-schemas/fabric/gitIntegration/platformProperties/2.0.0/schema.json"


def path_of(name):
    return build_notebooks.path_of(name)


def platform_of(name, kind):
    return json.loads((ITEMS / f"{name}.{kind}" / ".platform").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(NOTEBOOKS))
def test_up_to_date(name):
    assert path_of(name).read_bytes() == build_notebooks.build(name), "run python fabric/build_notebooks.py"
    assert build_notebooks.build(name) == build_notebooks.build(name)


@pytest.mark.parametrize("name", sorted(NOTEBOOKS))
def test_form(name):
    raw = json.loads(path_of(name).read_text(encoding="utf-8"))
    nbformat.validate(raw)
    assert raw["cells"][0]["cell_type"] == "markdown" and raw["nbformat"] == 4
    assert raw["metadata"]["dependencies"] == {"lakehouse": {}}, "whoever deploys it binds a lakehouse; no placeholder is left to be found"
    assert platform_of(name, "Notebook")["metadata"] == {"type": "Notebook", "displayName": name, "description": ABOUT[name]}
    code = [cell for cell in raw["cells"] if cell["cell_type"] == "code"]
    for cell in code:
        assert cell["execution_count"] is None and cell["outputs"] == [] and isinstance(cell["source"], list)
    tagged = [cell for cell in code if "parameters" in cell["metadata"].get("tags", [])]
    # Fabric reads %%configure before the session starts, and takes it in a pipeline's run only from the first code cell.
    configuring = [cell for cell in code if cell["source"][0].startswith("%%configure")]
    assert len(tagged) == 1 and code[: len(configuring) + 1] == [*configuring, tagged[0]]
    assert [json.loads("".join(cell["source"][1:])) for cell in configuring] == ([NODE] if name == "sales_ingest" else [])
    values = {}
    exec("".join(tagged[0]["source"]), values)
    assert {k: v for k, v in values.items() if k != "__builtins__"} == DEFAULTS[name]


def test_check_notices_a_change(tmp_path, monkeypatch):
    monkeypatch.setattr(build_notebooks, "path_of", lambda name: tmp_path / f"{name}.Notebook" / "notebook-content.ipynb")
    for name in NOTEBOOKS:
        (tmp_path / f"{name}.Notebook").mkdir()
    monkeypatch.setattr(sys, "argv", ["build_notebooks.py"])
    build_notebooks.main()
    monkeypatch.setattr(sys, "argv", ["build_notebooks.py", "--check"])
    build_notebooks.main()
    build_notebooks.path_of("restore_run").write_text("{}")
    with pytest.raises(SystemExit, match=r"restore_run\.Notebook is not up to date"):
        build_notebooks.main()


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("LIMIT = 1", "LIMIT: int = 2", "other.py and one.py both define LIMIT"),
        ("def limit(): ...", "class limit: ...", "other.py and one.py both define limit"),
        ("from datetime import time", "import time", "other.py imports time as time, which datetime.time has"),
        ("time = 1", "import time", "other.py imports time as time, which one.py has"),
    ],
)
def test_modules_share_one_namespace(tmp_path, monkeypatch, one, other, told):
    monkeypatch.setattr(build_notebooks, "SOURCES", tmp_path)
    (tmp_path / "one.py").write_text(one + "\n")
    (tmp_path / "other.py").write_text(f"from one import something\n{other}\n")
    taken: dict[str, str] = {}
    assert build_notebooks.modules_of(["other"], {"one", "other"}) == ["one", "other"]
    build_notebooks.module_cells("one", {"one", "other"}, taken)
    with pytest.raises(SystemExit, match=told):
        build_notebooks.module_cells("other", {"one", "other"}, taken)


def activities_in(activities: list[dict]) -> list[dict]:
    """The activities, each before those in its branches."""
    found = []
    for activity in activities:
        properties = activity["typeProperties"]
        found += [activity, *activities_in([*properties.get("ifTrueActivities", ()), *properties.get("ifFalseActivities", ())])]
    return found


def pipeline(name: str) -> dict:
    return json.loads((ITEMS / f"{name}.DataPipeline" / "pipeline-content.json").read_text(encoding="utf-8"))["properties"]


@pytest.mark.parametrize("name", sorted(PIPELINES))
def test_pipeline_passes_what_the_notebook_takes(name):
    properties = pipeline(name)
    assert properties["concurrency"] == 1
    activities = [activity for activity in activities_in(properties["activities"]) if activity["type"] == "TridentNotebook"]
    assert tuple(activity["name"] for activity in activities) == PIPELINES[name]
    assert platform_of(name, "DataPipeline")["metadata"] | {"description": ""} == {"type": "DataPipeline", "displayName": name, "description": ""}
    for activity in activities:
        assert activity["policy"]["retry"] == 0
        wanted = {key: value for key, value in DEFAULTS[activity["name"]].items() if key != "lakehouse_root"}
        if activity["name"] == "sales_ingest":
            wanted["vcores"] = NODE["vCores"]["defaultValue"]
        assert {k: p["defaultValue"] for k, p in properties["parameters"].items()} == ({"vcores": 2} if name == "sales_ingest" else {}) | wanted
        for key, value in activity["typeProperties"]["parameters"].items():
            assert value == {"value": {"value": f"@pipeline().parameters.{key}", "type": "Expression"}, "type": properties["parameters"][key]["type"]}
        assert set(activity["typeProperties"]["parameters"]) == set(wanted)
        # The notebook by its logical id and this workspace by the zero GUID, as Git and fabric-cicd replace them.
        assert activity["typeProperties"]["notebookId"] == platform_of(activity["name"], "Notebook")["config"]["logicalId"]
        assert activity["typeProperties"]["workspaceId"] == "00000000-0000-0000-0000-000000000000"


def test_pipeline_looks_at_the_input_before_it_chooses():
    """A folder, or a file above the size up to which an output is one file, is for Spark. Where nothing can be looked at, it is not."""
    properties = pipeline("sales_ingest")
    every = {activity["name"]: activity for activity in activities_in(properties["activities"])}
    assert [activity["name"] for activity in properties["activities"]] == ["look", "a_file", "a_folder", "weigh", "choose"]
    for name in ("look", "size"):
        settings = every[name]["typeProperties"]["datasetSettings"]
        assert settings["typeProperties"]["location"]["folderPath"] == "import" and settings["linkedService"]["properties"]["typeProperties"]["rootFolder"] == "Files"
    assert every["by_size"]["typeProperties"]["value"]["value"] == f"@greater(activity('size').output.size, {SINGLE_BYTES})"
    assert properties["variables"] == {"in_parts": {"type": "Boolean", "defaultValue": False}}
    assert every["choose"]["dependsOn"] == [{"activity": "weigh", "dependencyConditions": ["Succeeded", "Failed", "Skipped"]}]
    assert [activity["name"] for activity in every["choose"]["typeProperties"]["ifTrueActivities"]] == ["sales_ingest_spark"]
    for activity in every.values():  # a branch holds no branch: Fabric takes none
        inner = [*activity["typeProperties"].get("ifTrueActivities", ()), *activity["typeProperties"].get("ifFalseActivities", ())]
        assert not [one for one in inner if one["type"] == "IfCondition"]


def test_every_item_has_a_logical_id_of_its_own():
    """Folders without .platform are skipped by fabric-cicd without an error."""
    folders = [path.parent for path in ITEMS.glob("*/.platform")]
    assert {folder.name for folder in folders} == {f"{name}.Notebook" for name in NOTEBOOKS} | {f"{name}.DataPipeline" for name in PIPELINES}
    found = [platform_of(*folder.name.rsplit(".", 1)) for folder in folders]
    assert len({platform["config"]["logicalId"] for platform in found}) == len(found)
    assert {platform["$schema"] for platform in found} == {SCHEMA}


def as_started(name, folder):
    """The notebook as its session gets it: Fabric reads the cell %%configure before there is one."""
    notebook = json.loads(path_of(name).read_text(encoding="utf-8"))
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "configure"]
    started = folder / f"{name}.ipynb"
    started.write_text(json.dumps(notebook), encoding="utf-8")
    return started


def execute(name, tmp_path, **parameters):
    out = tmp_path / "out.ipynb"
    papermill.execute_notebook(str(as_started(name, tmp_path)), str(out), parameters=parameters, kernel_name="python3", progress_bar=False, request_save_on_cell_execute=False, cwd=str(tmp_path))
    cells = nbformat.read(out, as_version=4).cells
    return "".join(o.text for cell in cells for o in cell.get("outputs", []) if o.output_type == "stream")


# Fabric's engine writes what it hands in as Python, and so does the one of these tests.
ODD_NAME = " two  blanks, 100 % + e\u0301#1 & it's \"quoted\" $HOME {x} 😀.csv"


def test_both_notebooks_end_to_end(lake, tmp_path):
    first, second, restored, failed = (new_id() for _ in range(4))
    common = {"lakehouse_root": str(lake.root), "requested_by": "ana@example.com"}
    lake.add(ODD_NAME, SMALL)
    lake.add("two.csv", SMALL.replace(b"20.25", b"99"))
    lake.add("bad.csv", b"Order ID,Order Date\n1,2025-01-01\n")

    printed = execute("sales_ingest", tmp_path, run_id=first, input_file=ODD_NAME, total_visitors=1428571, converting_visitors=49080, **common)
    exit_value = json.loads(printed.strip().splitlines()[-1])
    assert exit_value["run_id"] == first and exit_value["total_revenue"] == 31.75
    kpis = lake.read_current("kpis.json")
    assert_schema(kpis, "kpis")
    assert kpis["conversion"]["rate_converting_visitors_per_total_visitors"] == 0.034356
    assert lake.read(first, "run_metadata.json")["notebook_version"] == NOTEBOOK_VERSION

    execute("sales_ingest", tmp_path, run_id=second, input_file="two.csv", total_visitors=0, converting_visitors=0, **common)
    assert lake.read_current("kpis.json")["total_revenue"] == 110.5
    with pytest.raises(papermill.exceptions.PapermillExecutionError) as failure:
        execute("sales_ingest", tmp_path, run_id=failed, input_file="bad.csv", total_visitors=0, converting_visitors=0, **common)
    assert (failure.value.ename, failure.value.evalue) == ("RunFailed", "The required column revenue is missing.")
    assert lake.read(failed, "run_metadata.json")["status"] == "failed"

    execute("restore_run", tmp_path, run_id=restored, source_run_id=first, input_file=ODD_NAME, **common)
    assert lake.read_current("kpis.json") == kpis
    assert lake.read(restored, "run_metadata.json")["status"] == "succeeded"
    assert kpis["source_file"] == lake.read(first, "run_metadata.json")["input_file"] == lake.read(restored, "run_metadata.json")["input_file"] == ODD_NAME


def test_exit_value_is_handed_to_fabric(lake, tmp_path):
    """With a notebookutils to be found, as in Fabric, the notebook ends by handing over its exit value."""
    (tmp_path / "notebookutils.py").write_text("class notebook:\n    @staticmethod\n    def exit(value):\n        print('EXIT', value)\n")
    lake.add("one.csv", SMALL)
    run_id = new_id()
    printed = execute("sales_ingest", tmp_path, run_id=run_id, input_file="one.csv", lakehouse_root=str(lake.root), requested_by="ana", total_visitors=0, converting_visitors=0)
    value = json.loads(printed.strip().splitlines()[-1].removeprefix("EXIT "))
    assert printed.strip().splitlines()[-1].startswith("EXIT ") and value["run_id"] == run_id and value["orders"] == 3


def test_notebook_needs_nothing_of_this_project(tmp_path):
    """Its code runs in a folder of its own, without the modules it was built from."""
    code = "\n".join("".join(c["source"]) for c in json.loads(path_of("sales_ingest").read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code" and c["id"] not in ("configure", "run", "exit"))
    script = tmp_path / "code.py"
    script.write_text(code + "\nassert run_ingest\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
