"""Sentences are cut where a reader would cut them, at exact offsets."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.recording.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is covered. It is not!", ["It is covered.", "It is not!"]),
        ("Dr. J. Smith agrees, see Sec. 4.2. Yes.", ["Dr. J. Smith agrees, see Sec. 4.2.", "Yes."]),
        (
            "It takes 3.5 months, e.g. for a crown. Then",
            ["It takes 3.5 months, e.g. for a crown.", "Then"],
        ),
        ("Under Plan B. The rest etc. is not.", ["Under Plan B.", "The rest etc. is not."]),
        ("Ab dem 1. Januar gilt z.B. Tarif A.", ["Ab dem 1. Januar gilt z.B. Tarif A."]),
        ("Within 30. After that, no.", ["Within 30.", "After that, no."]),
        ("It is covered. [1] See [2, 3].", ["It is covered. [1]", "See [2, 3]."]),
        ('He asked "Why?" and left. "Yes."', ['He asked "Why?" and left.', '"Yes."']),
        ("これは文です。次の文！", ["これは文です。", "次の文！"]),
        ("# Cover\n- fire\n- 1. theft\n2) flood", ["Cover", "fire", "theft", "flood"]),
        ("| Limit | EUR 50 |\n|---|---|\n| Excess | EUR 5 |", ["Limit | EUR 50", "Excess | EUR 5"]),
        ("wrapped over\ntwo lines\n\nNext\nLine", ["wrapped over\ntwo lines", "Next", "Line"]),
        (" \n-- ... \n", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet="aB1. \n-!?|#[]。é…", max_size=60))
def test_every_letter_and_digit_is_in_one_sentence_but_for_list_numbers(text: str) -> None:
    spans = list(sentence_spans(text))

    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    inside = {offset for start, end in spans for offset in range(start, end)}
    letters = {offset for offset, character in enumerate(text) if character == "é"}
    assert letters <= inside


@pytest.mark.parametrize("text", ["." * 2**20 + "a", "a. B" * 2**18, "- " * 2**19, "a\n" * 2**19])
def test_a_hostile_output_of_one_mebibyte_takes_linear_time(text: str) -> None:
    whole, quarter = (_seconds(text[:length]) for length in (len(text), len(text) // 4))

    assert whole < 8 * quarter + 0.1


def _seconds(text: str) -> float:
    """The least of three: what else runs on the machine slows single runs many times over."""
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    begun = time.process_time()
    for _ in sentence_spans(text):
        pass
    return time.process_time() - begun
