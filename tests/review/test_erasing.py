"""What was erased is nowhere, comes back from nowhere, and the log still verifies."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, connections, transaction

from ingestion import embedding
from ingestion.commands import withdraw_document
from ingestion.models import CatalogueVersion
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from provenance.eventstore.blobs import put_blob
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.models import Blob, Event, Position
from provenance.history.lineage import trace_of
from provenance.integrity.checkpoints import newest_covering, proof_of, seal
from provenance.integrity.proofs import verify_inclusion
from provenance.integrity.verification.whole_log import verify_log
from provenance.projections.projection import projections
from provenance.projections.rebuild import differences, rebuild
from provenance.projections.work import RetryLater, run_next
from provenance.review.finding import Target, find
from provenance.review.models import ErasureEntry
from provenance.sealing.keys import KeyDestroyed
from retrieval.commands import retrieve
from retrieval.recording.commands import report_retrieval
from retrieval.recording.models import InteractionOutput
from tests.erased_keys import destroy
from tests.recording.stories import ALICE, BOB, STORM, ask, hand_in, output_of, prompt_of
from tests.review.everywhere import places_of

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)
Step = Callable[[], None]
Erase = Callable[[Target], UUID]
WORDS = "Quillfeather has a rare ailment"
PERSON = "person-4711"


def interaction(**more: Any) -> UUID:
    context = {"user_ref": PERSON, "subject_refs": ["claim Quillfeather"], **more}
    answer = retrieve(principal=ALICE, query=f"{WORDS}?", mode="text", context=context)
    return output_of(prompt_of(answer, context=context), f"{WORDS}. Eight months.")


def no_read_model_differs() -> None:
    for each in projections():
        found = differences(each)
        assert not any(found.values()), (each.name, found)


@pytest.mark.usefixtures("documents")
def test_a_subject_is_erased_everywhere_and_others_stay(
    erase: Erase, run_work: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = interaction(), interaction(turn=2)
    cited = [{"external_id": "dental"}, {"external_id": "storm"}]
    other = output_of(prompt_of(ask(BOB), BOB), "Bob's answer.", BOB, citations=cited)
    run_work()
    assert places_of("Quillfeather")
    erasure_id = erase(Target("subject", PERSON))
    assert places_of("Quillfeather") == []
    assert places_of("quillfeath") == []
    assert places_of(PERSON) == []
    for output_id in (first, second):
        trace = trace_of(output_id, principal=ALICE)
        assert trace.output["text"] is None
        when = InteractionOutput.objects.get(output_id=output_id).erased_at
        assert f"output: the text was erased on {when:%Y-%m-%d}" in trace.missing
        assert "SubjectKeyDestroyed" in [event["type"] for event in trace.events]
    assert trace_of(other, principal=BOB).output["text"] == "Bob's answer."
    assert find(Target("subject", PERSON)).records == ()
    entry = ErasureEntry.objects.get(erasure_id=erasure_id)
    assert (entry.status, entry.keys, entry.subject) == ("certified", 6, "")
    for size in (1, 7, 500):
        monkeypatch.setattr("provenance.projections.rebuild.BATCH_POSITIONS", size)
        no_read_model_differs()


@pytest.mark.usefixtures("documents")
def test_a_rebuild_of_every_read_model_brings_nothing_back(erase: Erase) -> None:
    interaction()
    erase(Target("subject", PERSON))
    for each in projections():
        rebuild(each)
    assert places_of("Quillfeather") == []


def test_a_document_goes_from_the_index_with_its_vectors(
    documents: dict[str, Any], erase: Erase, run_work: Step
) -> None:
    secret = f"# Note\n\n{WORDS}.\n"
    submitted = hand_in(secret, "note", title="About Quillfeather", metadata={"of": "Quillfeather"})
    run_work()
    second = secret + "\nQuillfeather again.\n"
    hand_in(second, "note", title="About Quillfeather", effective_from=date(2020, 1, 1))
    run_work()
    for title in ("Quillfeather", "Quillfeather's case"):
        hand_in(second, "note", title=title)
        run_work()
    hand_in(second, "note", effective_until=date(2090, 1, 1))
    run_work()
    vectors = count("ingestion_vector")
    assert places_of("Quillfeather")
    erase(Target("document", target_id=submitted.document_id))
    assert places_of("Quillfeather") == []
    assert count("ingestion_vector") < vectors
    for table in ("retrieval_vector", "retrieval_terms", "retrieval_passage", "ingestion_chunk"):
        assert count(table, "version_id", submitted.version_id) == 0
    for mode in ("text", "vector", "hybrid"):
        found = retrieve(principal=ALICE, query=WORDS, mode=mode, top_k=50)["results"]
        assert str(submitted.document_id) not in {str(each["document_id"]) for each in found}
    version = CatalogueVersion.objects.get(version_id=submitted.version_id)
    assert (version.stage, version.title) == ("erased", "Erased document")
    assert version.erased_at is not None
    assert documents
    no_read_model_differs()


@pytest.mark.usefixtures("documents")
def test_a_vector_stays_while_another_document_needs_it(erase: Erase, run_work: Step) -> None:
    copy = hand_in(STORM, "storm again")
    run_work()
    vectors = count("ingestion_vector")
    erase(Target("document", target_id=copy.document_id))
    assert count("ingestion_vector") == vectors
    found = retrieve(principal=ALICE, query="storm damage", mode="text")["results"]
    assert [each["external_id"] for each in found] == ["storm"]
    no_read_model_differs()


@pytest.mark.usefixtures("documents")
def test_the_same_name_and_text_make_a_new_document_that_is_embedded_anew(
    erase: Erase, run_work: Step
) -> None:
    secret = f"# Note\n\n{WORDS}.\n"
    first = hand_in(secret, "note")
    run_work()
    vectors = count("ingestion_vector")
    erase(Target("document", target_id=first.document_id))
    again = hand_in(secret, "note")
    run_work()
    assert again.document_id != first.document_id
    assert again.version_number == 1
    assert count("ingestion_vector") == vectors
    assert hand_in(secret, "note").unchanged
    found = retrieve(principal=ALICE, query=WORDS, mode="text")["results"]
    assert [each["document_id"] for each in found] == [str(again.document_id)]


@pytest.mark.usefixtures("documents")
def test_what_quoted_a_document_goes_with_it_if_asked(erase: Erase, run_work: Step) -> None:
    note = hand_in(f"# Note\n\n{WORDS}: months.\n", "note")
    run_work()
    answer = retrieve(principal=ALICE, query="Quillfeather ailment", mode="text")
    output_of(prompt_of(answer), "It is a rare ailment of Quillfeather.")
    report_retrieval(
        principal=ALICE,
        query="ailment",
        retriever={"name": "own", "version": "1"},
        results=[{"text": WORDS, "version_id": str(note.version_id)}],
    )
    erase(Target("document", target_id=note.document_id, with_interactions=True))
    assert places_of("Quillfeather") == []
    no_read_model_differs()


@pytest.mark.usefixtures("documents")
def test_what_others_use_too_is_left_out_until_they_go(erase: Erase, run_work: Step) -> None:
    answer = ask()
    prompt_id = prompt_of(answer)
    mine, theirs = output_of(prompt_id, "Mine."), output_of(prompt_id, "Theirs.")
    run_work()
    found = find(Target("interaction", target_id=mine))
    assert (found.of("output"), found.of("prompt")) == ([mine], [])
    assert {record.record_id for record in found.left_out} == {
        prompt_id,
        UUID(answer["retrieval_id"]),
    }
    erase(Target("interaction", target_id=mine))
    assert trace_of(theirs, principal=ALICE).prompt["messages"]
    no_read_model_differs()
    rest = find(Target("interaction", target_id=theirs))
    assert (len(rest.records), rest.left_out) == (3, ())


@pytest.mark.usefixtures("documents")
def test_old_proofs_hold_and_the_log_still_verifies(
    erase: Erase, run_work: Step, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = bytes(range(32))
    interaction()
    run_work()
    seal(settings.LOG_SIGNING_KEY)
    position = Position.objects.latest("position").position
    before = proof_of(position)
    checkpoint = newest_covering(position)
    erase(Target("subject", PERSON))
    seal(settings.LOG_SIGNING_KEY)
    report = verify_log()
    assert report.whole, report
    stored = bytes(Event.objects.get(seq=Position.objects.get(position=position).seq).canonical)
    assert verify_inclusion(
        index=position,
        size=checkpoint.size,
        leaf=hashlib.sha256(b"\x00" + stored).digest(),
        proof=before.path,
        root=bytes(checkpoint.root),
    )


@pytest.mark.usefixtures("documents")
def test_large_texts_leave_the_blobs_and_only_they(erase: Erase, run_work: Step) -> None:
    output_of(prompt_of(ask(), context={"user_ref": PERSON}), "long " * 10_000)
    kept = put_blob(b"somebody else's")
    run_work()
    blobs = Blob.objects.count()
    erasure_id = erase(Target("subject", PERSON))
    entry = ErasureEntry.objects.get(erasure_id=erasure_id)
    assert entry.blobs == 1
    assert verify_log().whole
    # One went, the certificate came.
    assert Blob.objects.count() == blobs
    assert Blob.objects.filter(digest=bytes.fromhex(kept)).exists()
    for event in store.read_correlated(erasure_id):
        if isinstance(event.data, SubjectKeyDestroyed) and event.data.owner == "output":
            assert trace_of(event.data.owner_id, principal=ALICE).output["text"] is None


@pytest.mark.usefixtures("documents")
def test_a_vector_that_went_while_a_document_was_embedded_is_made_anew(
    run_projector: Step, run_work: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(f"# Note\n\n{WORDS}.\n", "note")
    run_projector()
    assert run_next("extract")
    run_projector()
    processed = Event.objects.filter(type="DocumentProcessed").latest("seq")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(embedding, "vector_hashes", hashes_without_vectors)
        with pytest.raises(RetryLater, match="erased"):
            embedding.embed_version(cause_event_id=processed.event_id)
    run_work()
    assert retrieve(principal=ALICE, query=WORDS, mode="text")["results"]


@pytest.mark.usefixtures("documents")
def test_an_erased_document_takes_nothing_more(erase: Erase, run_work: Step) -> None:
    note = hand_in(f"# Note\n\n{WORDS}.\n", "note")
    run_work()
    erase(Target("document", target_id=note.document_id))
    with pytest.raises(KeyDestroyed):
        withdraw_document(
            principal=SYSTEM_PRINCIPAL, document_id=note.document_id, reason="No longer sold."
        )


def test_the_database_refuses_to_erase_what_a_living_key_sealed(
    documents: dict[str, Any], run_work: Step
) -> None:
    output_id = output_of(prompt_of(ask()), "long " * 10_000)
    run_work()
    refused: tuple[tuple[str, list[Any]], ...] = (
        ("SELECT eventstore_erase_blobs_v1(%s, %s)",
         [[f"interaction:{output_id}"], [f"output-{output_id}"]]),
        ("SELECT ingestion_erase_vectors_v1(%s, '{}')", [documents["dental"].document_id]),
        ("DELETE FROM eventstore_blob", []),
        ("DELETE FROM ingestion_vector", []),
        ("DELETE FROM sealing_key", []),
    )  # fmt: skip
    for statement, parameters in refused:
        with (
            pytest.raises(IntegrityError),
            transaction.atomic("owner"),
            connections["owner"].cursor() as cursor,
        ):
            cursor.execute(statement, parameters)


def test_a_destroyed_key_never_comes_back(documents: dict[str, Any]) -> None:
    kid = f"document:{documents['dental'].document_id}"
    destroy([kid])
    with (
        pytest.raises(IntegrityError),
        transaction.atomic("owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE sealing_key SET wrapped_dek = 'x', destroyed_at = NULL WHERE kid = %s", [kid]
        )


def hashes_without_vectors(_: object, chunks: list[Any], *__: object, **___: object) -> Any:
    return {chunk.text_hash: "" for chunk in chunks}


def count(table: str, column: str = "", value: UUID | None = None) -> int:
    with connection.cursor() as cursor:
        where = f" WHERE {column} = %s" if column else ""
        cursor.execute(f"SELECT count(*) FROM {table}{where}", [value] if column else [])  # noqa: S608
        return int(cursor.fetchone()[0])
