"""Cuts a text at the ends of its marked spans, which may touch, overlap and nest."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Mark:
    """The span `[start, end)`, in code points, that came from the source with this number."""

    start: int
    end: int
    number: int


@dataclass(frozen=True)
class Piece:
    """A stretch of text with the numbers of all its sources, and of those that begin here."""

    text: str
    numbers: tuple[int, ...] = ()
    begins: tuple[int, ...] = ()


def cut(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """The pieces in order; joined they are `text`. Takes O(n log n) for n marks."""
    opened: dict[int, list[int]] = defaultdict(list)
    closed: dict[int, list[int]] = defaultdict(list)
    for mark in marks:
        start, end = max(0, mark.start), min(len(text), mark.end)
        if start < end:
            opened[start].append(mark.number)
            closed[end].append(mark.number)
    edges = sorted({0, len(text), *opened, *closed})
    active: list[int] = []
    pieces: list[Piece] = []
    for start, end in pairwise(edges):
        for number in closed[start]:
            active.remove(number)
        begins = tuple(dict.fromkeys(opened[start]))
        active += opened[start]
        pieces.append(Piece(text[start:end], tuple(dict.fromkeys(active)), begins))
    return pieces
