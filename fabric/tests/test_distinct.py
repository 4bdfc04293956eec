"""Texts are told apart as a dictionary tells them apart."""

import random

import numpy as np
import pyarrow as pa
import pytest

import distinct
from distinct import hashes_of, told_apart

SOURCE = random.Random(5)


def requires_same(parts):
    places, texts = told_apart(parts)
    known: dict[str, int] = {}
    for part, found in zip(parts, places):
        assert found.dtype == np.int32
        assert found.tolist() == [-1 if text is None else known.setdefault(text, len(known)) for text in part.to_pylist()]
    assert texts.type == pa.large_string() and texts.to_pylist() == list(known)


def text(kinds):
    """A text of any length around that of words, whose beginning is often the same."""
    return SOURCE.choice(["", "abcdefgh", "abcdefghabcdefgh", "x" * 300, "ä" * 200]) + "ab\0"[: SOURCE.randrange(4)] + SOURCE.choice(["", str(SOURCE.randrange(kinds))])


@pytest.mark.parametrize("kinds", [1, 9, 10**9])
@pytest.mark.parametrize("nulls", [0, 0.3, 1])
def test_texts_are_told_apart(kinds, nulls):
    for _ in range(20):
        parts = [pa.array([None if SOURCE.random() < nulls else text(kinds) for _ in range(SOURCE.randrange(60))], pa.large_string()) for _ in range(SOURCE.randrange(1, 4))]
        requires_same(parts)
        requires_same([part[min(3, len(part)) :] for part in parts])


def test_all_different():
    requires_same([pa.array([f"O-{i}" for i in range(1000)], pa.large_string()), pa.array([None, *(str(i) for i in range(1000))], pa.large_string())])


def test_different_texts_of_one_hash_stay_different(monkeypatch):
    monkeypatch.setattr(distinct, "hashes_of", lambda texts: np.zeros(len(texts), np.uint64))
    requires_same([pa.array(["a", "b", None, "a"], pa.large_string()), pa.array(["b", "c"], pa.large_string())])
    requires_same([pa.array(["a", None, "a"], pa.large_string())])


def test_long_texts_that_begin_alike_have_one_hash():
    beginning = "x" * 1000
    one, other = hashes_of(pa.array([beginning + "1", beginning + "2"], pa.large_string()))
    assert one == other
    requires_same([pa.array([beginning + "1", beginning + "2", beginning + "1"], pa.large_string())])


def test_hashes_of_short_texts_differ():
    texts = [f"{a}{b}" for a in ("", "a", "\0", "a\0", "ORDER-") for b in range(2000)]
    texts = list(dict.fromkeys(texts))
    assert len(set(hashes_of(pa.array(texts, pa.large_string())).tolist())) == len(texts)
