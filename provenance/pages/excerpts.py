"""The passages of a version with the text around them, where the whole text is not to be shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provenance.pages.trace.segments import Mark, cut

AROUND = 800
# What a mask has to see beyond the excerpt to know a number that begins or ends outside it.
SEEN = 200


@dataclass(frozen=True)
class ExcerptPiece:
    """Text in or around a passage; `start` is its place in the version."""

    start: int
    text: str
    marked: bool


@dataclass(frozen=True)
class Excerpt:
    """`[start, end)` of the text in code points; the pieces join to it."""

    start: int
    end: int
    pieces: tuple[ExcerptPiece, ...]


def excerpts(
    text: str, spans: Iterable[tuple[int, int]], *, mask: Callable[[str], str] | None = None
) -> list[Excerpt]:
    """In the order of the text; passages whose surroundings touch share one.

    `mask` keeps the length of what it is given.
    """
    found = sorted((max(0, start), min(end, len(text))) for start, end in spans)
    wanted = [span for span in found if span[0] < span[1]]
    return [_excerpt(text, run, mask) for run in _runs(wanted, len(text))]


@dataclass
class _Run:
    start: int
    end: int
    spans: list[tuple[int, int]]


def _runs(spans: Iterable[tuple[int, int]], length: int) -> list[_Run]:
    runs: list[_Run] = []
    for start, end in spans:
        first, last = max(0, start - AROUND), min(length, end + AROUND)
        if runs and first <= runs[-1].end:
            runs[-1].end = max(runs[-1].end, last)
            runs[-1].spans.append((start, end))
        else:
            runs.append(_Run(first, last, [(start, end)]))
    return runs


def _excerpt(text: str, run: _Run, mask: Callable[[str], str] | None) -> Excerpt:
    first = max(0, run.start - SEEN)
    shown = text[first : run.end + SEEN]
    if mask is not None:
        shown = mask(shown)
    shown = shown[run.start - first : run.end - first]
    marks = [Mark(start - run.start, end - run.start, 1) for start, end in run.spans]
    place, pieces = run.start, []
    for piece in cut(shown, marks):
        pieces.append(ExcerptPiece(place, piece.text, bool(piece.numbers)))
        place += len(piece.text)
    return Excerpt(run.start, run.end, tuple(pieces))
