"""The trace is told in sentences that say no more than was recorded or computed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from provenance.history.standing import Standing, VersionDates
from provenance.pages.trace.graph import MOST, graph
from provenance.pages.trace.page import build
from provenance.pages.trace.prose import prose
from tests.pages.trace_sample import AT, DOCUMENT, VERSION, trace

SEVEN = VersionDates(UUID(int=7), DOCUMENT, 7, "indexed", AT + timedelta(days=9), 5)
REPLACED = Standing("replaced", AT + timedelta(days=9), by=SEVEN, today=SEVEN)
MAPPED = [
    {"event_id": str(UUID(int=n)), "type": name, "position": n, "recorded_at": AT}
    for n, name in enumerate(("PromptAssembled", "OutputAttributed"), 1)
]


def told(standing: Standing | None = None, **changes: Any) -> str:
    standings = {str(VERSION): standing} if standing else {}
    page = build(trace(**{"events": MAPPED, **changes}), standings)
    return " ".join("".join(bit.text for bit in sentence) for sentence in prose(page))


def output(**changes: Any) -> dict[str, Any]:
    return {"output": {**trace()["output"], **changes}}


def test_the_whole_story_of_an_answer() -> None:
    assert told(REPLACED) == (
        "On 23 November 2026 the application assistant answered through the model model-1."
        " Its retrieval found two passages; one stood in the prompt, from Dental policy,"
        " version 4 (since replaced by version 7)."
        " By computed comparison, no retrieved passage supports one of its two sentences."
    )


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing("current", None), "(still current)"),
        (REPLACED, "(since replaced by version 7)"),
        (
            replace(REPLACED, since=AT - timedelta(days=30)),
            "(since replaced by version 7, in force from 24 October 2026)",
        ),
        (
            Standing(
                "replaced",
                AT - timedelta(days=30),
                by=replace(SEVEN, submitted_at=AT - timedelta(days=30)),
            ),
            "(already replaced by version 7 then)",
        ),
        (Standing("withdrawn", AT), "(now withdrawn)"),
        (Standing("expired", AT + timedelta(days=8)), "(expired on 1 December 2026)"),
        (Standing("expired", AT - timedelta(days=1)), "(had expired on 22 November 2026)"),
        (Standing("erased"), "(since erased)"),
        (Standing("quarantined"), "(now in quarantine)"),
        (Standing("upcoming", AT), "(not yet in force)"),
    ],
)
def test_what_became_of_a_version_is_told_by_both_clocks(standing: Standing, words: str) -> None:
    assert words in told(standing)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"retrievals": [], "attribution": []}, "names no retrieval, so no document version"),
        ({"retrievals": [{"query": "q", "results": []}]}, "Its retrieval found nothing."),
        ({"events": [MAPPED[1]]}, "which of them stood in the prompt is still being worked out"),
        ({"events": [MAPPED[0]]}, "is still being computed"),
        (
            {
                "missing": ["PromptAssembled: too long"],
                "prompt": {**trace()["prompt"], "spans": []},
            },
            "none of them was found in the prompt, as far as it could be compared.",
        ),
        ({"missing": ["PromptAssembled: too long"]}, "at least one stood in the prompt"),
        ({"missing": ["OutputAttributed: too long"]}, "was cut short by a limit"),
        ({"prompt": {"erased": True}}, "the prompt has been erased"),
        (output(erased=True, text=None), "Its words have been erased"),
        (output(imported=True), "It was imported on 23 November 2026"),
        (output(occurred_at=AT - timedelta(days=3)), "On 20 November 2026 the application"),
        (output(occurred_at=AT - timedelta(days=3)), "It was reported only on 23 November 2026."),
        (output(status="truncated"), "began an answer that was cut off at its limit"),
        (output(status="refused"), "declined to answer"),
        (output(text="", tool_calls=[{}]), "called tools and gave no text"),
        (output(delivered_text="Other."), "What the person saw differs"),
        (output(replaces=str(UUID(int=9))), "takes the place of an earlier output."),
        (output(application=None), "an application answered"),
    ],
)
def test_every_circumstance_has_its_sentence(changes: dict[str, Any], words: str) -> None:
    assert words in told(**changes)


def test_an_erased_output_is_not_said_to_have_unsupported_sentences() -> None:
    assert "computed" not in told(**output(erased=True, text=None))


def test_a_passage_of_unknown_origin_is_said_to_be_one() -> None:
    result = {"rank": 1, "text": "words", "version_id": None, "resolution": "unresolved"}
    changes: dict[str, Any] = {
        "retrievals": [{"query": "q", "results": [result]}],
        "attribution": [],
    }
    assert "One passage belongs to no version known here." in told(**changes)


def test_the_drawing_leads_from_the_output_to_the_document() -> None:
    drawn = graph(build(trace(), {str(VERSION): REPLACED}))
    assert drawn is not None
    keys = [node.box.key[0] for node in drawn.nodes]
    assert keys == ["output", "sentence", "sentence", "passage", "passage", "version", "document"]
    # output to each sentence, sentence to its passage, passages to the version, version to document
    assert len(drawn.edges) == 2 + 1 + 2 + 1
    assert [node.box.note for node in drawn.nodes if node.box.key[0] == "version"] == [
        "replaced by version 7"
    ]


def test_a_drawing_is_bounded_and_says_what_it_left_out() -> None:
    result = trace()["retrievals"][0]["results"][0]
    results = [{**result, "chunk_id": str(UUID(int=100 + n)), "rank": n} for n in range(MOST + 5)]
    drawn = graph(build(trace(retrievals=[{"query": "q", "results": results}]), {}))
    assert drawn is not None
    assert drawn.left_out == 5
    assert not drawn.open


def test_nothing_is_drawn_where_nothing_was_retrieved() -> None:
    assert graph(build(trace(retrievals=[], attribution=[]), {})) is None
