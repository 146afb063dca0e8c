"""The trace of an output leads back to the exact words of the exact versions behind it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from provenance.eventstore.ids import new_id
from provenance.history.lineage import trace_of
from provenance.history.timeline import DocumentNotFound, timeline_of_document
from provenance.sealing.models import SealingKey
from retrieval.recording.commands import report_prompt, report_retrieval
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.limits import IN_WORDS, PLACES
from tests.erased_keys import destroy
from tests.recording.stories import (
    ALICE,
    BOB,
    WAITING,
    application,
    ask,
    hand_in,
    output_of,
    prompt_of,
)

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
ANSWER = "The waiting period for dental treatment is 8 months. A fee shortens it."


@pytest.mark.usefixtures("documents")
def test_a_trace_says_where_the_map_of_its_prompt_was_cut_short(run_work: Work) -> None:
    answer = ask()
    passage = answer["results"][0]["text"]
    prompt = report_prompt(
        principal=ALICE,
        retrieval_ids=[UUID(answer["retrieval_id"])],
        messages=[{"role": "user", "content": f"{passage}\n" * 100}],
    )
    output_id = output_of(prompt.prompt_id, ANSWER)
    run_work()

    trace = trace_of(output_id, principal=ALICE)

    assert trace.prompt["cut_short"] == [PLACES]
    assert not trace.complete
    assert trace.missing == [f"PromptAssembled: {IN_WORDS[PLACES]}"]


def test_a_trace_shows_sentences_spans_passages_and_versions(
    documents: dict[str, Any], run_work: Work
) -> None:
    answer = ask()
    output_id = output_of(prompt_of(answer), ANSWER, status="truncated")
    run_work()

    trace = trace_of(output_id, principal=ALICE).as_json()

    (passage,) = trace["retrievals"][0]["results"]
    (span,) = trace["prompt"]["spans"]
    content = trace["prompt"]["messages"][span["message"]]["content"]
    assert content[span["start"] : span["end"]] == passage["text"]
    assert (span["match"], span["chunk_id"]) == ("exact", str(passage["chunk_id"]))
    assert passage["in_prompt"]
    assert str(trace["retrievals"][0]["receipt"]["event_id"]) == answer["receipt"]["event_id"]
    supported, alone = trace["attribution"]
    assert supported["text"] == "The waiting period for dental treatment is 8 months."
    assert [support["version_id"] for support in supported["supports"]] == [
        str(documents["dental"].version_id)
    ]
    assert alone["supports"] == []
    assert (trace["complete"], trace["missing"]) == (True, [])
    assert trace["output"]["status"] == "truncated"


def test_its_events_stand_in_the_order_of_their_positions(
    documents: dict[str, Any],  # noqa: ARG001
    run_work: Work,
) -> None:
    output_id = output_of(prompt_of(ask()), ANSWER)
    run_work()

    events = trace_of(output_id, principal=ALICE).events

    positions = [event["position"] for event in events]
    assert positions == sorted(positions)
    assert {event["type"] for event in events} == {
        "RetrievalServed",
        "DocumentRetrieved",
        "PromptReported",
        "PromptAssembled",
        "OutputReported",
        "OutputAttributed",
    }


def test_it_opens_at_once_and_says_what_is_still_missing(documents: dict[str, Any]) -> None:
    output_id = output_of(prompt_of(ask()), ANSWER)

    trace = trace_of(output_id, principal=ALICE)

    assert not trace.complete
    assert trace.missing == ["PromptAssembled", "OutputAttributed", "DocumentRetrieved"]
    assert [version["version_id"] for version in trace.document_versions] == [
        documents["dental"].version_id
    ]


def test_it_tells_when_a_version_has_been_replaced(
    documents: dict[str, Any], run_work: Work
) -> None:
    output_id = output_of(prompt_of(ask()), ANSWER)
    run_work()
    (before,) = trace_of(output_id, principal=ALICE).document_versions
    hand_in(WAITING.format(months=6), "dental")
    run_work()
    trace = trace_of(output_id, principal=ALICE)
    (after,) = trace.document_versions

    assert (before["current"], before["current_version_number"]) == (True, 1)
    assert (after["current"], after["current_version_number"]) == (False, 2)
    assert after["version_id"] == documents["dental"].version_id
    assert "8 months" in trace.retrievals[0]["results"][0]["text"]


def test_passages_left_out_of_the_prompt_are_absent(
    documents: dict[str, Any],  # noqa: ARG001
    run_work: Work,
) -> None:
    answer = ask()
    prompt = report_prompt(
        principal=ALICE, retrieval_ids=[UUID(answer["retrieval_id"])], text="No passages here."
    )
    output_id = output_of(prompt.prompt_id, ANSWER)
    run_work()

    trace = trace_of(output_id, principal=ALICE)

    assert trace.prompt["absent"] == [answer["results"][0]["chunk_id"]]
    assert trace.prompt["text"] == "No passages here."
    assert not trace.retrievals[0]["results"][0]["in_prompt"]


def test_other_applications_and_kept_out_people_find_nothing(
    documents: dict[str, Any],  # noqa: ARG001
    run_work: Work,
) -> None:
    output_id = output_of(prompt_of(ask()), ANSWER)
    run_work()
    reviewer = application("", role="reviewer", application=None)
    kept_out = application("", role="reviewer", application=None, collections=frozenset({"x"}))

    assert trace_of(output_id, principal=reviewer).complete
    for who, id_ in ((BOB, output_id), (kept_out, output_id), (ALICE, new_id())):
        with pytest.raises(RecordNotFound):
            trace_of(id_, principal=who)


def test_a_destroyed_key_hides_one_record_and_the_trace_still_opens(
    documents: dict[str, Any],  # noqa: ARG001
    run_work: Work,
) -> None:
    prompt_id = prompt_of(ask())
    erased, kept = output_of(prompt_id, ANSWER), output_of(prompt_id, ANSWER)
    run_work()
    destroy([f"interaction:{erased}"])

    trace = trace_of(erased, principal=ALICE)

    assert (trace.output["text"], trace.output["erased"], trace.attribution) == (None, True, [])
    assert trace.prompt["messages"]
    (missing,) = trace.missing
    assert missing.startswith("output: the text was erased on ")
    assert trace_of(kept, principal=ALICE).output["text"] == ANSWER


def test_work_on_an_erased_record_ends_and_says_why(
    documents: dict[str, Any],  # noqa: ARG001
    run_work: Work,
) -> None:
    output_id = output_of(prompt_of(ask()), ANSWER)
    kids = SealingKey.objects.filter(kid__startswith="interaction:").values_list("kid", flat=True)
    destroy(kids)
    run_work()

    missing = trace_of(output_id, principal=ALICE).missing

    assert "OutputAttributed: The text has been erased." in missing
    assert "PromptAssembled: The text has been erased." in missing


def test_a_trace_of_any_size_takes_at_most_fifteen_queries(
    documents: dict[str, Any],  # noqa: ARG001
    run_work: Work,
) -> None:
    answers = [ask() for _ in range(20)]
    reported = [
        report_retrieval(
            principal=ALICE,
            query="long " * 2_000,
            retriever={"name": "s", "version": "1"},
            results=[{"text": f"passage {n} of {m} " * 100} for n in range(40)],
        ).retrieval_id
        for m in range(10)
    ]
    prompt = report_prompt(
        principal=ALICE,
        retrieval_ids=[*(UUID(answer["retrieval_id"]) for answer in answers), *reported],
        text=answers[0]["results"][0]["text"]
        + " ".join(f"passage {n} of 3 " * 100 for n in range(40)),
    )
    output_id = output_of(prompt.prompt_id, ANSWER * 500)
    run_work()

    with CaptureQueriesContext(connection) as queries:
        trace = trace_of(output_id, principal=ALICE)

    assert sum(len(retrieval["results"]) for retrieval in trace.retrievals) == 20 + 400
    assert len(trace.prompt["spans"]) >= 41
    assert len(queries) <= 15


def test_the_timeline_of_a_document_has_its_events_with_positions(
    documents: dict[str, Any],
) -> None:
    dental = documents["dental"]
    entries = timeline_of_document(dental.document_id, principal=ALICE)

    assert entries[0].type == "DocumentSubmitted"
    assert entries[-1].type == "DocumentIndexed"
    assert {entry.version_id for entry in entries} == {dental.version_id}
    assert [entry.position for entry in entries] == sorted(e.position or 0 for e in entries)
    for who, id_ in (
        (application("x", collections=frozenset()), dental.document_id),
        (ALICE, new_id()),
    ):
        with pytest.raises(DocumentNotFound):
            timeline_of_document(id_, principal=who)
