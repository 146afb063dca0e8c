"""A trace becomes a page on which sentences, prompt spans and passages carry the same numbers."""

from provenance.pages.trace.page import build
from tests.pages.trace_sample import CHUNK_A, PASSAGE_A, PROMPT, TEXT, VERSION, trace


def test_the_sentences_join_to_the_output() -> None:
    assert "".join(sentence.text for sentence in build(trace(), {}).sentences) == TEXT


def test_a_sentence_names_the_passages_that_support_it() -> None:
    page = build(trace(), {})
    assert [sentence.numbers for sentence in page.sentences if sentence.number] == ["1", ""]
    assert page.passages[0].supports == [1]


def test_a_sentence_that_nothing_supports_is_counted() -> None:
    page = build(trace(), {})
    assert (page.alone, page.counted_sentences) == (1, 2)


def test_the_prompt_is_whole_and_its_span_carries_the_number_of_its_passage() -> None:
    pieces = build(trace(), {}).messages[1].parts[0]
    assert "".join(piece.text for piece in pieces) == PROMPT
    assert [(p.text, p.numbers) for p in pieces if p.passages] == [(PASSAGE_A, "1")]


def test_a_passage_is_in_the_prompt_or_not() -> None:
    page = build(trace(), {})
    assert [passage.in_prompt for passage in page.passages] == [True, False]


def test_a_passage_that_two_retrievals_found_keeps_one_number() -> None:
    again = trace()["retrievals"] * 2
    page = build(trace(retrievals=again), {})
    assert [[p.number for p in r.passages] for r in page.retrievals] == [[1, 2], [1, 2]]
    assert [p.in_prompt for p in page.retrievals[1].passages] == [True, False]
    assert len(page.passages) == 2


def test_words_are_said_to_stand_above_only_where_the_same_do() -> None:
    one = trace()["retrievals"][0]
    other = {**one, "results": [{**each, "text": "Otherwise."} for each in one["results"]]}
    page = build(trace(retrievals=[one, one, other]), {})
    assert [{p.repeats for p in r.passages} for r in page.retrievals] == [{False}, {True}, {False}]


def test_parts_of_a_message_are_shown_and_what_is_not_text_as_json() -> None:
    prompt = {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": PASSAGE_A},
                    {"type": "image_url", "image_url": {"url": "https://example.test/x.png"}},
                ],
                "name": "Ann",
            }
        ],
        "spans": [{"message": 0, "part": 0, "start": 0, "end": 8, "chunk_id": str(CHUNK_A)}],
    }
    message = build(trace(prompt=prompt), {}).messages[0]
    assert [piece.text for piece in message.parts[0]] == ["Implants", PASSAGE_A[8:]]
    assert "example.test" in message.rest
    assert '"name": "Ann"' in message.rest


def test_a_passage_of_unknown_origin_has_a_number_but_no_version() -> None:
    result = {"rank": 1, "text": "words", "version_id": None, "resolution": "unresolved"}
    page = build(trace(retrievals=[{"query": "q", "results": [result]}], attribution=[]), {})
    assert page.unresolved == 1
    assert page.passages[0].number == 1


def test_an_output_without_prompt_or_attribution_still_has_a_page() -> None:
    page = build(
        trace(prompt=None, retrievals=[], attribution=[], events=[], complete=False, missing=["x"]),
        {},
    )
    assert (page.question, page.messages, page.attributed) == ("", [], False)


def test_a_long_passage_folds_after_a_whole_sentence_else_a_whole_word() -> None:
    for sentence, end in (("One sentence of eight words, and then another. ", "."), ("word ", "d")):
        result = trace()["retrievals"][0]["results"][1] | {"text": sentence * 300}
        passage = build(trace(retrievals=[{"query": "q", "results": [result]}]), {}).passages[0]
        assert passage.preview + passage.rest == result["text"]
        assert (passage.preview.endswith(end), len(passage.preview) < 500) == (True, True)


def test_a_passage_that_supports_a_sentence_is_not_folded() -> None:
    result = trace()["retrievals"][0]["results"][0] | {"text": "word " * 500}
    passage = build(trace(retrievals=[{"query": "q", "results": [result]}]), {}).passages[0]
    assert (passage.supports, passage.preview) == ([1], result["text"])


def test_what_the_application_cited_is_named_by_passage_version_or_its_own_words() -> None:
    told = trace()
    told["output"]["citations"] = [
        {"start": 0, "end": 18, "chunk_id": str(CHUNK_A)},
        {"quote": "a fee", "version_id": str(VERSION)},
        {"external_id": "D-9"},
    ]
    by_passage, by_version, by_name = build(told, {}).citations
    assert by_passage.words == TEXT[:18]
    assert by_passage.passage is not None
    assert by_passage.passage.number == 1
    assert by_version.source is not None
    assert (by_version.words, by_version.source.title) == ("a fee", "Dental policy")
    assert (by_name.passage, by_name.source, by_name.named) == (None, None, "D-9")
