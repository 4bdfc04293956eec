"""## Shapes of dates

Texts of dates that differ only in the time of day read alike, so that one of them is read for all.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute

# A date behind which a time stands that leaves the day as it is: the date, and Z where it is there.
CLOCK_SHAPE = r"^([^:]{5,}[0-9.](?:T| +))(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(Z?)$"
FRACTION_SHAPE = r"^([^:]{5,}[0-9.](?:T| +))(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.,][0-9]+(Z?)$"


def one_clock(texts: pa.Array, zones: bool) -> tuple[np.ndarray, list[str]]:
    """For each trimmed text (large_string) the place of the one that is read for it, and these texts. zones: also of texts with Z,
    whose day may depend on the time where a zone is given."""
    if not pa.compute.any(pa.compute.match_substring(texts, ":")).as_py():
        return np.arange(len(texts)), texts.to_pylist()
    for pattern, clock in ((CLOCK_SHAPE, "12:00"), (FRACTION_SHAPE, "12:00:00.0")):
        wanted = pattern if zones else pattern.replace("(Z?)", "()")
        texts = pa.compute.replace_substring_regex(texts, pattern=wanted, replacement=rf"\1{clock}\2")
    encoded = texts.dictionary_encode()
    return encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()
