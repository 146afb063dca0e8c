"""Folds text to Unicode NFC with single spaces, and maps folded offsets back to the original."""

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int64]

# Stands between joined texts. It never composes, is no white space, and no text may contain it.
SEPARATOR = "\x00"
SPACE = 0x20
MAX_STRETCH = 32
# One flag for each code point up to the last white space, U+3000, and one for all beyond it.
WHITE_SPACE = np.array([chr(code).isspace() for code in range(0x3001)] + [False])


@dataclass(frozen=True)
class Folded:
    """Folded point `i` stands for the original code points `[starts[i], ends[i])`.

    Points that were composed together share their range: no exact cut runs between them.
    """

    text: str
    codes: Codes
    starts: Offsets
    ends: Offsets

    @cached_property
    def cuts(self) -> NDArray[np.bool_]:
        """For each point and the end, whether the original can be cut before it."""
        cuts = np.ones(len(self.starts) + 1, dtype=bool)
        cuts[1:-1] = self.starts[1:] >= self.ends[:-1]
        return cuts


def code_points(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def fold(text: str) -> Folded:
    """NFC, then every run of white space as one space."""
    codes, starts, ends = _compose(text)
    white = WHITE_SPACE[np.minimum(codes, len(WHITE_SPACE) - 1)]
    codes = np.where(white, np.uint32(SPACE), codes)
    repeated = white[1:] & white[:-1]
    if repeated.any():
        kept = np.flatnonzero(np.append(True, ~repeated))
        ends = ends[np.append(kept[1:], len(codes)) - 1]
        codes, starts = codes[kept], starts[kept]
    return Folded(_plain(codes), codes, starts, ends)


def _plain(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def _compose(text: str) -> tuple[Codes, Offsets, Offsets]:
    """NFC of the text, and for each of its points the original range that it came from.

    NFC changes each stretch for itself, so the n-th stretch of its result is the n-th of the text.
    The points of a stretch that it changed share the range of that stretch.
    """
    codes = code_points(text)
    whole = np.arange(len(codes) + 1)
    unchanged = codes, whole[:-1], whole[1:]
    if text.isascii():
        return unchanged
    guards = _guards(codes)
    guarded = _plain(np.insert(codes, guards, 0)) if len(guards) else text
    normal = unicodedata.normalize("NFC", guarded)
    if normal == guarded:
        return unchanged
    composed = code_points(normal)
    stretches = np.flatnonzero(_begins(composed))
    added = guards + np.arange(len(guards))
    starts = np.flatnonzero(_begins(code_points(guarded)))
    is_guard = np.isin(starts, added, assume_unique=True)
    composed = np.delete(composed, stretches[is_guard])
    firsts = (stretches - np.cumsum(is_guard))[~is_guard]
    starts = (starts - np.cumsum(is_guard))[~is_guard]
    return composed, *_ranges(codes, starts, composed, firsts)


def _begins(codes: Codes) -> NDArray[np.bool_]:
    """Where a stretch begins: a starter with what may join it. Nothing joins a separator."""
    begins = ~_joining()[codes]
    begins[:1] = True
    begins[1:] |= codes[:-1] == 0
    return begins


def _guards(codes: Codes) -> Offsets:
    """Where a separator must be inserted so that no stretch is longer than MAX_STRETCH points.

    Python sorts combining marks in quadratic time, and no honest text has so many on one letter.
    """
    index = np.arange(len(codes))
    within = index - np.maximum.accumulate(np.where(_begins(codes), index, 0))
    return np.flatnonzero((within > 0) & (within % MAX_STRETCH == 0))


def _ranges(
    codes: Codes, starts: Offsets, composed: Codes, firsts: Offsets
) -> tuple[Offsets, Offsets]:
    """Original ranges of composed points; stretch `n` began at `starts[n]`, now at `firsts[n]`."""
    before, after = np.diff(starts, append=len(codes)), np.diff(firsts, append=len(composed))
    owner = np.repeat(np.arange(len(firsts)), after)
    same = (starts - firsts)[owner] + np.arange(len(composed))
    changed = before != after
    moved = codes[np.minimum(same, len(codes) - 1)] != composed
    changed[owner[moved]] = True
    whole = changed[owner]
    return (
        np.where(whole, starts[owner], same),
        np.where(whole, (starts + before)[owner], same + 1),
    )


@cache
def _joining() -> NDArray[np.bool_]:
    """For each code point, whether NFC may join it to what stands before it."""
    joining = np.zeros(sys.maxunicode + 1, dtype=bool)
    for code in range(sys.maxunicode + 1):
        point = chr(code)
        if unicodedata.combining(point):
            joining[code] = True
        if parts := unicodedata.decomposition(point).split():
            first = unicodedata.normalize("NFD", point)[0]
            joining[code] |= unicodedata.combining(first) > 0
            if not parts[0].startswith("<"):
                joining[[int(part, 16) for part in parts[1:]]] = True
    joining[0x1161:0x1176] = joining[0x11A8:0x11C3] = True  # Hangul vowels and final consonants
    return joining
