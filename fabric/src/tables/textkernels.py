"""## Kernels of texts

What arrays of texts are asked all at once. Few texts have blanks at their ends: that none has is told by their first and last bytes,
so that millions of them need not be copied.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from values import WHITE_SPACE

TEXTS_AT_ONCE = 1 << 20  # that are looked at together, so that what is found of them stays small
FIRST_PLAIN, LAST_PLAIN = 0x21, 0x7E  # the bytes that are characters and no blanks


def flags(found: pa.Array) -> np.ndarray:
    """An array of booleans of pyarrow as one of numpy; null is false."""
    return (found.fill_null(False) if found.null_count else found).to_numpy(zero_copy_only=False)


def matching(texts: pa.Array, pattern: str) -> np.ndarray:
    """Which texts a pattern is found in; its $ is the text's very end."""
    return flags(pc.match_substring_regex(texts, pattern))


def sizes_of(texts: pa.Array) -> np.ndarray:
    """The bytes of each text."""
    return pc.binary_length(texts).to_numpy(zero_copy_only=False)


def trimmed_texts(texts: pa.Array) -> pa.Array:
    """The texts without white space at their ends; a text of white space only is empty. The same array where none has any."""
    return texts if ends_are_plain(texts) else pc.utf8_trim(texts, characters=WHITE_SPACE)


def ends_are_plain(texts: pa.Array) -> bool:
    """Whether no text is empty or null, or begins or ends with anything but a plain character of ASCII: then none has blanks at its ends."""
    if not pa.types.is_large_string(texts.type) or texts.null_count:
        return False
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        piece = texts.slice(start, TEXTS_AT_ONCE)
        _, offsets, data = piece.buffers()
        places = np.frombuffer(offsets, np.int64, len(piece) + 1, 8 * piece.offset)
        if (places[1:] == places[:-1]).any():
            return False
        letters = np.frombuffer(data, np.uint8)
        for ends in (letters[places[:-1]], letters[places[1:] - 1]):
            if int(ends.min()) < FIRST_PLAIN or int(ends.max()) > LAST_PLAIN:
                return False
    return True


def blank_ends_of(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Which texts have white space at their ends, and which hold nothing else, or nothing."""
    cut, blank = np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        piece = texts.slice(start, TEXTS_AT_ONCE)
        if (trimmed := trimmed_texts(piece)) is not piece:
            sizes = sizes_of(trimmed)
            cut[start : start + TEXTS_AT_ONCE] = sizes != sizes_of(piece)
            blank[start : start + TEXTS_AT_ONCE] = sizes == 0
    return cut, blank
