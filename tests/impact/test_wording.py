"""A passage stands where its words stand as a whole, however they are spaced and composed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.impact.wording import StandingText, outdated, smallest

WORDS = st.text(alphabet="ab 1é\u0301\n.,", min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("passage", "text", "stands"),
    [
        ("within 14 days", "Report it within\n 14  days.", True),
        ("EUR 50", "We pay EUR 500.", False),
        ("EUR 50", "We pay EUR 50,000.", False),
        ("EUR 50", "We pay EUR 50, no more.", True),
        ("5 days", "Within 15 days.", False),
        ("5 days", "Within 1.5 days. Or 5 days.", True),
        ("is covered", "It is covered.", True),
        ("is cover", "It is covered.", False),
        ("cafe\u0301", "The caf\u00e9 is open.", True),
        ("  ", "Anything.", True),
        ("gone", "", False),
    ],
)
def test_a_passage_stands_as_a_whole_or_not_at_all(passage: str, text: str, stands: bool) -> None:
    assert StandingText(text).holds(passage) is stands


@given(before=WORDS, passage=WORDS, after=WORDS)
def test_what_was_put_between_blank_lines_stands(before: str, passage: str, after: str) -> None:
    assert StandingText(f"{before}.\n\n{passage}\n\n-{after}").holds(passage)


@given(text=WORDS, cuts=st.lists(st.integers(0, 60), min_size=2, max_size=2))
def test_of_an_unchanged_text_only_what_is_cut_inside_a_word_can_be_outdated(
    text: str, cuts: list[int]
) -> None:
    assert outdated(text, [(0, len(text))], StandingText(text)) == []
    start, end = sorted(min(cut, len(text)) for cut in cuts)
    assert outdated(text, [(start, end)], None) == [(start, end)]


SPANS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda each: (each[0], sum(each)))
)


@given(SPANS)
def test_only_spans_that_hold_no_other_are_left_and_each_is_in_what_held_it(
    spans: list[tuple[int, int]],
) -> None:
    def holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
        return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]

    expected = {each for each in spans if not any(holds(each, other) for other in spans)}
    assert smallest(spans) == sorted(expected)


def test_a_text_made_to_be_slow_is_not() -> None:
    began = time.monotonic()
    StandingText("a" * 1_000_000).holds("a" * 5_000 + "b")
    StandingText("ab" * 500_000).holds("ab" * 10_000 + "a")
    assert time.monotonic() - began < 10
