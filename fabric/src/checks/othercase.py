"""## Order_ids in another case

Those that differ from an earlier one in upper and lower case only (contract/RULES.md, Keys and texts).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from words import lowered


def in_another_case(different: pa.Array, places: np.ndarray) -> np.ndarray:
    """The first rows, in ascending order, of the order_ids that are an earlier, different one in lower case. different and places are
    as coded gives them."""
    if cases_of(different) < 2:
        return np.array([], dtype=np.int64)
    codes = in_small_letters(different).dictionary_encode().indices.to_numpy()
    later = np.ones(len(codes), dtype=bool)
    later[np.unique(codes, return_index=True)[1]] = False
    first = np.zeros(len(different) + 1, dtype=np.int64)  # the last is of the rows without an order_id
    first[places[::-1]] = np.arange(len(places))[::-1]  # of equal places the last one stays, which is that of the first row
    return np.sort(first[:-1][later])


def cases_of(texts: pa.Array) -> int:
    """In how many cases the letters of ASCII are; other letters have two. In one case none can differ from another."""
    letters = texts.buffers()[2]  # of all texts; more than theirs would only make the answer 2
    if letters is None:
        return 0
    used = np.frombuffer(letters, np.uint8)
    if (used >= 0x80).any():
        return 2
    return int(((used >= ord("A")) & (used <= ord("Z"))).any()) + int(((used >= ord("a")) & (used <= ord("z"))).any())


def in_small_letters(texts: pa.Array) -> pa.Array:
    """Texts in lower case, letter by letter."""
    ascii_only = pc.string_is_ascii(texts)
    if pc.all(ascii_only, min_count=0).as_py():
        return pc.ascii_lower(texts)
    return pa.array([lowered(text) for text in texts.to_pylist()], texts.type)
