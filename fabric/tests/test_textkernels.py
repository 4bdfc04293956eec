"""What is told of many texts at once is what is told of each."""

import random

import numpy as np
import pyarrow as pa
import pytest

import textkernels
from textkernels import blank_ends_of, ends_are_plain, trimmed_texts
from values import WHITE_SPACE


@pytest.mark.parametrize("at_once", [1, 7, 1 << 20])
@pytest.mark.parametrize("parts", [["a", "b c", "~", "!"], ["a", " ", "", "\xa0", "x\t", "\ufeffb"], ["ä", "a", "\x7f", "\u3000"]])
def test_blanks_at_ends(parts, at_once, monkeypatch):
    monkeypatch.setattr(textkernels, "TEXTS_AT_ONCE", at_once)
    draw = random.Random(at_once)
    for _ in range(50):
        words = ["".join(draw.choice(parts) for _ in range(draw.randrange(1, 4))) for _ in range(draw.randrange(12))]
        for texts in (pa.array(words, pa.large_string()), pa.array(["x", *words, ""], pa.large_string()).slice(1, len(words))):
            bare = [word.strip(WHITE_SPACE) for word in words]
            assert trimmed_texts(texts).to_pylist() == bare
            cut, blank = blank_ends_of(texts)
            assert cut.tolist() == [one != other for one, other in zip(words, bare)]
            assert blank.tolist() == [not word for word in bare]


def test_plain_texts_are_not_copied():
    texts = pa.array(["a", "b c", "!~"], pa.large_string())
    assert trimmed_texts(texts) is texts
    for odd in ("", " a", "a ", "a\x7f", "ä", None):
        assert not ends_are_plain(pa.array(["a", odd, "b"], pa.large_string()))
    assert np.array_equal(blank_ends_of(texts)[1], [False] * 3)
