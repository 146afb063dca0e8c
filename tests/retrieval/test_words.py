"""Text of any language becomes words that can be compared, the same words every time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.eventstore.driver import driver_cursor
from retrieval.lexical import (
    DIMENSIONS,
    K1,
    MAX_QUERY_TERMS,
    PIVOT,
    B,
    passage_terms,
    query_terms,
    term_id,
)
from retrieval.words import MAX_WORD_CHARACTERS, subject_words, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Waiting periods, waived!", ["wait", "period", "waiv"]),
        ("snake_case 1,000.50", ["snake", "case", "1", "000", "50"]),
        ("Café CAFE\u0301 cafe", ["cafe", "cafe", "cafe"]),
        ("Straße", ["strass"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("東京都庁 x", ["東京", "京都", "都庁", "x"]),
        ("한국어", ["한국어"]),
        ("🔥 -- !!", []),
    ],
)
def test_words_are_folded_and_cut_by_the_rules_of_their_script(
    text: str, expected: list[str]
) -> None:
    assert words(text) == expected


def test_a_question_is_searched_by_its_subject_unless_it_has_none() -> None:
    assert subject_words("What is the waiting period?") == ["wait", "period"]
    assert subject_words("to be or not to be") == ["to", "be", "or", "not", "to", "be"]


@given(st.text())
def test_any_text_gives_a_well_formed_row(text: str) -> None:
    row = passage_terms(text)
    assert row.terms == sorted(set(row.terms))
    assert all(0 < term < DIMENSIONS for term in row.terms)
    assert all(weight > 0 for weight in row.weights)
    assert all(len(word) <= MAX_WORD_CHARACTERS for word in words(text))


@given(st.text())
def test_every_term_of_a_passage_is_found_by_asking_for_the_passage(text: str) -> None:
    assert set(query_terms(text)) <= set(passage_terms(text).terms)


def test_a_very_long_question_is_cut_to_its_first_terms() -> None:
    question = " ".join(f"word{number}" for number in range(5000))
    assert len(query_terms(question)) == MAX_QUERY_TERMS


def test_a_repeated_term_weighs_more_but_never_without_end() -> None:
    once, often = (passage_terms(" ".join(["alpha"] * times)).weights[0] for times in (1, 500))
    assert once < often < 1.9


@given(st.text() | st.text(alphabet="aAbB é_0-", max_size=200))
def test_terms_are_those_of_the_words_in_their_order(text: str) -> None:
    found = [term_id(word) for word in words(text)]
    damping = K1 * (1 - B + B * len(found) / PIVOT)
    counted = sorted(Counter(found).items())
    row = passage_terms(text)
    assert row.terms == [term for term, _ in counted]
    assert row.weights == [times * (K1 + 1) / (times + damping) for _, times in counted]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["one two two three", "Café und Straße", ""])
def test_the_binary_forms_are_those_of_the_database(text: str) -> None:
    row = passage_terms(text)
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT sparsevec_send(%s::sparsevec), array_send(%s::integer[])",
            [row.sparse, row.terms],
            binary=True,
        )
        assert cursor.fetchone() == (row.sparse_bytes, row.terms_bytes)
