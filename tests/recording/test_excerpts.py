"""A list shows the beginning of an output, and says where more follows."""

import pytest

from retrieval.recording.models import EXCERPT, InteractionOutput


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("x" * EXCERPT, "x" * EXCERPT),
        ("x" * (EXCERPT + 1), "x" * EXCERPT + "…"),
        ("word " * 60, ("word " * 48).strip() + "…"),
        ("a " + "x" * EXCERPT, ("a " + "x" * EXCERPT)[:EXCERPT] + "…"),
    ],
)
def test_an_excerpt_ends_with_a_whole_word_and_a_mark_where_more_follows(
    text: str, shown: str
) -> None:
    assert InteractionOutput(text=text).excerpt == shown
