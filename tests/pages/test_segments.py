"""A text cut at its marks is the same text, and each piece knows all of its sources."""

from hypothesis import given
from hypothesis import strategies as st

from provenance.pages.trace.segments import Mark, Piece, cut

TEXTS = st.text(max_size=60)
MARKS = st.lists(st.builds(Mark, st.integers(-5, 70), st.integers(-5, 70), st.integers(1, 5)))


def test_a_span_is_cut_out_of_its_text() -> None:
    assert cut("abcdef", [Mark(2, 4, 1)]) == [
        Piece("ab"),
        Piece("cd", (1,), (1,)),
        Piece("ef"),
    ]


def test_where_spans_overlap_a_piece_has_both_sources() -> None:
    assert cut("abcdef", [Mark(0, 4, 1), Mark(2, 6, 2)]) == [
        Piece("ab", (1,), (1,)),
        Piece("cd", (1, 2), (2,)),
        Piece("ef", (2,), ()),
    ]


def test_spans_that_touch_stay_apart() -> None:
    assert [piece.begins for piece in cut("abcd", [Mark(0, 2, 1), Mark(2, 4, 1)])] == [(1,), (1,)]


@given(TEXTS, MARKS)
def test_the_pieces_join_to_the_text(text: str, marks: list[Mark]) -> None:
    assert "".join(piece.text for piece in cut(text, marks)) == text


@given(TEXTS, MARKS)
def test_every_code_point_has_exactly_the_sources_whose_spans_hold_it(
    text: str, marks: list[Mark]
) -> None:
    at = 0
    for piece in cut(text, marks):
        for place in range(at, at + len(piece.text)):
            holding = {mark.number for mark in marks if mark.start <= place < mark.end}
            assert set(piece.numbers) == holding
        at += len(piece.text)
