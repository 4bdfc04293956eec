"""## Different texts

Tells a column's texts apart by hashes of 64 bits that are sorted. For millions of different ones that takes a fraction of the time
and memory of a hash table with all of them in it; that two texts are one is seen on the texts themselves.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORD = 8  # bytes
MOST_WORDS = 32  # of a text that its hash is made of
# Of a word's bytes those that belong to the text, by how many do.
BELONGING = np.array([(1 << 8 * count) - 1 for count in range(WORD)] + [2**64 - 1], np.uint64)
FACTOR, SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


def told_apart(parts: Sequence[pa.Array]) -> tuple[list[np.ndarray], pa.Array]:
    """Of the texts (large_string) of each part their places among the different ones (int32, -1 for null), and these in the order in
    which they first stand there."""
    every = pa.concat_arrays(parts)
    rows = None if every.null_count == 0 else np.flatnonzero(every.is_valid().to_numpy(zero_copy_only=False))
    hashes = np.concatenate([hashes_of(part) for part in parts])
    found = places_by_hash(every, hashes if rows is None else hashes[rows], rows)
    if found is None:  # different texts have one hash
        encoded = every.dictionary_encode()
        found = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), encoded.dictionary
    places, texts = found
    if rows is not None and len(places) == len(rows):
        places, short = np.full(len(every), -1, np.int32), places
        places[rows] = short
    return list(np.split(places.astype(np.int32, copy=False), np.cumsum([len(part) for part in parts])[:-1])), texts


def places_by_hash(every: pa.Array, hashes: np.ndarray, rows: np.ndarray | None) -> tuple[np.ndarray, pa.Array] | None:
    """The places of the texts in some rows, and the different ones; None where different ones have one hash. No rows: all."""
    ordered = np.sort(hashes)
    if not (ordered[1:] == ordered[:-1]).any():
        return np.arange(len(hashes), dtype=np.int32), every if rows is None else every.drop_null()
    del ordered
    order = np.argsort(hashes, kind="stable")
    new = np.ones(len(order), bool)
    np.not_equal(hashes[order[1:]], hashes[order[:-1]], out=new[1:])
    first = np.empty(len(order), np.int64)  # of each text the row where it stands first
    first[order] = order[new][np.cumsum(new) - 1]
    del order, new
    is_first = first == np.arange(len(first))
    again = np.flatnonzero(~is_first)
    here, there = (again, first[again]) if rows is None else (rows[again], rows[first[again]])
    if not pc.all(pc.equal(every.take(pa.array(here)), every.take(pa.array(there)))).as_py():
        return None
    texts = every.take(pa.array(np.flatnonzero(is_first) if rows is None else rows[is_first]))
    return (np.cumsum(is_first, dtype=np.int32) - np.int32(1))[first], texts


def hashes_of(texts: pa.Array) -> np.ndarray:
    """A hash of each text (large_string); what a null has is no matter."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int64, len(texts) + 1, WORD * texts.offset) if len(texts) else np.zeros(1, np.int64)
    size = int(places[-1] - places[0])
    padded = np.zeros(size + WORD, np.uint8)
    if size:
        padded[:size] = np.frombuffer(data, np.uint8, size, int(places[0]))
    words: np.ndarray = np.ndarray((size + 1,), "<u8", padded, strides=(1,))  # that begin at each byte
    left = np.diff(places)
    hashes = left.astype(np.uint64)
    for rows, word in words_of_texts(words, places[:-1] - places[0], left):
        mixed = (hashes[rows] ^ word) * FACTOR
        hashes[rows] = mixed ^ mixed >> SHIFT
    return hashes


def words_of_texts(words: np.ndarray, starts: np.ndarray, left: np.ndarray) -> Iterator[tuple[np.ndarray | slice, np.ndarray]]:
    """The first words of the texts, the next ones and so on, each with the rows that have one."""
    rows: np.ndarray | slice = slice(None)
    for _ in range(MOST_WORDS):
        more = left > 0
        if not more.all():
            rows = np.flatnonzero(more) if isinstance(rows, slice) else rows[more]
            starts, left = starts[more], left[more]
        if not len(left):
            return
        yield rows, words[starts] & BELONGING[np.minimum(left, WORD)]
        starts, left = starts + WORD, left - WORD
