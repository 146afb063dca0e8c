"""All passages cut anew for a generation: built, used, gone back from; old traces stay true."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from ingestion.chunking import CHUNKERS, STANDARD
from ingestion.commands import submit_document
from ingestion.embeddings.vectors import stored_vectors
from ingestion.events import DocumentRecut
from ingestion.models import Chunk
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from provenance.history.reproduction import reproduce
from provenance.review.finding import Target
from retrieval.errors import RequestRefused
from retrieval.generations import commands
from retrieval.models import IndexGeneration, State
from tests.retrieval.generations import other_model
from tests.retrieval.test_generations import (
    ask,
    assert_equal_to_a_rebuild,
    documents,
    hand_in,
    state_of,
)
from tests.review.conftest import erase

__all__ = ["documents", "erase", "other_model"]
pytestmark = pytest.mark.django_db
Work = Callable[[], None]
FINE = "fine/1"


def start(chunker: str = FINE, *, activate: bool = True) -> int:
    return commands.start_generation(
        embedding_model=None,
        activate_when_verified=activate,
        principal=SYSTEM_PRINCIPAL,
        chunker=chunker,
    )


def cuts_of(version_id: UUID) -> set[str]:
    return set(Chunk.objects.filter(version_id=version_id).values_list("chunker", flat=True))


def verdict(answer: dict[str, Any]) -> str:
    found, _ = reproduce(UUID(answer["retrieval_id"]), principal=SYSTEM_PRINCIPAL)
    return found.whole_ranking


def longest(answer: dict[str, Any]) -> int:
    return max(len(result["text"]) for result in answer["results"])


def recorded(*types: str, after: int = -1) -> list[Any]:
    return store.read_positions(after=after, until=store.head_position(), types=types)


@pytest.mark.usefixtures("documents")
def test_passages_cut_anew_are_searched_and_answers_of_before_stay_what_they_were(
    run_work: Work,
) -> None:
    before = ask(exact=True, top_k=20)
    number = start()
    run_work()
    assert state_of(number) == State.ACTIVE
    assert_equal_to_a_rebuild()
    after = ask(exact=True, top_k=20)
    assert after["receipt"]["index_generation"] == number
    assert longest(after) < longest(before) < CHUNKERS[FINE].characters
    assert (verdict(before), verdict(after)) == ("identical", "identical")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE p.text <> substr(t.text, p.char_start + 1,"
            " p.char_end - p.char_start)), count(*) FILTER (WHERE p.chunk_id = %s)"
            " FROM retrieval_passage AS p JOIN ingestion_text AS t USING (version_id)",
            [before["results"][0]["chunk_id"]],
        )
        assert cursor.fetchone() == (0, 1)


@pytest.mark.usefixtures("documents")
def test_what_is_handed_in_afterwards_is_in_both_and_going_back_needs_nothing(
    run_work: Work,
) -> None:
    number = start()
    run_work()
    boat = hand_in("boat")
    run_work()
    found = ask("boat", exact=True)
    assert found["receipt"]["index_generation"] == number
    assert "boat" in found["results"][0]["text"]
    assert cuts_of(boat.version_id) == {"", FINE}
    commands.activate_generation(1, principal=SYSTEM_PRINCIPAL)
    run_work()
    assert "boat" in ask("boat", exact=True)["results"][0]["text"]
    assert_equal_to_a_rebuild()
    commands.drop_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    assert verdict(found) == "identical", "also when it was dropped"
    assert_equal_to_a_rebuild()
    train = hand_in("train")
    run_work()
    assert "train" in ask("train", exact=True)["results"][0]["text"]
    assert cuts_of(train.version_id) == {""}


@pytest.mark.usefixtures("documents")
def test_what_was_recorded_of_versions_stays_and_when_they_were_known(run_work: Work) -> None:
    before = store.head_position()
    start(activate=False)
    run_work()
    assert recorded("DocumentIndexed", "DocumentProcessed", after=before) == []
    assert len(recorded("DocumentRecut", after=before)) == 4
    embedded = recorded("ChunksEmbedded", after=before)
    assert {event.data.chunker for event in embedded} == {FINE}


@pytest.mark.usefixtures("documents", "other_model")
def test_another_model_takes_the_cut_that_is_there(run_work: Work) -> None:
    start()
    run_work()
    cuts = len(recorded("DocumentRecut"))
    number = commands.start_generation(
        embedding_model="reversed", activate_when_verified=True, principal=SYSTEM_PRINCIPAL
    )
    run_work()
    row = IndexGeneration.objects.get(generation=number)
    assert (row.state, row.chunker) == (State.ACTIVE, FINE)
    assert len(recorded("DocumentRecut")) == cuts
    hand_in("boat")
    run_work()
    assert len(recorded("DocumentRecut")) == cuts + 1
    assert "boat" in ask("boat", exact=True)["results"][0]["text"]
    assert_equal_to_a_rebuild()


@pytest.mark.usefixtures("documents")
def test_parity_names_a_passage_that_is_missing_from_a_cut(run_work: Work) -> None:
    number = start(activate=False)
    run_work()
    assert state_of(number) == State.VERIFIED
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM retrieval_terms WHERE generation = %s AND chunk_id = (SELECT chunk_id"
            " FROM retrieval_terms WHERE generation = %s LIMIT 1)",
            [number, number],
        )
    commands.verify_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    row = IndexGeneration.objects.get(generation=number)
    assert row.state == State.FAILED
    assert "of passage" in row.problem


@pytest.mark.usefixtures("documents")
def test_the_command_cuts_anew_by_name(run_work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "retrieval.management.commands.rebuild_index.time.sleep", lambda _: run_work()
    )
    said = io.StringIO()
    call_command("rebuild_index", "--reprocess", FINE, "--activate", stdout=said)
    assert "Searches use it now" in said.getvalue()
    call_command("rebuild_index", "--reprocess", STANDARD.label, stdout=said)
    assert IndexGeneration.objects.get(generation=3).chunker == STANDARD.label
    with pytest.raises(RequestRefused, match="fine/1"):
        start("coarse/9")


@pytest.mark.usefixtures("documents")
def test_an_erased_document_leaves_no_passage_and_no_vector_of_any_cut(
    run_work: Work, erase: Callable[[Target], UUID]
) -> None:
    start()
    run_work()
    gone = submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=" ".join(f"Gone word {number}." for number in range(200)).encode(),
        external_id="gone",
        media_type="text/plain",
    )
    run_work()
    assert store.read_stream(f"document-{gone.document_id}", types=[DocumentRecut])
    chunks = Chunk.objects.filter(version_id=gone.version_id)
    others = Chunk.objects.exclude(version_id=gone.version_id).values("text_hash")
    own = set(chunks.exclude(text_hash__in=others).values_list("text_hash", flat=True))
    digest = IndexGeneration.objects.get(generation=1).model_digest
    assert len(stored_vectors(digest, own)) == len(own) > 3
    erase(Target("document", target_id=gone.document_id))
    assert stored_vectors(digest, own) == {}
    assert not chunks.exists()
    assert_equal_to_a_rebuild()
