"""## The cluster

What the notebook asks of Spark: functions in tasks, values that are kept on the executors' disks, and sums of what parts say. What comes to
the driver does not grow with the rows, and is counted.
"""

import copyreg
import functools
import pickle
import re
from collections.abc import Callable, Sequence
from typing import Any

from failure import RunFailed


def again_remembered(function, parameters: dict):
    tell_pickle()
    return functools.lru_cache(**parameters)(function)


def reduced_cache(cached) -> tuple:
    """How functions that remember travel to tasks: without what they remember."""
    return again_remembered, (cached.__wrapped__, cached.cache_parameters())




def again_cached(function, name: str | None) -> functools.cached_property:
    tell_pickle()
    found = functools.cached_property(function)
    found.attrname = name  # no class tells it the name when it comes to a task
    return found


def reduced_property(cached: functools.cached_property) -> tuple:
    """How properties that are found once travel to tasks: without the lock that they have up to Python 3.11."""
    return again_cached, (cached.func, cached.attrname)


def tell_pickle() -> None:
    """Tells pickle of both; a task does so, too, as soon as it gets one of them."""
    copyreg.pickle(type(functools.lru_cache(lambda: None)), reduced_cache)
    copyreg.pickle(functools.cached_property, reduced_property)


tell_pickle()

FEW_PARTITIONS = 16  # partitions whose sums are added on the driver
RDD = Any  # Spark's, whose package is only there where the notebook runs on Spark
REASON = re.compile(r"RunFailed: (.+)")


class Cluster:
    """Runs functions in tasks. collected counts the bytes that came to the driver."""

    def __init__(self, spark):
        self.context = spark.sparkContext
        self.tasks = self.context.defaultParallelism
        self.collected = 0
        self.kept: list[RDD] = []
        self.on_disk = disk_only()

    def each(self, function: Callable[[Any], Any], values: Sequence[Any]) -> list:
        """What a function says of each value, in their order: few bytes of each."""
        return self.collect(self.spread(function, values)) if values else []

    def spread(self, function: Callable[[Any], Any], values: Sequence[Any]) -> RDD:
        """A task for each value, which gives what the function says of it."""
        return self.context.parallelize(list(values), max(len(values), 1)).map(function)

    def keep(self, values: RDD) -> RDD:
        """Keeps values on the executors' disks until the run ends."""
        self.kept.append(values.persist(self.on_disk))
        return values

    def release(self) -> None:
        for values in self.kept:
            values.unpersist()
        self.kept.clear()

    def collect(self, values: RDD) -> list:
        """All values, of which there are few."""
        found = run(values.collect)
        self.collected += len(packed(found))
        return found

    def sum(self, values: RDD, plus: Callable[[Any, Any], Any], nothing: Any) -> Any:
        """The sum of values, added up in tasks."""
        depth = 1 if values.getNumPartitions() <= FEW_PARTITIONS else 2
        found = run(lambda: values.treeAggregate(None, functools.partial(added_to, plus), functools.partial(added_to, plus), depth))
        self.collected += len(packed(found))
        return nothing if found is None else found


def packed(value: Any) -> bytes:
    """A value as bytes, by Spark's own pickling: in a task the notebook's classes stand in no module."""
    try:
        from pyspark import cloudpickle
    except ImportError:
        return pickle.dumps(value)
    return cloudpickle.dumps(value)


def disk_only() -> Any:
    """Spark's name for the executors' disks."""
    try:
        from pyspark import StorageLevel
    except ImportError:
        return None
    return StorageLevel.DISK_ONLY


def added_to(plus: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return plus(one, other)


def run(job: Callable[[], Any]) -> Any:
    """Runs a job. Raises RunFailed with the sentence of a task that failed with one."""
    try:
        return job()
    except Exception as error:
        found = REASON.search(str(error))
        if isinstance(error, RunFailed) or found is None:
            raise
        raise RunFailed(found[1].strip()) from error


def by_part(values: RDD, parts: int) -> RDD:
    """Pairs by the place of a part: what belongs to each part, as a list, in the part's partition."""
    return values.partitionBy(parts).mapPartitions(listed_values)


def listed_values(pairs) -> list:
    return [[value for _, value in pairs]]
