"""From a document handed in to words found: exact spans, versions, permissions, receipts."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ingestion.commands import submit_document, withdraw_document
from ingestion.errors import FieldRefused
from provenance.accounts.access import SYSTEM_PRINCIPAL, Principal
from provenance.accounts.commands import ensure_collection
from provenance.eventstore import store
from provenance.eventstore.errors import EventIdConflict
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import Actor
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from retrieval.commands import record_passed_dates, retrieve
from retrieval.errors import CollectionNotFound, GenerationNotFound, RequestRefused
from retrieval.generations.active import generation_named, start_first_generation
from retrieval.models import KnowledgeState
from retrieval.search import AnotherGenerationActive, Question, search

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
WAITING = "# Travel policy\n\nThe waiting period is {days} days after the policy begins.\n"


def hand_in(text: str, *, external_id: str = "travel", **more: Any) -> Any:
    return submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=text.encode(),
        external_id=external_id,
        media_type="text/markdown",
        **more,
    )


def ask(query: str = "waiting period", **more: Any) -> dict[str, Any]:
    return retrieve(**{"principal": SYSTEM_PRINCIPAL, "query": query, **more})


@pytest.mark.parametrize("mode", ["hybrid", "vector", "text"])
def test_a_result_is_the_words_of_the_current_version(run_work: Work, mode: str) -> None:
    for days in (30, 14):
        hand_in(WAITING.format(days=days))
        run_work()
    (result,) = ask(mode=mode)["results"]
    assert "14 days" in result["text"]
    assert result["version_number"] == 2
    text = WAITING.format(days=14)
    assert result["text"] == text[result["char_start"] : result["char_end"]]


def test_what_was_searchable_before_is_found_as_of_then(run_work: Work) -> None:
    hand_in(WAITING.format(days=30))
    run_work()
    then = store.head_position()
    hand_in(WAITING.format(days=14))
    run_work()
    answer = ask(as_of=then)
    assert ["30 days" in each["text"] for each in answer["results"]] == [True]
    assert answer["receipt"]["search"] == "exact"


def test_a_version_counts_from_its_effective_date(run_work: Work) -> None:
    now = datetime.now(UTC)
    hand_in(WAITING.format(days=30))
    hand_in(WAITING.format(days=14), effective_from=now + timedelta(days=10))
    run_work()
    assert "30 days" in ask()["results"][0]["text"]
    later = ask(effective_at=now + timedelta(days=11))
    assert ["14 days" in each["text"] for each in later["results"]] == [True]
    assert record_passed_dates(now=now + timedelta(days=12))
    assert not record_passed_dates(now=now + timedelta(days=12))
    run_work()
    assert not differences(projection_named("knowledge"))["retrieval_vector"]


def test_a_day_begins_at_midnight_where_the_collections_searched_lie(run_work: Work) -> None:
    ensure_collection(name="berlin", principal=SYSTEM_PRINCIPAL, time_zone="Europe/Berlin")
    hand_in(WAITING.format(days=30), collection="berlin", effective_from="2026-07-01")
    run_work()

    first, day_before = (
        ask(effective_at=day, collections=["berlin"])
        for day in (date(2026, 7, 1), date(2026, 6, 30))
    )

    assert first["receipt"]["effective_at"] == "2026-06-30T22:00:00.000000Z"
    assert [len(answer["results"]) for answer in (first, day_before)] == [1, 0]
    assert ask(effective_at=date(2026, 7, 1))["receipt"] | {"event_id": ""} == first["receipt"] | {
        "event_id": ""
    }


def test_a_day_is_refused_where_the_collections_searched_lie_in_several_zones(
    run_work: Work,
) -> None:
    for name, zone in (("berlin", "Europe/Berlin"), ("tokyo", "Asia/Tokyo")):
        ensure_collection(name=name, principal=SYSTEM_PRINCIPAL, time_zone=zone)
    run_work()

    with pytest.raises(RequestRefused, match=r"Asia/Tokyo, Europe/Berlin") as refused:
        ask(effective_at=date(2026, 7, 1))
    with pytest.raises(FieldRefused, match="out of range") as too_early:
        ask(effective_at=date.min, collections=["tokyo"])

    assert refused.value.field == too_early.value.field == "effective_at"
    assert ask(effective_at=date(2026, 7, 1), collections=["tokyo"])["results"] == []


def test_a_withdrawn_document_is_not_found(run_work: Work) -> None:
    submitted = hand_in(WAITING.format(days=30))
    run_work()
    withdraw_document(
        principal=SYSTEM_PRINCIPAL, document_id=submitted.document_id, reason="replaced"
    )
    run_work()
    assert ask()["results"] == []


def test_only_permitted_collections_are_searched(run_work: Work) -> None:
    hand_in(WAITING.format(days=30), collection="claims")
    hand_in(WAITING.format(days=14), external_id="other", collection="policies")
    run_work()
    alice = Principal(
        Actor("api_key", "alice", "portal"),
        frozenset({"retrieve"}),
        frozenset({"policies"}),
        "portal",
    )
    assert ["14 days" in each["text"] for each in ask(principal=alice)["results"]] == [True]
    with pytest.raises(CollectionNotFound):
        ask(principal=alice, collections=["claims"])


def test_the_same_retrieval_again_answers_the_recorded_one(run_work: Work) -> None:
    hand_in(WAITING.format(days=30))
    run_work()
    retrieval_id = new_id()
    first = ask(retrieval_id=retrieval_id)
    assert ask(retrieval_id=retrieval_id) == first
    with pytest.raises(EventIdConflict):
        ask("another question", retrieval_id=retrieval_id)


def test_workers_record_which_versions_were_retrieved(run_work: Work) -> None:
    hand_in(WAITING.format(days=30))
    run_work()
    answer = ask()
    run_work()
    served, retrieved = store.read_stream(f"retrieval-{answer['retrieval_id']}")
    assert retrieved.type == "DocumentRetrieved"
    assert retrieved.causation_id == served.event_id
    assert str(retrieved.data.version_id) == answer["results"][0]["version_id"]


def test_a_rebuild_of_what_search_reads_gives_the_same_rows(run_work: Work) -> None:
    for days in (30, 14, 30, 7):
        hand_in(WAITING.format(days=days))
        run_work()
    hand_in("# Claims\n\nReport a loss within 30 days.\n", external_id="claims")
    run_work()
    assert set(differences(projection_named("knowledge")).values()) == {0}


def test_the_first_generation_is_started_once() -> None:
    assert start_first_generation()
    assert not start_first_generation()


def test_a_generation_that_is_not_active_is_searched_only_on_purpose(run_work: Work) -> None:
    hand_in(WAITING.format(days=30))
    run_work()
    question = Question(query="waiting period", effective_at=datetime.now(UTC), mode="text")
    KnowledgeState.objects.update(generation=7)
    first = generation_named(1)
    with pytest.raises(AnotherGenerationActive):
        search(question, first)
    assert "30 days" in search(question, first, only_active=False).sources[0].text
    with pytest.raises(GenerationNotFound):
        generation_named(7)
