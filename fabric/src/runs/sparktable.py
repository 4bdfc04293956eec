"""## The table, by Spark

How the Spark notebook writes it: Spark reads the Parquet file, or the folder of its parts, of the published run's folder and replaces
the table in one commit.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lakehouse import PARQUET, Lakehouse, Workplace, is_as_listed
from manifest import Manifest
from reporttable import TABLE_ABOUT, Commit, ReportTable, RowsLost, Standing, table_folder

TIME_ZONE = "spark.sql.session.timeZone"


def spark_table_of(spark: Any, lakehouse: Lakehouse, name: str, address: Callable[[Path], str] = str) -> ReportTable | None:
    """The table that a run was asked for; None for an empty name. address tells where Spark finds a path of the lakehouse."""
    name = name.strip()
    if not name:
        return None
    return ReportTable(name, SparkWriter(spark, lakehouse.tables / table_folder(lakehouse, name), address))


class SparkWriter:
    """Writes a table with Spark."""

    def __init__(self, spark: Any, path: Path, address: Callable[[Path], str]):
        self.spark, self.address = spark, address
        self.table = f"delta.`{address(path)}`"

    def look(self) -> Standing | None:
        from pyspark.errors import AnalysisException

        try:
            detail = self.spark.sql(f"DESCRIBE DETAIL {self.table}").collect()[0].asDict()
            history = self.spark.sql(f"DESCRIBE HISTORY {self.table} LIMIT 50").collect()
        except AnalysisException as error:
            if any(word in str(error) for word in ("DELTA_MISSING_DELTA_TABLE", "DELTA_TABLE_NOT_FOUND", "DELTA_PATH_DOES_NOT_EXIST", "PATH_NOT_FOUND", "TABLE_OR_VIEW_NOT_FOUND")):
                return None
            raise
        if detail["format"] != "delta":
            return None
        return Standing(detail["description"], [Commit(each["version"], each["operation"], each["userMetadata"] or "") for each in history])

    def replace(self, run: Workplace, manifest: Manifest, told: str) -> None:
        from pyspark.sql.functions import col

        listed = manifest.files[PARQUET]
        places = [folder / PARQUET for folder in (manifest.home(run.lakehouse), run.lakehouse.current)]
        place = next((place for place in places if is_as_listed(place, listed)), None)
        if place is None:
            raise RowsLost(f"{PARQUET} of run {manifest.run_id} is not to be had")
        rows = self.spark.read.parquet(self.address(place))
        # A moment without a zone becomes one in UTC, as deltalake writes it: the session's zone says which day and time are meant.
        rows = rows.select(*[col(f"`{name}`").cast("timestamp") if kind == "timestamp_ntz" else col(f"`{name}`") for name, kind in rows.dtypes])
        before = self.spark.conf.get(TIME_ZONE)
        self.spark.conf.set(TIME_ZONE, "UTC")
        try:
            rows.writeTo(self.table).using("delta").option("userMetadata", told).tableProperty("comment", TABLE_ABOUT).createOrReplace()
        finally:
            self.spark.conf.set(TIME_ZONE, before)
