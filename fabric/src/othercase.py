"""## Order_ids in another case

Those that differ from an earlier one in upper and lower case only (contract/RULES.md, Keys and texts).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from words import lowered


def in_another_case(ids: pa.Array) -> np.ndarray:
    """The first rows, in ascending order, of the order_ids that are an earlier, different one in lower case; null is no order_id."""
    encoded = ids.dictionary_encode()
    different = encoded.dictionary
    small = in_small_letters(different).dictionary_encode()
    if len(small.dictionary) == len(different):
        return np.array([], dtype=np.int64)
    codes = small.indices.to_numpy()
    later = np.ones(len(codes), dtype=bool)
    later[np.unique(codes, return_index=True)[1]] = False
    rows = np.arange(len(ids))
    places = pc.fill_null(encoded.indices, len(different)).to_numpy(zero_copy_only=False)
    first = np.zeros(len(different) + 1, dtype=np.int64)
    first[places[::-1]] = rows[::-1]  # of equal places the last one stays, which is that of the first row
    return np.sort(first[:-1][later])


def in_small_letters(texts: pa.Array) -> pa.Array:
    """Texts in lower case, letter by letter."""
    ascii_only = pc.string_is_ascii(texts)
    if pc.all(ascii_only, min_count=0).as_py():
        return pc.ascii_lower(texts)
    return pa.array([lowered(text) for text in texts.to_pylist()], texts.type)
