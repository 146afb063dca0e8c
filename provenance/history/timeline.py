"""The timeline of a document: everything that the log says of it, in order."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ingestion.models import CatalogueDocument
from provenance.accounts.access import Principal
from provenance.eventstore import store


class DocumentNotFound(LookupError):
    """There is no such document for this principal."""


@dataclass(frozen=True)
class TimelineEntry:
    """An event of a document; `version_id` where it concerns one version."""

    event_id: UUID
    type: str
    position: int | None
    recorded_at: datetime
    occurred_at: datetime
    version_id: UUID | None
    actor_type: str
    actor_id: str


def timeline_of_document(document_id: UUID, *, principal: Principal) -> list[TimelineEntry]:
    """In the order of the stream. Raises DocumentNotFound."""
    document = CatalogueDocument.objects.filter(document_id=document_id).first()
    if document is None or not principal.may_see(document.collection):
        raise DocumentNotFound(f"There is no document {document_id} for this principal.")
    return [
        TimelineEntry(
            event_id=event.event_id,
            type=event.type,
            position=event.position,
            recorded_at=event.recorded_at,
            occurred_at=event.occurred_at,
            version_id=getattr(event.data, "version_id", None),
            actor_type=event.actor.type,
            actor_id=event.actor.id,
        )
        for event in store.read_stream(f"document-{document_id}")
    ]
