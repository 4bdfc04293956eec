"""Spark's RDDs as far as the notebook uses them, in this process: what crosses between tasks is pickled, as it is there."""

import functools
import pickle
from types import SimpleNamespace


def crossed(value):
    return pickle.loads(pickle.dumps(value))


class TasksHere:
    """Values in partitions, made when they are asked for, and kept where that is said."""

    def __init__(self, make, number: int):
        self.make, self.number, self.kept = make, number, False
        self.made: list[list] | None = None

    @property
    def partitions(self) -> list[list]:
        if self.made is not None:
            return crossed(self.made)
        found = [list(values) for values in self.make()]
        if self.kept:
            self.made = crossed(found)
        return found

    def per_partition(self, function) -> "TasksHere":
        return TasksHere(lambda: [function(iter(values)) for values in self.partitions], self.number)

    def getNumPartitions(self) -> int:
        return self.number

    def map(self, function) -> "TasksHere":
        return self.per_partition(lambda values: [function(value) for value in values])

    def flatMap(self, function) -> "TasksHere":
        return self.per_partition(lambda values: [one for value in values for one in function(value)])

    def filter(self, function) -> "TasksHere":
        return self.per_partition(lambda values: [value for value in values if function(value)])

    def mapPartitions(self, function) -> "TasksHere":
        return self.per_partition(function)

    def zip(self, other: "TasksHere") -> "TasksHere":
        def make():
            pairs = list(zip(self.partitions, other.partitions, strict=True))
            assert all(len(one) == len(two) for one, two in pairs)
            return [list(zip(one, two)) for one, two in pairs]

        return TasksHere(make, self.number)

    def partitionBy(self, number: int) -> "TasksHere":
        def make():
            found = [[] for _ in range(number)]
            for values in reversed(crossed(self.partitions)):  # shuffled values come in any order
                for key, value in values:
                    found[key % number].append((key, value))
            return found

        return TasksHere(make, number)

    def repartitionAndSortWithinPartitions(self, number: int) -> "TasksHere":
        return self.partitionBy(number).per_partition(lambda pairs: sorted(pairs, key=lambda pair: pair[0]))

    def reduceByKey(self, function, number: int) -> "TasksHere":
        def reduced(pairs):
            found = {}
            for key, value in pairs:
                found[key] = function(found[key], value) if key in found else value
            return found.items()

        return self.partitionBy(number).per_partition(reduced)

    def persist(self, _level) -> "TasksHere":
        self.kept = True
        return self

    def unpersist(self) -> None:
        self.made = None

    def collect(self) -> list:
        return [value for values in crossed(self.partitions) for value in values]

    def treeAggregate(self, nothing, add, plus, _depth=2):
        return functools.reduce(plus, [crossed(functools.reduce(add, values, nothing)) for values in reversed(self.partitions)], nothing)


class ContextHere:
    defaultParallelism = 2
    version = "here"

    def parallelize(self, values, number: int) -> TasksHere:
        values = list(values)
        cuts = [len(values) * place // number for place in range(number + 1)]
        return TasksHere(lambda: [crossed(values[start:stop]) for start, stop in zip(cuts, cuts[1:])], number)


SESSION = SimpleNamespace(sparkContext=ContextHere())
