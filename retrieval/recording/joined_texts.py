"""Many texts folded at once, each at its own range, with the way back to its original offsets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retrieval.recording.folding import SEPARATOR, SPACE, Folded, Offsets, fold
from retrieval.recording.grams import Windows


@dataclass(frozen=True)
class JoinedTexts:
    """Text `k` begins at original offset `bases[k]` and is the folded range `[begins[k], ends[k])`.

    The folded range leaves out the white space at the text's edges.
    """

    original: str
    folded: Folded
    bases: Offsets
    begins: Offsets
    ends: Offsets

    @cached_property
    def windows(self) -> Windows:
        return Windows(self.folded.codes)

    def text(self, index: int) -> str:
        """The folded text."""
        return self.folded.text[self.begins[index] : self.ends[index]]

    def original_range(self, start: int, end: int) -> tuple[int, int]:
        """The original range of a folded one; `start < end`."""
        return int(self.folded.starts[start]), int(self.folded.ends[end - 1])

    def owner(self, start: int) -> int:
        """The text that the folded point lies in."""
        return int(np.searchsorted(self.begins, start, side="right")) - 1

    def holds(self, start: int, length: int) -> bool:
        """True if the folded range lies in one text."""
        owner = self.owner(start)
        return owner >= 0 and start + length <= int(self.ends[owner])

    def can_be_cut_out(self, places: Offsets, length: int) -> NDArray[np.bool_]:
        """Which ranges of `length` lie in one text and begin and end between original points."""
        owners = np.searchsorted(self.begins, places, side="right") - 1
        inside = (places >= 0) & (owners >= 0) & (places + length <= self.ends[owners])
        starts = np.where(inside, places, 0)
        ends = np.where(inside, places + length, 0)
        return inside & self.folded.cuts[starts] & self.folded.cuts[ends]


def join_texts(texts: Sequence[str]) -> JoinedTexts:
    original = SEPARATOR.join(texts)
    folded = fold(original)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    bases = np.append(0, np.cumsum(lengths + 1))[: len(texts)]
    begins = np.searchsorted(folded.starts, bases)
    ends = np.searchsorted(folded.starts, bases + lengths)
    codes = np.append(folded.codes, np.uint32(0))
    begins += (begins < ends) & (codes[begins] == SPACE)
    ends -= (begins < ends) & (codes[ends - 1] == SPACE)
    return JoinedTexts(original, folded, bases, begins, ends)
