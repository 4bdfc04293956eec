"""Assembles the notebooks, notebooks/NAME.Notebook/notebook-content.ipynb, from the modules in src/.

A notebook that goes to Fabric must be self-contained, so its modules become cells of it: their docstrings a Markdown cell, their
code a code cell without the imports of other modules, those of a folder that follow each other together. Building twice gives the same bytes.

    python fabric/build_notebooks.py            writes the notebooks
    python fabric/build_notebooks.py --check    fails when they are not up to date
"""

import ast
import itertools
import json
import pprint
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "src"

EMBEDDED = "# the build puts the file's content here"

INGEST = {
    "about": """# sales_ingest

Reads a file of sales orders in `Files/import`, checks it, cleans its rows, computes the KPIs, and publishes the results in
`Files/results/current`. What it has written stays in `Files/results/runs/{run_id}`: the cleaned rows as Parquet and CSV,
`import_profile.json`, `kpis.json`, and `run_metadata.json`, which says "started" from the first moment on.

A file that fails validation, or that can be read in two ways, fails the run with one sentence; what is published stays as it was.

**To run it by hand**, set the parameters in the cell after the next and choose *Run all*. A pipeline sets them in a cell of its own below.
The next cell sizes the node; a pipeline says how large by its parameter `vcores`. The report is at the end, below the last cells.

This notebook is generated from `fabric/src` by `fabric/build_notebooks.py`: change it there.""",
    "parameters": """# Where the lakehouse is mounted: the default one.
lakehouse_root = "/lakehouse/default"
# The name of a file in Files/import, without folders.
input_file = ""
# The run's UUID, in lower case: it names the folder of its results.
run_id = ""
# Who asked for the run.
requested_by = ""
# How many people visited in the time that the file is about, and how many of them bought; 0: not known.
total_visitors = 0
converting_visitors = 0
# How the file is read where a person has decided that: one line of JSON, as the desktop gives it; empty: it is found.
read_options = ""
# The SHA-256 of the content that was checked: a file with other content is refused; empty: not said.
input_sha256 = ""
# An address that tells which run holds the run lock: it is asked before anything is published; empty: nobody is asked.
lock_url = ""
# The name of a Delta table in Tables that shows the published rows, too, for Power BI, such as sales_orders; empty: none is written.
delta_table = ""
# Publishes nothing: writes import_profile.json of the files in Files/import (of input_file alone, if given) to Files/results/profiles.
profile_only = False
""",
    # Of 2 cores and 16 GB without a parameter: Fabric reads this before the session starts, and only from the first code cell.
    "configure": """%%configure
{"vCores": {"parameterName": "vcores", "defaultValue": 2}}
""",
    "entries": ["ingest", "profiles", "report"],
    "run": """if profile_only:
    exit_value = json.dumps(run_profiles(lakehouse_root, input_file))
else:
    try:
        result = run_ingest(
            lakehouse_root=lakehouse_root,
            input_file=input_file,
            run_id=run_id,
            requested_by=requested_by,
            total_visitors=total_visitors,
            converting_visitors=converting_visitors,
            read_options=read_options,
            input_sha256=input_sha256,
            lock_url=lock_url,
            delta_table=delta_table,
        )
    finally:
        show_report(lakehouse_root, run_id)
    exit_value = json.dumps({key: result[key] for key in ("run_id", "total_revenue", "orders", "aov", "conversion")})
print(exit_value)
""",
}

INGEST_SPARK = {
    "about": """# sales_ingest_spark

Reads a large file of sales orders in `Files/import`, or a folder there of CSV or Parquet files, checks it, cleans its rows, computes the KPIs, and
publishes the results in `Files/results/current`. It does what `sales_ingest` does, by the same rules, but reads in parts, on all nodes.
Workbooks are for `sales_ingest`.

What it has written stays in `Files/results/runs/{run_id}`: `import_profile.json`, `kpis.json`, `run_metadata.json`, and the cleaned rows as Parquet
and CSV. Above 1 GB these are folders of parts, which stay there and are not copied into `current`.

A file that fails validation, or that can be read in two ways, fails the run with one sentence; what is published stays as it was.

**To run it by hand**, attach the lakehouse as the default one, set the parameters in the next cell and choose *Run all*. A pipeline sets them
in a cell of its own below. The report is at the end, below the last cells.

This notebook is generated from `fabric/src` by `fabric/build_notebooks.py`: change it there.""",
    "parameters": str(INGEST["parameters"])
    .replace("# The name of a file in Files/import, without folders.", "# The name of a file in Files/import, or of a folder there, whose files are read as one.")
    .replace("content that was checked: a file", "content that was checked (of a folder: contract/RULES.md, Large inputs): a file"),
    "entries": ["sparkingest", "profiles", "report"],
    "spark": True,
    "run": """if profile_only:
    exit_value = json.dumps(run_profiles(lakehouse_root, input_file))
else:
    if "spark" not in globals():  # outside Fabric
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.getOrCreate()
    try:
        result = run_ingest_spark(
            spark,
            lakehouse_root=lakehouse_root,
            input_file=input_file,
            run_id=run_id,
            requested_by=requested_by,
            total_visitors=total_visitors,
            converting_visitors=converting_visitors,
            read_options=read_options,
            input_sha256=input_sha256,
            lock_url=lock_url,
            delta_table=delta_table,
        )
    finally:
        show_report(lakehouse_root, run_id)
    exit_value = json.dumps({key: result[key] for key in ("run_id", "total_revenue", "orders", "aov", "conversion")})
print(exit_value)
""",
}

RESTORE = {
    "about": """# restore_run

Publishes the results of an earlier run again: copies the files of `Files/results/runs/{source_run_id}` to
`Files/results/current`, after checking each against the SHA-256 in that run's `run_metadata.json`. What it did stands in its own
`Files/results/runs/{run_id}/run_metadata.json`.

**To run it by hand**, set the parameters in the next cell and choose *Run all*. A pipeline sets them in a cell of its own below.

This notebook is generated from `fabric/src` by `fabric/build_notebooks.py`: change it there.""",
    "parameters": """# Where the lakehouse is mounted: the default one.
lakehouse_root = "/lakehouse/default"
# The run whose results are published again.
source_run_id = ""
# This restore's own UUID, in lower case.
run_id = ""
# Who asked for the restore.
requested_by = ""
# The name of the import file that the results came from, for the record.
input_file = ""
# An address that tells which run holds the run lock: it is asked before anything is published; empty: nobody is asked.
lock_url = ""
# The name of a Delta table in Tables that shows the published rows, too, for Power BI, such as sales_orders; empty: none is written.
delta_table = ""
""",
    "entries": ["restore"],
    "run": """result = run_restore(
    lakehouse_root=lakehouse_root,
    source_run_id=source_run_id,
    run_id=run_id,
    requested_by=requested_by,
    input_file=input_file,
    lock_url=lock_url,
    delta_table=delta_table,
)
exit_value = json.dumps({key: result[key] for key in ("run_id", "source_run_id", "input_file")})
print(exit_value)
""",
}

# exit ends the notebook by an exception of its own, so it must not stand inside try.
EXIT = """try:
    import notebookutils
except ImportError:  # outside Fabric
    notebookutils = None
if notebookutils is not None:
    notebookutils.notebook.exit(exit_value)
"""

DEFINITIONS: dict[str, dict] = {"sales_ingest": INGEST, "sales_ingest_spark": INGEST_SPARK, "restore_run": RESTORE}


def source_of(name: str) -> str:
    """A module's code; its folder only says what it is about."""
    return path_of_module(name).read_text(encoding="utf-8")


def path_of_module(name: str) -> Path:
    (path,) = SOURCES.rglob(f"{name}.py")
    return path


def modules_of(entries: list[str], local: set[str]) -> list[str]:
    """The modules that a notebook is made of, each behind those that it imports."""
    ordered: list[str] = []

    def add(name: str) -> None:
        if name in ordered:
            return
        for node in ast.parse(source_of(name)).body:
            if isinstance(node, ast.ImportFrom) and node.module in local and node.module != name:
                add(node.module)
        ordered.append(name)

    for entry in entries:
        add(entry)
    return ordered


def module_cells(name: str, local: set[str], taken: dict[str, str], group: str = "jupyter_python") -> list[dict]:
    """A module's docstring and code as cells. taken holds the names that earlier modules define: all share one namespace."""
    source = source_of(name)
    tree = ast.parse(source)
    lines = source.splitlines()
    dropped: set[int] = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module in local:
            if any(alias.asname for alias in node.names):
                raise SystemExit(f"{name}.py renames what it imports from {node.module}, which can't be done in a notebook")
            dropped.update(range(node.lineno, last_line(node) + 1))
        for defined in names_defined(node):
            if defined in taken:
                raise SystemExit(f"{name}.py and {taken[defined]} both define {defined}")
            taken[defined] = f"{name}.py"
        if not (isinstance(node, ast.ImportFrom) and node.module in local):
            for imported, meaning in names_imported(node).items():
                if taken.setdefault(imported, meaning) != meaning:
                    raise SystemExit(f"{name}.py imports {meaning} as {imported}, which {taken[imported]} has")
    cells = []
    docstring = ast.get_docstring(tree)
    if docstring:
        dropped.update(range(tree.body[0].lineno, last_line(tree.body[0]) + 1))
        if not docstring.startswith("#"):
            docstring = f"## {name.capitalize()}\n\n{docstring}"
        cells.append(markdown_cell(f"about-{name}", docstring))
    code = "\n".join(embedded(line) for number, line in enumerate(lines, start=1) if number not in dropped)
    while "\n\n\n\n" in code:
        code = code.replace("\n\n\n\n", "\n\n\n")
    cells.append(code_cell(f"code-{name}", code.strip("\n"), group))
    return cells


def chapters_of(modules: list[str]) -> list[list[str]]:
    """The modules in their order, those of one folder that follow each other together: each cell costs its time where a notebook runs."""
    return [list(chapter) for _, chapter in itertools.groupby(modules, lambda name: path_of_module(name).parent)]


def chapter_cells(modules: list[list[dict]], group: str) -> list[dict]:
    """The cells of a chapter's modules as two: what they are about, and their code."""
    cells: list[dict] = []
    for kind in ("markdown", "code"):
        parts = [cell for module in modules for cell in module if cell["cell_type"] == kind]
        if parts:
            text = ("\n\n" if kind == "markdown" else "\n\n\n").join("".join(part["source"]) for part in parts)
            cells.append(markdown_cell(parts[0]["id"], text) if kind == "markdown" else code_cell(parts[0]["id"], text, group))
    return cells


def last_line(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def embedded(line: str) -> str:
    """A line that reads a file of the contract has the file's content instead: a notebook stands alone."""
    if EMBEDDED not in line:
        return line
    content = json.loads((HERE.parent / "contract" / "file_words.json").read_text(encoding="utf-8"))
    return line.split(" = ")[0] + " = " + pprint.pformat(content, width=180, compact=True, sort_dicts=False)


def names_defined(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return []


def names_imported(node: ast.stmt) -> dict[str, str]:
    """The names that an import of a library gives, and what each stands for."""
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.partition(".")[0]: alias.name if alias.asname else alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {}


def lines_of(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(keepends=True)


def markdown_cell(cell_id: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": lines_of(text)}


def code_cell(cell_id: str, text: str, group: str = "jupyter_python", tags: list[str] | None = None) -> dict:
    metadata: dict = {"microsoft": {"language": "python", "language_group": group}}
    if tags:
        metadata["tags"] = tags
    return {"cell_type": "code", "execution_count": None, "id": cell_id, "metadata": metadata, "outputs": [], "source": lines_of(text)}


def build(name: str) -> bytes:
    """The notebook's bytes."""
    definition = DEFINITIONS[name]
    group = "synapse_pyspark" if definition.get("spark") else "jupyter_python"
    cells = [markdown_cell("about", definition["about"])]
    if "configure" in definition:
        cells.append(code_cell("configure", definition["configure"], group))
    cells.append(code_cell("parameters", definition["parameters"], group, ["parameters"]))
    local = {path.stem for path in SOURCES.rglob("*.py")}
    taken: dict[str, str] = {}
    for chapter in chapters_of(modules_of(definition["entries"], local)):
        cells += chapter_cells([module_cells(module, local, taken, group) for module in chapter], group)
    cells += [markdown_cell("about-run", "## Run"), code_cell("run", definition["run"], group), code_cell("exit", EXIT, group)]
    notebook = {
        "cells": cells,
        "metadata": {
            "dependencies": {"lakehouse": {}},  # whoever deploys it binds one
            "kernel_info": {"name": group} if definition.get("spark") else {"jupyter_kernel_name": "python3.11", "name": "jupyter"},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "microsoft": {"language": "python", "language_group": group},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def path_of(name: str) -> Path:
    """Where a notebook stands: in the form of Fabric's item folders."""
    return HERE / "notebooks" / f"{name}.Notebook" / "notebook-content.ipynb"


def main() -> None:
    check = "--check" in sys.argv[1:]
    for name in DEFINITIONS:
        path, content = path_of(name), build(name)
        if not check:
            path.write_bytes(content)
        elif not path.exists() or path.read_bytes() != content:
            raise SystemExit(f"{path.parent.name} is not up to date: run python fabric/build_notebooks.py")


if __name__ == "__main__":
    main()
