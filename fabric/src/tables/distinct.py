"""## Different texts

Texts of many pieces, each different one once. Few different ones are found with a hash table. Where most differ, that table would be
larger than they are: then hashes of 64 bits are sorted, and that two texts are one is seen on the texts themselves.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

WORD = 8  # bytes
MOST_WORDS = 32  # of a text that its hash is made of
# Of a word's bytes those that belong to the text, by how many do.
BELONGING = np.array([(1 << 8 * count) - 1 for count in range(WORD)] + [2**64 - 1], np.uint64)
FACTOR, SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
FEW = 1 << 18  # texts; of more, some tell whether most differ
TEXTS_HASHED = 1 << 20  # at a time


def told_apart(parts: list[pa.Array]) -> tuple[list[np.ndarray], pa.Array]:
    """Of the texts (string or large_string) of each part, which are taken out of the list, their places among the different ones (int32, -1
    for null), and these (large_string) in the order in which they first stand there."""
    stops = np.cumsum([len(part) for part in parts])
    parts[:] = [part.cast(pa.large_string()) for part in parts]
    every = pa.concat_arrays(parts) if parts else pa.array([], pa.large_string())
    parts.clear()
    places, texts = places_of_texts(every)
    return list(np.split(places, stops[:-1])), texts


def places_of_texts(every: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """The place of each text (large_string) among the different ones, and these."""
    found = places_by_hash(every) if mostly_different(every) else None
    if found is None:  # few are different, or different ones have one hash
        encoded = every.dictionary_encode()
        indices = encoded.indices.fill_null(-1) if encoded.indices.null_count else encoded.indices
        found = indices.to_numpy(zero_copy_only=False), encoded.dictionary
    return found[0].astype(np.int32, copy=False), found[1]


def mostly_different(every: pa.Array) -> bool:
    """Whether of many texts more than half seem to differ."""
    if len(every) <= FEW:
        return False
    some = every.take(pa.array(np.linspace(0, len(every) - 1, FEW).astype(np.int64)))
    return 2 * pc.count_distinct(some).as_py() > FEW


def places_by_hash(every: pa.Array) -> tuple[np.ndarray, pa.Array] | None:
    """The places of the texts, -1 for null, and the different ones; None where different ones have one hash."""
    rows = None if every.null_count == 0 else np.flatnonzero(every.is_valid().to_numpy(zero_copy_only=False))
    hashes = hashes_of(every) if rows is None else hashes_of(every)[rows]
    ordered = np.sort(hashes)
    if not (ordered[1:] == ordered[:-1]).any():
        return with_nulls(np.arange(len(hashes), dtype=np.int32), rows, len(every)), every if rows is None else every.drop_null()
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
    return with_nulls((np.cumsum(is_first, dtype=np.int32) - np.int32(1))[first], rows, len(every)), texts


def with_nulls(places: np.ndarray, rows: np.ndarray | None, count: int) -> np.ndarray:
    """The places of so many rows; -1 for those that have none. No rows: all have one."""
    if rows is None:
        return places
    found = np.full(count, -1, np.int32)
    found[rows] = places
    return found


def hashes_of(texts: pa.Array) -> np.ndarray:
    """A hash of each text (large_string); what a null has is no matter."""
    pieces = [hashes_of_piece(texts.slice(start, TEXTS_HASHED)) for start in range(0, len(texts), TEXTS_HASHED)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.uint64)


def hashes_of_piece(texts: pa.Array) -> np.ndarray:
    """As hashes_of; it takes the memory of the texts twice."""
    _, offsets, data = texts.buffers()
    places = np.frombuffer(offsets, np.int64, len(texts) + 1, WORD * texts.offset)
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
