"""Passages of an application's own store are resolved to the versions that they come from."""

from collections.abc import Callable
from typing import Any

import pytest

from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from retrieval.events import DocumentRetrieved
from retrieval.recording.commands import RecordedRetrieval, report_retrieval
from retrieval.recording.reading import read_retrieval
from tests.recording.stories import ALICE, STORM, WAITING, application, ask, hand_in

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
SENTENCE = "Storm damage is covered up to EUR 50,000 in each insured year."


def report(*results: dict[str, Any], **more: Any) -> RecordedRetrieval:
    return report_retrieval(
        **{
            "principal": ALICE,
            "query": "q",
            "retriever": {"name": "own store", "version": "3"},
            "results": results,
            **more,
        }
    )


def test_passages_are_resolved_by_id_by_source_version_and_by_content(
    documents: dict[str, Any],
) -> None:
    dental, storm = documents["dental"], documents["storm"]
    chunk = ask()["results"][0]

    found = report(
        {"text": "reworded", "version_id": str(storm.version_id)},
        {"text": "reworded", "chunk_id": chunk["chunk_id"]},
        {"text": "reworded", "external_id": "dental", "source_version": "v1"},
        {"text": SENTENCE, "chunk_id": "not-a-uuid"},
        {"text": f"  {SENTENCE}".replace(" is ", "\n is ")},
        {"text": STORM},
        {"text": "Nothing of this is known here, whatever is searched."},
        {"text": "short"},
    ).results

    assert [(each.resolution, each.version_id) for each in found] == [
        ("id", str(storm.version_id)),
        ("id", str(dental.version_id)),
        ("source_version", str(dental.version_id)),
        ("content", str(storm.version_id)),
        ("content", str(storm.version_id)),
        ("content", str(storm.version_id)),
        ("unresolved", None),
        ("unresolved", None),
    ]
    assert [each.rank for each in found] == list(range(1, 9))
    assert STORM[found[3].start : found[3].end] == SENTENCE
    assert len({each.chunk_id for each in found}) == len(found)


def test_older_words_are_resolved_to_the_version_that_held_them(
    documents: dict[str, Any], run_work: Work
) -> None:
    newer = hand_in(WAITING.format(months=6), "dental")
    run_work()

    older, current = report(
        {"text": "The waiting period for dental treatment is 8 months."},
        {"text": "The waiting period for dental treatment is 6 months."},
    ).results

    assert older.version_id == str(documents["dental"].version_id)
    assert current.version_id == str(newer.version_id)


@pytest.mark.usefixtures("documents")
def test_a_version_in_a_hidden_collection_stays_unresolved(run_work: Work) -> None:
    text = "The salary of the director is confidential and stays in this file."
    hidden = hand_in(text, "salaries", collection="staff")
    run_work()
    outsider = application("alice", collections=frozenset({"default"}))

    named = {"text": text, "version_id": str(hidden.version_id)}
    (by_id,) = report(named, principal=outsider).results
    (by_content,) = report({"text": text}, principal=outsider).results
    (allowed,) = report({"text": text}).results

    assert (by_id.resolution, by_content.resolution) == ("unresolved", "unresolved")
    assert allowed.version_id == str(hidden.version_id)


@pytest.mark.usefixtures("documents")
def test_each_resolved_version_is_noted_as_retrieved_once(run_work: Work) -> None:
    retrieval_id = new_id()
    for _ in range(2):
        report(
            {"text": SENTENCE, "score": 0.75},
            {"text": STORM},
            {"text": "Nothing of this is known here."},
            retrieval_id=retrieval_id,
        )
        run_work()

    noted = store.read_stream(f"retrieval-{retrieval_id}", types=[DocumentRetrieved])
    assert [[(c.rank, c.score) for c in event.data.chunks] for event in noted] == [
        [(1, 750_000), (2, 0)]
    ]


@pytest.mark.usefixtures("documents")
def test_a_replay_answers_the_resolution_of_the_first_time(run_work: Work) -> None:
    retrieval_id = new_id()
    text = "Hail damage counts as storm damage from the first of May on."
    first = report({"text": text}, retrieval_id=retrieval_id)
    hand_in(text, "hail")
    run_work()

    again = report({"text": text}, retrieval_id=retrieval_id)

    assert again.replayed
    assert again.results == first.results


def test_a_reported_retrieval_reads_back_with_what_its_store_said(
    documents: dict[str, Any],
) -> None:
    retrieval_id = report({"text": SENTENCE, "score": 0.5, "metadata": {"a": 1}}).retrieval_id

    read = read_retrieval(retrieval_id, principal=ALICE)

    (result,) = read["results"]
    assert (read["query"], read["receipt"]) == ("q", None)
    assert read["retriever"] == {"name": "own store", "version": "3"}
    assert (result["text"], result["score"], result["resolution"]) == (SENTENCE, 0.5, "content")
    assert result["version_id"] == documents["storm"].version_id
    assert result["reported"]["metadata"] == {"a": 1}


@pytest.mark.usefixtures("documents")
def test_a_served_retrieval_reads_back_as_it_was_answered() -> None:
    answer = ask()

    read = read_retrieval(answer["retrieval_id"], principal=ALICE)

    told = {**read["receipt"], "event_id": str(read["receipt"]["event_id"])}
    assert told == answer["receipt"]
    assert [result["text"] for result in read["results"]] == [
        result["text"] for result in answer["results"]
    ]
