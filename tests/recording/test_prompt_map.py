"""The prompt map finds what a prompt holds of its passages, at exact offsets."""

import time
import unicodedata
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.recording.limits import PASSAGES, PLACES
from retrieval.recording.matching import (
    MAX_PASSAGE_POINTS,
    MAX_SPANS_OF_A_PASSAGE,
    Passage,
    PromptMap,
    PromptText,
    map_prompt,
    prompt_texts,
)

NAMESPACE = UUID("00000000-0000-0000-0000-000000000000")
RETRIEVAL = uuid5(NAMESPACE, "retrieval")
SENTENCES = [
    "The waiting period for dental treatment is eight months from the start of the contract.",
    "Storm damage is covered up to EUR 50,000 in each insured year, less the excess.",
    "Damage must be reported within seven days of the day on which it became known.",
    "Die Wartezeit beträgt für Zahnbehandlungen acht Monate ab Beginn des Vertrages.",
    "La garantie ne couvre pas les dommages causés par une usure normale du véhicule assuré.",
]


def passage(text: str, name: str = "") -> Passage:
    return Passage(uuid5(NAMESPACE, text + name), RETRIEVAL, None, text)


def mapped(prompt: str, *passages: Passage) -> PromptMap:
    return map_prompt([PromptText(0, None, prompt)], passages)


def folded(text: str) -> str:
    """The slow reference of the folding."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_a_passage_in_the_prompt_is_found_at_its_exact_place() -> None:
    prompt = f"Answer from these:\n[1] {SENTENCES[0]}\n[2] {SENTENCES[1]}\n"

    found = mapped(prompt, passage(SENTENCES[1]), passage(SENTENCES[0]), passage(SENTENCES[2]))

    assert [prompt[span.start : span.end] for span in found.spans] == SENTENCES[:2]
    assert {span.match for span in found.spans} == {"exact"}
    assert found.absent == (passage(SENTENCES[2]).chunk_id,)


def test_the_white_space_at_a_passages_edges_belongs_to_it_where_the_prompt_has_it() -> None:
    chunk = passage(f"\n  {SENTENCES[0]} \n")

    kept, stripped = mapped(f"Context:{chunk.text}end", chunk), mapped(chunk.text.strip(), chunk)

    assert [(span.chunk_start, span.chunk_end) for span in kept.spans] == [(0, len(chunk.text))]
    assert [(span.chunk_start, span.chunk_end) for span in stripped.spans] == [
        (3, len(chunk.text) - 2)
    ]
    assert stripped.spans[0].match == "exact"


def test_other_white_space_and_composition_is_a_normalized_match_at_original_offsets() -> None:
    chunk = passage(SENTENCES[3])
    rewrapped = unicodedata.normalize("NFD", SENTENCES[3]).replace(" acht", "\r\n\t acht")
    prompt = f"Frage?  {rewrapped}  Antwort:"

    (span,) = mapped(prompt, chunk).spans

    assert span.match == "normalized"
    assert prompt[span.start : span.end] == rewrapped
    assert (span.chunk_start, span.chunk_end) == (0, len(chunk.text))


def test_a_shortened_passage_is_found_as_far_as_it_goes() -> None:
    chunk = passage(" ".join(SENTENCES))
    prompt = f"Context: {chunk.text[:200]}... | {chunk.text[-119:]}"

    first, second = mapped(prompt, chunk).spans

    assert (first.chunk_start, first.chunk_end) == (0, 200)
    assert (second.chunk_start, second.chunk_end) == (len(chunk.text) - 119, len(chunk.text))
    assert prompt[second.start : second.end] == chunk.text[-119:]


def test_an_older_wording_is_absent_where_the_prompt_holds_the_newer_one_whole() -> None:
    newer = passage(" ".join(SENTENCES))
    older = passage(newer.text.replace("eight months", "three months"))

    found = mapped(f"Context:\n{newer.text}\n", older, newer)

    assert [span.passage for span in found.spans] == [newer]
    assert found.absent == (older.chunk_id,)


def test_a_whole_line_counts_where_a_shared_phrase_of_its_length_does_not() -> None:
    chunk = passage(f"Excess in each case: EUR 150\nThe insurer pays all the rest.\n{SENTENCES[4]}")

    line = mapped("Facts:\nExcess in each case: EUR 150\nAnswer now.", chunk)
    phrase = mapped("Why does the insurer pays all the re-insurance?", chunk)

    assert [span.chunk_end for span in line.spans] == [28]
    assert phrase.absent == (chunk.chunk_id,)


def test_equal_passages_of_two_documents_are_both_in_the_prompt() -> None:
    twins = passage(SENTENCES[0], "a"), passage(SENTENCES[0], "b")

    found = mapped(SENTENCES[0], *twins)

    assert {span.passage.chunk_id for span in found.spans} == {twin.chunk_id for twin in twins}


def test_a_short_passage_counts_only_where_it_stands_alone() -> None:
    chunk = passage("EUR 50")

    assert mapped("the limit is EUR 500", chunk).absent == (chunk.chunk_id,)
    assert [span.start for span in mapped("the limit is EUR 50.", chunk).spans] == [13]


def test_messages_and_parts_are_told_apart_and_nothing_spans_two_of_them() -> None:
    head, tail = SENTENCES[1][:40], SENTENCES[1][40:]
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": None},
        {
            "role": "user",
            "content": [{"type": "image_url"}, {"type": "text", "text": SENTENCES[0]}],
        },
        {"role": "user", "content": head},
        {"role": "user", "content": tail},
    ]

    found = map_prompt(prompt_texts(messages), [passage(SENTENCES[0]), passage(SENTENCES[1])])

    assert [(span.message, span.part, span.start) for span in found.spans] == [(1, 1, 0)]


def test_no_passages_or_no_prompt_make_an_empty_map() -> None:
    assert mapped("anything") == PromptMap((), ())
    assert map_prompt([], [passage(SENTENCES[0])]).absent == (passage(SENTENCES[0]).chunk_id,)
    assert mapped("", passage("")).spans == ()


words = st.sampled_from(
    ["insured", "damage", "a", "é", "e\u0301", "\u1112\u1161\u11ab", "30", "60", "days.", "q\u0323"]
)
blank = st.sampled_from([" ", "  ", "\n", "\t ", "\u00a0"])
texts = st.lists(st.tuples(words, blank), max_size=25).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(texts, max_size=4), texts, texts, st.data())
def test_every_span_equals_its_part_of_the_passage(
    chunks: list[str], before: str, after: str, data: st.DataObject
) -> None:
    inserted = data.draw(st.lists(st.sampled_from(chunks), max_size=3)) if chunks else []
    prompt = before + "\n".join(inserted) + after
    passages = [passage(text, str(index)) for index, text in enumerate(chunks)]

    found = mapped(prompt, *passages)

    for span in found.spans:
        here = prompt[span.start : span.end]
        there = span.passage.text[span.chunk_start : span.chunk_end]
        assert folded(here) == folded(there) != ""
        assert (span.match == "exact") is (here == there)
    for chunk in passages:
        mine = [span for span in found.spans if span.passage == chunk]
        assert (chunk.chunk_id in found.absent) is (mine == [])
        assert all(one.end <= two.start for one, two in pairwise(mine))


@settings(max_examples=300, deadline=None)
@given(st.lists(texts, min_size=1, max_size=4), texts, texts)
def test_every_passage_that_a_slow_search_finds_is_found(
    chunks: list[str], before: str, after: str
) -> None:
    prompt = f"{before}\n{chunks[0]}\n{after}"

    found = mapped(prompt, *(passage(text) for text in dict.fromkeys(chunks)))

    for text in chunks:
        wanted = folded(text)
        if len(wanted) >= 16 and f" {wanted} " in f" {folded(prompt)} ":
            assert passage(text).chunk_id not in found.absent


@settings(max_examples=200, deadline=None)
@given(texts, st.integers(0, 60), st.integers(0, 60))
def test_a_cut_passage_is_found_if_a_slow_search_finds_a_long_run_of_it(
    text: str, cut: int, rest: int
) -> None:
    prompt = f"<<{text[cut : len(text) - rest]}>>"
    run = folded(text[cut : len(text) - rest])

    found = mapped(prompt, passage(text))

    if len(run) >= 48 and run in folded(text):
        assert found.absent == ()


def test_a_map_that_a_limit_cut_short_says_so() -> None:
    often, rest = passage(SENTENCES[0]), passage("x" * MAX_PASSAGE_POINTS)

    whole = mapped(f"{SENTENCES[0]}\n" * 3, often, passage(SENTENCES[1]))
    places = mapped(f"{SENTENCES[0]}\n" * (MAX_SPANS_OF_A_PASSAGE + 1), often)
    passages = mapped(SENTENCES[0], often, rest)

    assert whole.cut_short == ()
    assert (places.cut_short, len(places.spans)) == ((PLACES,), MAX_SPANS_OF_A_PASSAGE)
    assert (passages.cut_short, passages.absent) == ((PASSAGES,), ())


HOSTILE = {
    "one character": ("a" * 4_194_304, ["a" * 1_000 + str(n) for n in range(5_000)]),
    "any length of it": ("a" * 4_194_304, ["a" * (16 + n) for n in range(5_000)]),
    "one period": (("a" * 999 + "b") * 4_194, ["a" * 1_000 + str(n) for n in range(5_000)]),
    "a short period": (
        "the limit is 50 " * 262_144,
        [("the limit is 50 " * (10 + n // 16))[n % 16 :] for n in range(5_000)],
    ),
    "marks": ("e\u0301\u0323 " * 600_000, ["e\u0301\u0323 " * 200 + str(n) for n in range(5_000)]),
    "white space": (" " * 4_194_304, [" " * 900 + f"x{n}" for n in range(5_000)]),
    "nearly equal": (
        "\n".join(f"{' '.join(SENTENCES)} {n}" for n in range(10_000)),
        [f"{n} {' '.join(SENTENCES)}" for n in range(5_000)],
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_prompt_of_four_mebibytes_takes_no_more_time_than_an_honest_one(
    name: str, honest_seconds: float
) -> None:
    assert _seconds(*HOSTILE[name]) < 3 * honest_seconds


@pytest.fixture(scope="module")
def honest_seconds() -> float:
    chance = Random(1)  # noqa: S311
    vocabulary = [f"{chance.getrandbits(30):x}" for _ in range(20_000)]
    chunks = [" ".join(chance.choices(vocabulary, k=140)) for _ in range(5_000)]
    return _seconds("\n\n".join(chunks)[:4_194_304], chunks)


def _seconds(prompt: str, chunks: list[str]) -> float:
    passages = [passage(chunk) for chunk in chunks]
    begun = time.process_time()
    mapped(prompt, *passages)
    return time.process_time() - begun
