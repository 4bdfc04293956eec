"""Runs the notebook's whole job for a file, in a lakehouse of its own that is removed behind it.

    python bench/notebook/job.py MODULES FILE [READ_OPTIONS]
"""

import sys
import tempfile
import uuid
from pathlib import Path


def main(modules: str, file: str, read_options: str = "") -> None:
    sys.path[:0] = [str(folder) for folder in sorted(Path(modules).iterdir())]
    from ingest import run_ingest

    with tempfile.TemporaryDirectory(prefix="portal-bench-") as root:
        imports = Path(root) / "Files" / "import"
        imports.mkdir(parents=True)
        (imports / Path(file).name).symlink_to(Path(file).resolve())
        kpis = run_ingest(root, Path(file).name, str(uuid.uuid4()), "bench", 0, 0, read_options)
        print(kpis["total_revenue"], kpis["orders"])


if __name__ == "__main__":
    main(*sys.argv[1:])
