"""## Different texts

Texts of many pieces, each different one once. Of very many the table that finds equals would be larger than they are, so that they are
looked at by groups, to which they belong by their last bytes.
"""

import numpy as np
import pyarrow as pa

GROUP = 1 << 19  # texts that are looked at together, about
LAST_BYTES = 8
MOST_NARROW_BYTES = 1 << 30  # of texts whose places are told by 32 bits
STEP = 1 << 20  # texts whose groups are found at a time


def united(pieces: list[pa.Array]) -> tuple[pa.Array, list[np.ndarray]]:
    """The different texts (large_string) of pieces (string), which are taken out of the list, in the order of their first places; and for each
    piece the places in them of its texts (int32)."""
    if not pieces:
        return pa.array([], pa.large_string()), []
    places = np.cumsum([0, *map(len, pieces)])
    if sum(piece.nbytes for piece in pieces) > MOST_NARROW_BYTES:
        pieces[:] = [piece.cast(pa.large_string()) for piece in pieces]
    every = pa.concat_arrays(pieces)
    pieces.clear()
    groups = len(every) // GROUP + 1
    texts, codes = told_once(every) if groups == 1 else by_groups(every, groups)
    return texts.cast(pa.large_string()), [codes[start:stop] for start, stop in zip(places[:-1], places[1:])]


def told_once(every: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """The different texts, and the place of each text in them."""
    encoded = every.dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy()


def by_groups(every: pa.Array, groups: int) -> tuple[pa.Array, np.ndarray]:
    """As told_once, group by group."""
    group = text_groups(every, groups)
    codes = np.empty(len(every), np.int32)
    firsts: list[np.ndarray] = []
    count = 0
    for number in range(groups):
        members = np.flatnonzero(group == number)
        encoded = every.take(pa.array(members)).dictionary_encode()
        own = encoded.indices.to_numpy()
        codes[members] = own + count
        first = np.empty(len(encoded.dictionary), np.int64)
        first[own[::-1]] = members[::-1]  # the first place is written last
        firsts.append(first)
        count += len(first)
    if count == len(every):  # all are different
        return every, np.arange(count, dtype=np.int32)
    first = np.concatenate(firsts)
    order = np.argsort(first)
    new = np.empty(count, np.int32)
    new[order] = np.arange(count, dtype=np.int32)
    return every.take(pa.array(first[order])), new[codes]


def text_groups(every: pa.Array, groups: int) -> np.ndarray:
    """The group of each text (without nulls), by its length and its last bytes."""
    width = np.dtype(np.int64 if pa.types.is_large_string(every.type) else np.int32)
    offsets: np.ndarray = np.frombuffer(every.buffers()[1], width)[every.offset : every.offset + len(every) + 1]
    content = every.buffers()[2]
    letters = np.frombuffer(content, np.uint8) if content is not None and content.size else np.zeros(1, np.uint8)
    found = np.empty(len(every), np.uint16)
    for start in range(0, len(every), STEP):
        begins, ends = offsets[start : min(start + STEP, len(every))], offsets[start + 1 : min(start + STEP, len(every)) + 1]
        mixed = (ends - begins).astype(np.uint32)
        for back in range(1, LAST_BYTES + 1):
            at = ends - back
            there = at >= begins
            mixed = mixed * np.uint32(16777619) + np.where(there, letters[np.where(there, at, 0)], 0).astype(np.uint32)
        found[start : start + len(begins)] = ((mixed >> np.uint32(7)) ^ (mixed >> np.uint32(19))) % np.uint32(groups)
    return found
