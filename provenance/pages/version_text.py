"""The text of a version as its page shows it: by pages, with one passage highlighted."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion import media_types

# Text of these is prose; that of others is shown as it was written, with every mark.
PROSE = frozenset({media_types.PDF, media_types.HTML, media_types.DOCX, media_types.DOCM})
# A longer text is shown in parts, so that a book neither stalls the browser nor the server.
PART = 200_000
BEFORE = 20_000
MAX_DIGITS = 9


@dataclass(frozen=True)
class Span:
    """`[start, end)` in code points; 0 <= start < end."""

    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True)
class Window:
    """The part of the text that is shown, and where the parts beside it begin."""

    start: int
    end: int
    length: int

    @property
    def is_whole(self) -> bool:
        return (self.start, self.end) == (0, self.length)

    @property
    def earlier(self) -> int | None:
        return max(0, self.start - PART) if self.start > 0 else None

    @property
    def later(self) -> int | None:
        return self.end if self.end < self.length else None


@dataclass(frozen=True)
class TextPiece:
    """Text inside or outside the highlighted passage; `first` begins it."""

    text: str
    marked: bool = False
    first: bool = False


@dataclass(frozen=True)
class TextPage:
    """A page, or the whole text of a document without pages."""

    number: int | None
    pieces: tuple[TextPiece, ...]


def number_of(text: str | None) -> int | None:
    """A place in a text as addresses give it; None for anything else."""
    return int(text) if text and text.isdecimal() and len(text) <= MAX_DIGITS else None


def window(length: int, *, highlight: Span | None, start: int | None) -> Window:
    """From `start` if it is given, else around the highlighted passage, else the beginning."""
    if length <= PART:
        return Window(0, length, length)
    if start is None:
        start = max(0, highlight.start - BEFORE) if highlight else 0
    start = min(max(0, start), length - 1)
    return Window(start, min(start + PART, length), length)


def pages(
    text: str, listed: Sequence[Sequence[int]], *, shown: Window, highlight: Span | None
) -> list[TextPage]:
    """The shown part by pages (`listed`: [number, start, end]); the pieces join to that part."""
    found: list[TextPage] = []
    begun = False
    for number, start, end in _sections(listed, len(text)):
        first, last = max(start, shown.start), min(end, shown.end)
        if first < last:
            pieces = _pieces(text, first, last, highlight, begun=begun)
            begun = begun or any(piece.marked for piece in pieces)
            found.append(TextPage(number, pieces))
    return found


def _sections(listed: Sequence[Sequence[int]], length: int) -> list[tuple[int | None, int, int]]:
    """What stands between two pages belongs to the one before it."""
    if not listed:
        return [(None, 0, length)]
    ordered = sorted(listed, key=lambda page: page[1])
    begins = [0, *(page[1] for page in ordered[1:]), length]
    return [(page[0], begins[index], begins[index + 1]) for index, page in enumerate(ordered)]


def _pieces(
    text: str, start: int, end: int, highlight: Span | None, *, begun: bool
) -> tuple[TextPiece, ...]:
    if highlight is None or highlight.start >= end or highlight.end <= start:
        return (TextPiece(text[start:end]),)
    first, last = max(start, highlight.start), min(end, highlight.end)
    pieces = (
        TextPiece(text[start:first]),
        TextPiece(text[first:last], marked=True, first=not begun),
        TextPiece(text[last:end]),
    )
    return tuple(piece for piece in pieces if piece.text)
