"""Chunks are exact spans, within the window, and lose no word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion import media_types
from ingestion.chunking import (
    MAX_SECTION,
    STANDARD,
    chunk_spans,
    sections,
    word_pieces,
)

WORDS = st.sampled_from(
    [
        "Versicherung",
        "leave",
        "§ 12",
        "# Title",
        "| a | b |",
        "\n\n",
        "\r\n",
        "\n",
        "漢字",
        "e\u0301",
        "\u200b",
        "🙂",
        " ",
        "- item",
        "```",
        "1.",
        "\ufeff",
        "\t",
    ]
)
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=20)), max_size=400).map(" ".join)
TYPES = st.sampled_from([media_types.MARKDOWN, media_types.PLAIN_TEXT, media_types.PDF])


@given(text=TEXTS, media_type=TYPES)
@settings(max_examples=60, deadline=None)
def test_chunks_are_spans_in_order_that_lose_only_white_space(text: str, media_type: str) -> None:
    spans = chunk_spans(text, media_type=media_type)
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert not text[last:start].strip("\ufeff \t\r\n").strip()
        assert text[start:end].strip()
        assert end - start <= STANDARD.characters
        assert word_pieces(text[start:end]) <= STANDARD.word_pieces
        last = end
    assert not text[last:].strip("\ufeff \t\r\n").strip()


@given(text=TEXTS, media_type=TYPES)
@settings(max_examples=20, deadline=None)
def test_the_same_text_gives_the_same_chunks(text: str, media_type: str) -> None:
    assert chunk_spans(text, media_type=media_type) == chunk_spans(text, media_type=media_type)


def test_table_rows_stay_whole() -> None:
    rows = [f"| Tariff {n} | waiting period {n} months | limit {n * 1000} |" for n in range(200)]
    text = "\n".join(["| a | b | c |", "|---|---|---|", *rows])
    for media_type in (media_types.MARKDOWN, media_types.PLAIN_TEXT):
        chunks = [text[start:end] for start, end in chunk_spans(text, media_type=media_type)]
        assert len(chunks) > 1
        assert all(sum(row in chunk for chunk in chunks) == 1 for row in rows)


@pytest.mark.parametrize("unit", ["a", "a ", "ab\n", "[", "漢", "\u0301", "|a"])
def test_a_long_text_of_any_kind_is_cut_in_bounded_steps(unit: str) -> None:
    text = unit * (2 * MAX_SECTION // len(unit))
    assert all(end - start <= MAX_SECTION for start, end in sections(text))
    assert [s for s, _ in sections(text)][1:] == [e for _, e in sections(text)][:-1]
    spans = chunk_spans(text, media_type=media_types.PLAIN_TEXT)
    assert all(end - start <= STANDARD.characters for start, end in spans)
