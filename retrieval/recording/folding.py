"""Folds text to Unicode NFC with single spaces, and maps folded offsets back to the original."""

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from operator import ne

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
    composed, starts, ends = _compose(text)
    codes = code_points(composed)
    white = WHITE_SPACE[np.minimum(codes, len(WHITE_SPACE) - 1)]
    repeated = np.zeros(len(codes), dtype=bool)
    repeated[1:] = white[1:] & white[:-1]
    kept = np.flatnonzero(~repeated)
    folded = np.where(white, np.uint32(SPACE), codes)[kept]
    last = np.append(kept, len(codes))[1:] - 1
    plain = folded.tobytes().decode("utf-32-le", "surrogatepass")
    return Folded(plain, folded, starts[kept], ends[last])


def _compose(text: str) -> tuple[str, Offsets, Offsets]:
    """NFC of the text, and for each of its points the original range that it came from."""
    size = len(text)
    whole = np.arange(size + 1)
    if text.isascii():
        return text, whole[:-1], whole[1:]
    stretches = _stretches(code_points(text))
    pieces = _slices(text, stretches[:, 0], stretches[:, 1])
    forms = {piece: unicodedata.normalize("NFC", piece) for piece in set(pieces)}
    replacements = list(map(forms.__getitem__, pieces))
    changed = np.fromiter(map(ne, pieces, replacements), dtype=bool, count=len(pieces))
    lengths = np.fromiter(map(len, replacements), dtype=np.int64, count=len(pieces))
    between = _slices(text, np.append(0, stretches[:, 1]), np.append(stretches[:, 0], size))
    composed = "".join(chain.from_iterable(zip(between, [*replacements, ""], strict=True)))
    return composed, *_ranges(size, stretches[changed], lengths[changed])


def _slices(text: str, starts: Offsets, ends: Offsets) -> list[str]:
    return [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _stretches(codes: Codes) -> Offsets:
    """Rows (start, end) of all stretches that NFC may change; they never change each other.

    A stretch is a starter with what may join it, cut after MAX_STRETCH points: Python sorts
    combining marks in quadratic time, and no honest text has so many on one letter.
    """
    joining, altered = _tables()
    joins = joining[codes]
    begins = ~joins
    begins[:1] = True
    begins[1:] |= codes[:-1] == 0
    index = np.arange(len(codes))
    begins |= (index - np.maximum.accumulate(np.where(begins, index, 0))) % MAX_STRETCH == 0
    starts = np.flatnonzero(begins)
    ends = np.append(starts, len(codes))[1:]
    doubtful = (ends - starts > 1) | altered[codes[starts]]
    return np.stack([starts[doubtful], ends[doubtful]], axis=1)


def _ranges(size: int, changed: Offsets, lengths: Offsets) -> tuple[Offsets, Offsets]:
    """Original ranges of composed points, given the changed stretches and their new lengths."""
    steps = np.zeros(size + 1, dtype=np.int64)
    steps[changed[:, 0] + 1] += 1
    steps[changed[:, 1]] -= 1
    units = np.flatnonzero(np.cumsum(steps[:size]) == 0)
    counts = np.ones(len(units), dtype=np.int64)
    counts[np.searchsorted(units, changed[:, 0])] = lengths
    return np.repeat(units, counts), np.repeat(np.append(units, size)[1:], counts)


@cache
def _tables() -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For each code point, whether it may join what stands before it, and whether NFC alters it."""
    joining = np.zeros(sys.maxunicode + 1, dtype=bool)
    altered = np.zeros(sys.maxunicode + 1, dtype=bool)
    for code in range(sys.maxunicode + 1):
        point = chr(code)
        if unicodedata.combining(point):
            joining[code] = True
        if parts := unicodedata.decomposition(point).split():
            altered[code] = unicodedata.normalize("NFC", point) != point
            first = unicodedata.normalize("NFD", point)[0]
            joining[code] |= unicodedata.combining(first) > 0
            if not parts[0].startswith("<"):
                joining[[int(part, 16) for part in parts[1:]]] = True
    joining[0x1161:0x1176] = joining[0x11A8:0x11C3] = True  # Hangul vowels and final consonants
    return joining, altered
