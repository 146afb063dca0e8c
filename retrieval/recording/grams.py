"""Hashes of every window of a text, and the places where a text holds the windows of another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.recording.folding import Codes, Offsets

Hashes = NDArray[np.uint64]

WINDOW = 16
SPARSITY, MAX_FILTER_BITS = 5, 24
_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(29)


class Windows:
    """The hash of every window of up to WINDOW code points, each in time linear in the text.

    A window is hashed from two that cover it, each half as long or a little longer; equal
    hashes are a hint only, so whoever uses them compares the texts. Ask in ascending order of
    length: only one level is kept.
    """

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._length = 0
        self._hashes: Hashes = np.zeros(0, dtype=np.uint64)

    def of_length(self, length: int) -> Hashes:
        """Hash `i` is that of the points `[i, i + length)`, where `0 < length <= WINDOW`."""
        if not 0 < self._length <= length:
            points = self._codes.astype(np.uint64)
            self._length, self._hashes = 1, _mixed(points, points)
        while 2 * self._length <= length:
            self._hashes = _paired(self._hashes, self._length)
            self._length *= 2
        return _paired(self._hashes, length - self._length)


def _paired(hashes: Hashes, distance: int) -> Hashes:
    if distance == 0:
        return hashes
    return _mixed(hashes[: max(len(hashes) - distance, 0)], hashes[distance:])


def _mixed(left: Hashes, right: Hashes) -> Hashes:
    mixed, other = left * _FIRST, right + _SECOND
    mixed ^= other
    np.right_shift(mixed, _SHIFT, out=other)
    mixed ^= other
    mixed *= _SECOND
    return mixed


@dataclass(frozen=True)
class Occurrences:
    """Where the windows of the passages stand in the prompt.

    `gram[e]` is the number of the window of entry `e`; the prompt holds window `g` at
    `places[bounds[g]:bounds[g + 1]]`, in ascending order.
    """

    gram: Offsets
    places: Offsets
    bounds: Offsets

    def count(self) -> Offsets:
        """For each entry, how often the prompt holds its window."""
        return np.diff(self.bounds)[self.gram]

    def of_entry(self, entry: int) -> Offsets:
        gram = self.gram[entry]
        return self.places[self.bounds[gram] : self.bounds[gram + 1]]


def occurrences(entries: Hashes, prompt: Hashes) -> Occurrences:
    """Finds every window of the prompt that is among the entries."""
    known, gram = np.unique(entries, return_inverse=True)
    if not len(known):
        nothing = np.zeros(0, dtype=np.int64)
        return Occurrences(gram, nothing, np.zeros(1, dtype=np.int64))
    shift = np.uint64(64 - min(len(known).bit_length() + SPARSITY, MAX_FILTER_BITS))
    possible = np.zeros(1 << (64 - int(shift)), dtype=bool)
    possible[known >> shift] = True
    places = np.flatnonzero(possible[prompt >> shift])
    hashes = prompt[places]
    found = np.searchsorted(known, hashes)
    same = known[np.minimum(found, len(known) - 1)] == hashes
    places, found = places[same], found[same]
    order = np.argsort(found, kind="stable")
    counts = np.bincount(found, minlength=len(known))
    return Occurrences(gram, places[order], np.append(0, np.cumsum(counts)))
