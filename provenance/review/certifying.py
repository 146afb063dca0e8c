"""Ends an erasure: takes the vectors that nobody else needs, and writes the certificate."""

from typing import Any
from uuid import UUID

from django.db import transaction

from ingestion.embeddings.vectors import erase_vectors, lock_vectors
from ingestion.events import ChunksEmbedded
from provenance.eventstore import store
from provenance.eventstore.blobs import get_blob, put_blob
from provenance.eventstore.event_types import name_of
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.integrity import checkpoints
from provenance.integrity.affected import affected_events
from provenance.integrity.models import LogKey
from provenance.integrity.signing_keys import current_seed
from provenance.projections.models import Progress
from provenance.projections.projection import projections
from provenance.projections.standing import has_folded
from provenance.projections.work import RetryLater
from provenance.review.certificate import Certificate
from provenance.review.commands import read_erasure, stream_of
from provenance.review.erasures import Status
from provenance.review.events import (
    Attachment,
    ErasureApproved,
    ErasureCertified,
    ErasureExecuted,
    ErasureRequested,
)
from provenance.review.execution import destroyed_records
from provenance.review.projections import named


def certify_erasure(*, erasure_id: UUID) -> None:
    """Records the certificate once every read model has forgotten. Raises RetryLater until then."""
    events, erasure = read_erasure(erasure_id)
    if erasure.status == Status.CERTIFIED:
        return
    executed = next(each for each in events if isinstance(each.data, ErasureExecuted))
    if not has_folded(executed, forgetting()):
        raise RetryLater("The read models have not forgotten everything yet.")
    _erase_and_certify(events, executed)


def forgetting() -> list[str]:
    """Every read model that held something of what was erased."""
    return [
        each.name for each in projections() if name_of(SubjectKeyDestroyed) in each.event_names()
    ]


def certificate_text(erasure_id: UUID) -> str | None:
    """The certificate as it was written; None while there is none."""
    event = store.read_event(derived_id(erasure_id, "ErasureCertified"))
    return None if event is None else get_blob(event.data.certificate.blob).decode()


def _destroyed_documents(erasure_id: UUID) -> list[SubjectKeyDestroyed]:
    documents = [each.stream for each in destroyed_records(erasure_id) if each.owner == "document"]
    found = store.read_streams(documents, types=[SubjectKeyDestroyed])
    return [event.data for event in found if event.data.passages is not None]


@store.decides_again
@transaction.atomic
def _erase_and_certify(events: list[Recorded[Any]], executed: Recorded[ErasureExecuted]) -> None:
    """Together, so that a run which is broken off neither erases nor counts. Raises RetryLater."""
    documents = _destroyed_documents(executed.data.erasure_id)
    _record_certified(events, executed, sum(_erase_vectors(each) for each in documents))


def _erase_vectors(destroyed: SubjectKeyDestroyed) -> int:
    """Only while the catalogue knows of every passage that was embedded. Raises RetryLater."""
    lock_vectors()
    knowledge = Progress.objects.get(name="knowledge")
    if store.any_after(knowledge.position, types=[ChunksEmbedded]):
        raise RetryLater("The catalogue is behind; a vector may still be needed.")
    assert destroyed.passages is not None  # noqa: S101
    return erase_vectors(destroyed.owner_id, read_listing(destroyed.passages))


def _record_certified(
    events: list[Recorded[Any]], executed: Recorded[ErasureExecuted], vectors: int
) -> None:
    requested = next(each for each in events if isinstance(each.data, ErasureRequested))
    approved = next(each for each in events if isinstance(each.data, ErasureApproved))
    data = executed.data
    records = destroyed_records(data.erasure_id)
    affected = affected_events(
        (stream, record.kid) for record in records for stream in record.sealed_in
    )
    log = LogKey.objects.order_by("-id").values_list("origin", flat=True).first()
    text = str(
        Certificate(
            log=log or "",
            erasure_id=data.erasure_id,
            scope=requested.data.scope,
            requested_at=requested.recorded_at,
            requested_by=named(requested.actor),
            approved_at=approved.recorded_at,
            approved_by=named(approved.actor),
            executed_at=executed.recorded_at,
            keys=data.keys,
            blobs=data.blobs,
            vectors=vectors,
            events=affected,
        )
    )
    seed = current_seed()
    if seed:
        text = checkpoints.signer(seed).sign(text)
    stored = text.encode()
    certified = ErasureCertified(
        erasure_id=data.erasure_id,
        vectors=vectors,
        events=len(affected),
        certificate=Attachment(blob=put_blob(stored), bytes=len(stored)),
        signed=bool(seed),
    )
    stream = stream_of(data.erasure_id)
    new = NewEvent(
        data=certified,
        stream=stream,
        event_id=derived_id(data.erasure_id, "ErasureCertified"),
        actor=SYSTEM,
        correlation_id=data.erasure_id,
        causation_id=executed.event_id,
    )
    store.append([new], expected={stream: store.stream_version(stream)})
