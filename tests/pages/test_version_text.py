"""The text of a version is shown whole and in order, its passage marked wherever it lies."""

from hypothesis import given
from hypothesis import strategies as st

from provenance.pages.version_text import PART, Span, TextPiece, Window, pages, window

WHOLE = Window(0, 12, 12)


def test_a_passage_is_marked_in_its_text() -> None:
    (page,) = pages("abcdefghijkl", [], shown=WHOLE, highlight=Span(3, 5))
    assert page.pieces == (
        TextPiece("abc"),
        TextPiece("de", marked=True, first=True),
        TextPiece("fghijkl"),
    )


def test_a_passage_that_runs_over_a_page_begins_once() -> None:
    shown = pages("abcdefghijkl", [[1, 0, 5], [2, 6, 12]], shown=WHOLE, highlight=Span(4, 8))
    marked = [
        (page.number, piece.text, piece.first)
        for page in shown
        for piece in page.pieces
        if piece.marked
    ]
    assert marked == [(1, "ef", True), (2, "gh", False)]


def test_a_long_text_is_shown_around_its_passage() -> None:
    part = window(10 * PART, highlight=Span(5 * PART, 5 * PART + 10), start=None)
    assert part.start < 5 * PART < part.end
    assert not part.is_whole
    assert (part.earlier is not None, part.later) == (True, part.end)


def test_a_start_beyond_the_end_shows_the_end() -> None:
    assert window(2 * PART, highlight=None, start=9 * PART).end == 2 * PART


@given(
    st.text(max_size=40),
    st.lists(st.integers(0, 40), max_size=5),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_the_pieces_join_to_the_text(text: str, cuts: list[int], a: int, b: int) -> None:
    edges = sorted({min(cut, len(text)) for cut in cuts} | {0})
    listed = [[n, start, start] for n, start in enumerate(edges, start=1)] if cuts else []
    shown = Window(0, len(text), len(text))
    found = pages(text, listed, shown=shown, highlight=Span(min(a, b), max(a, b)))
    assert "".join(piece.text for page in found for piece in page.pieces) == text
