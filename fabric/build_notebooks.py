"""Assembles the notebooks, notebooks/NAME.Notebook/notebook-content.ipynb, from the modules in src/.

A notebook that goes to Fabric must be self-contained, so each module becomes a cell of it: its docstring a Markdown cell,
its code a code cell without the imports of other modules. Building twice gives the same bytes.

    python fabric/build_notebooks.py            writes the notebooks
    python fabric/build_notebooks.py --check    fails when they are not up to date
"""

import ast
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

**To run it by hand**, set the parameters in the next cell and choose *Run all*. A pipeline sets them in a cell of its own below.
The report is at the end, below the last cells.

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
""",
    "entries": ["ingest", "report"],
    "run": """try:
    result = run_ingest(
        lakehouse_root=lakehouse_root,
        input_file=input_file,
        run_id=run_id,
        requested_by=requested_by,
        total_visitors=total_visitors,
        converting_visitors=converting_visitors,
        read_options=read_options,
    )
finally:
    show_report(lakehouse_root, run_id)
exit_value = json.dumps({key: result[key] for key in ("run_id", "total_revenue", "orders", "aov", "conversion")})
print(exit_value)
""",
}

INGEST_SPARK = {
    "about": """# sales_ingest_spark

Does what `sales_ingest` does, by the same rules, with a file of any size, or a folder of CSV or Parquet files of any number: it reads them in
parts, on all nodes. Workbooks are for `sales_ingest`.

A file that fails validation, or that can be read in two ways, fails the run with one sentence; what is published stays as it was.

**To run it by hand**, attach the lakehouse as the default one, set the parameters in the next cell and choose *Run all*. A pipeline sets them
in a cell of its own below. The report is at the end, below the last cells.

This notebook is generated from `fabric/src` by `fabric/build_notebooks.py`: change it there.""",
    "parameters": str(INGEST["parameters"]).replace(
        "# The name of a file in Files/import, without folders.", "# The name of a file in Files/import, or of a folder there whose files are read in the order of their names."
    ),
    "entries": ["sparkingest", "report"],
    "spark": True,
    "run": """if "spark" not in globals():  # outside Fabric
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
""",
    "entries": ["restore"],
    "run": """result = run_restore(
    lakehouse_root=lakehouse_root,
    source_run_id=source_run_id,
    run_id=run_id,
    requested_by=requested_by,
    input_file=input_file,
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


def modules_of(entries: list[str], local: set[str]) -> list[str]:
    """The modules that a notebook is made of, each behind those that it imports."""
    ordered: list[str] = []

    def add(name: str) -> None:
        if name in ordered:
            return
        for node in ast.parse((SOURCES / f"{name}.py").read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module in local and node.module != name:
                add(node.module)
        ordered.append(name)

    for entry in entries:
        add(entry)
    return ordered


def module_cells(name: str, local: set[str], taken: dict[str, str], group: str) -> list[dict]:
    """A module's docstring and code as cells. taken holds the names that earlier modules define: all share one namespace."""
    source = (SOURCES / f"{name}.py").read_text(encoding="utf-8")
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
                raise SystemExit(f"{name}.py and {taken[defined]}.py both define {defined}")
            taken[defined] = name
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


def lines_of(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(keepends=True)


def markdown_cell(cell_id: str, text: str) -> dict:
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": lines_of(text)}


def code_cell(cell_id: str, text: str, group: str, tags: list[str] | None = None) -> dict:
    metadata: dict = {"microsoft": {"language": "python", "language_group": group}}
    if tags:
        metadata["tags"] = tags
    return {"cell_type": "code", "execution_count": None, "id": cell_id, "metadata": metadata, "outputs": [], "source": lines_of(text)}


def build(name: str) -> bytes:
    """The notebook's bytes."""
    definition = DEFINITIONS[name]
    group = "synapse_pyspark" if definition.get("spark") else "jupyter_python"
    cells = [markdown_cell("about", definition["about"]), code_cell("parameters", definition["parameters"], group, ["parameters"])]
    local = {path.stem for path in SOURCES.glob("*.py")}
    taken: dict[str, str] = {}
    for module in modules_of(definition["entries"], local):
        cells += module_cells(module, local, taken, group)
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
