"""Hashes of every window of a text, and the places where a text holds the windows of another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.recording.folding import Codes, Offsets

Hashes = NDArray[np.uint32]

WINDOW = 16
# Of a hash's 32 bits, those that choose its bucket: some buckets for each window, up to 2^22.
SPARSITY, MAX_BUCKET_BITS = 3, 22
_FIRST, _SECOND, _SHIFT = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(15)
_PLACE_BITS = np.uint64(32)


class Windows:
    """The hash of every window of up to WINDOW code points, each in time linear in the text.

    A window is hashed from two that cover it, each half as long or a little longer; equal
    hashes are a hint only, so whoever uses them compares the texts. Ask in ascending order of
    length: only one level is kept.
    """

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._length = 0
        self._hashes: Hashes = np.zeros(0, dtype=np.uint32)

    def of_length(self, length: int) -> Hashes:
        """Hash `i` is that of the points `[i, i + length)`, where `0 < length <= WINDOW`."""
        if not 0 < self._length <= length:
            self._length, self._hashes = 1, _mixed(self._codes * _FIRST)
        while 2 * self._length <= length:
            self._hashes = _paired(self._hashes, self._length)
            self._length *= 2
        return _mixed(_paired(self._hashes, length - self._length))


def _paired(hashes: Hashes, distance: int) -> Hashes:
    """A polynomial of the points in a power of _FIRST that grows with the distance."""
    if distance == 0:
        return hashes
    power = np.uint32(pow(int(_FIRST), distance, 1 << 32))
    paired = hashes[: max(len(hashes) - distance, 0)] * power
    paired += hashes[distance:]
    return paired


def _mixed(hashes: Hashes) -> Hashes:
    """Spreads what differs in the low bits over all of them."""
    mixed = hashes >> _SHIFT
    mixed ^= hashes
    mixed *= _SECOND
    mixed ^= mixed >> _SHIFT
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
    places, found = _looked_up(known, prompt)
    # One sort of gram and place together is much faster than sorting the one by the other.
    keys = (found.astype(np.uint64) << _PLACE_BITS) | places.astype(np.uint64)
    keys.sort()
    counts = np.bincount(found, minlength=len(known))
    return Occurrences(
        gram, keys.astype(np.uint32).astype(np.int64), np.append(0, np.cumsum(counts))
    )


def _looked_up(known: Hashes, prompt: Hashes) -> tuple[Offsets, Offsets]:
    """The places of the prompt whose hash is known, and which of the known ones each holds."""
    shift = np.uint32(32 - min(len(known).bit_length() + SPARSITY, MAX_BUCKET_BITS))
    buckets = known >> shift
    first = np.full(1 << (32 - int(shift)), -1, dtype=np.int32)
    first[buckets[::-1]] = np.arange(len(known) - 1, -1, -1, dtype=np.int32)
    candidates = first[prompt >> shift]
    places = np.flatnonzero(candidates >= 0)
    hashes, found = prompt[places], candidates[places]
    # Few hashes lie behind the first of their bucket; those are searched for.
    behind = np.flatnonzero(known[found] < hashes)
    found[behind] = np.searchsorted(known, hashes[behind])
    np.minimum(found, len(known) - 1, out=found)
    same = known[found] == hashes
    return places[same], found[same]
