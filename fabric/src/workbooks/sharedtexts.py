"""## A workbook's table of texts

The texts that cells refer to by number, as one array: a million texts as objects of their own take ten times the memory.
"""

from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute

from columns import NO_TEXTS
from package import MOST_CELL, MOST_TAG, Damage, local_name, unescaped, xml_parser
from piecereading import SCANNED, PieceReader
from tagscan import ITEM_END, ITEM_TAG, KEPT, TEXT_END, TEXT_KEPT, TEXT_TAG, Tags, xml_text


class SharedTexts:
    """The texts by number."""

    def __init__(self, array: pa.Array = NO_TEXTS):
        self.array = array  # large_string

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, place: int) -> str:
        return self.array[place].as_py()

    @cached_property
    def empty(self) -> np.ndarray:
        """Which of them have no character."""
        return pa.compute.equal(pa.compute.binary_length(self.array), 0).to_numpy(zero_copy_only=False)


class TextParser:
    """Reads the table's XML tag by tag, in pieces."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.parts: list[str] = []
        self.collecting = False
        self.depth = self.skip = self.characters = self.fed = 0
        self.parser = xml_parser(self.start, self.end, self.text)

    def feed(self, piece: bytes) -> None:
        self.parser.Parse(piece, False)
        self.fed += len(piece)
        if self.fed - self.parser.CurrentByteIndex > MOST_TAG:
            raise Damage("a tag is too long")

    def finish(self) -> None:
        self.parser.Parse(b"", True)

    @property
    def at_elements(self) -> bool:
        """Whether what follows are whole texts, or the end of the table."""
        return self.depth == 1 and not self.skip

    def start(self, name, _):
        self.depth += 1
        if self.skip:
            return
        depth, tag = self.depth, local_name(name)
        if depth == 2:
            self.parts, self.characters = [], 0
            self.skip = 0 if tag == "si" else depth
        elif depth > 2:  # texts, plain or in runs, but no phonetic ones
            if tag == "t" and depth <= 4:
                self.collecting = True
            elif tag != "r" or depth != 3:
                self.skip = depth

    def end(self, _):
        depth = self.depth
        self.depth -= 1
        if self.skip:
            self.skip = 0 if depth == self.skip else self.skip
            return
        self.collecting = False
        if depth == 2:
            self.texts.append(unescaped("".join(self.parts)))

    def text(self, data):
        if self.collecting:
            self.parts.append(data)
            self.characters += len(data)
            if self.characters > MOST_CELL:
                raise Damage("a text is too long")


class TextReader(PieceReader):
    """Reads the table into arrays."""

    holder, begin = b"sst", b"si>"

    def __init__(self, scanned: int = SCANNED):
        self.table = TextParser()
        super().__init__(self.table, scanned)
        self.arrays: list[pa.Array] = []

    @property
    def texts(self) -> SharedTexts:
        return SharedTexts(pa.concat_arrays([NO_TEXTS, *self.arrays]))

    def keep(self) -> None:
        if self.table.texts:
            self.arrays.append(pa.array(self.table.texts, pa.large_string()))
            self.table.texts = []

    def scan(self, piece: bytes, bare: bytes) -> bytes:
        tags = Tags(bare)
        kinds = tags.tags
        items = np.flatnonzero(kinds == ITEM_TAG)
        ends = np.append(items[1:], len(kinds))
        kinds = np.append(kinds, np.zeros(4, np.uint8))
        kept = kinds[items + 1] == TEXT_KEPT
        usual = (ends - items == 4) & (kept | (kinds[items + 1] == TEXT_TAG)) & (kinds[items + 2] == TEXT_END) & (kinds[items + 3] == ITEM_END)
        text = np.where(usual, items + 1, 0)
        starts = np.where(usual, tags.at[text] + np.where(kept, len(KEPT), len("<t>")), 0)
        stops = np.where(usual, tags.ends[text], 0)
        if not tags.is_text:
            usual[:] = False
        elif places := tags.odd_places():
            usual[np.searchsorted(tags.at[items], places, "right") - 1] = False
        quick = np.flatnonzero(usual)
        quick = quick[~tags.written_otherwise(starts[quick], stops[quick])]
        array = tags.texts(starts[quick], stops[quick]).take(pa.array(np.arange(0, 2 * len(quick), 2))).cast(pa.large_string())
        if len(quick) == len(items):
            self.arrays.append(array)
            return b""
        # The others are texts of their own, which come between these.
        others: list[str] = []
        at: list[int] = []
        bounds: list[int] = []
        error: Exception | None = None
        single = np.ones(len(items), bool)
        single[quick] = False
        stop = len(items)
        for item in np.flatnonzero(single).tolist():
            if usual[item]:
                others.append(unescaped(xml_text(bare[int(starts[item]) : int(stops[item])])))
                at.append(item)
                continue
            bounds = bounds or self.bounds(piece)
            error = self.feed_element(piece[bounds[item] : bounds[item + 1]])
            others += self.table.texts
            at += [item] * len(self.table.texts)
            self.table.texts = []
            if not self.quick:
                stop = item + 1
                break
        places = np.concatenate([quick, np.array(at, np.int64)])
        order = np.argsort(places, kind="stable")
        order = order[places[order] < stop]
        self.arrays.append(pa.concat_arrays([array, pa.array(others, pa.large_string())]).take(pa.array(order)))
        if error is not None:
            raise error
        return b"" if self.quick else piece[bounds[stop] :]
