"""Runs the Spark notebook's whole job for a file or a folder of files on local Spark, in a lakehouse of its own that is removed behind it.

    python bench/notebook/sparkjob.py MODULES FILE_OR_FOLDER [READ_OPTIONS]
"""

import os
import sys
import tempfile
import uuid
from pathlib import Path


def main(modules: str, file: str, read_options: str = "") -> None:
    folders = [str(folder) for folder in sorted(Path(modules).resolve().iterdir())]
    sys.path[:0] = folders
    os.environ["PYTHONPATH"] = os.pathsep.join(folders)  # of the workers
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession
    from sparkingest import run_ingest_spark

    builder = SparkSession.builder.master("local[2]").appName("bench").config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
    spark = builder.config("spark.driver.memory", "1g").config("spark.log.level", "ERROR").getOrCreate()
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as root:
        imports = Path(root) / "Files" / "import"
        imports.mkdir(parents=True)
        (imports / Path(file).name).symlink_to(Path(file).resolve())
        kpis = run_ingest_spark(spark, root, Path(file).name, str(uuid.uuid4()), "bench", 0, 0, read_options)
        print(kpis["total_revenue"], kpis["orders"])
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
