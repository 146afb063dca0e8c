"""The work that documents ask for: extraction, then embedding."""

from uuid import UUID

from ingestion import embedding, processing
from ingestion.events import (
    DocumentFailed,
    DocumentIndexed,
    DocumentProcessed,
    DocumentRetried,
    DocumentSubmitted,
)
from provenance.eventstore.recorded import Recorded
from provenance.projections.work import WorkItem, WorkKind, register_work

# With growing pauses this spans half an hour: a remote model may be away for a while.
EMBED_ATTEMPTS = 12

OfVersion = (
    DocumentSubmitted | DocumentRetried | DocumentProcessed | DocumentIndexed | DocumentFailed
)


def version_of(event: Recorded[OfVersion]) -> UUID:
    return event.data.version_id


def extract(item: WorkItem) -> None:
    processing.process_version(cause_event_id=item.cause_event_id, renew=item.renew)


def embed(item: WorkItem) -> None:
    embedding.embed_version(cause_event_id=item.cause_event_id, renew=item.renew)


def give_up(item: WorkItem, reason: str) -> None:
    processing.record_failure(
        cause_event_id=item.cause_event_id, stage=item.kind, reason_code="gave_up", reason=reason
    )


register_work(
    WorkKind(
        name=processing.EXTRACT,
        queue="extract",
        opened_by={DocumentSubmitted: version_of, DocumentRetried: version_of},
        closed_by={DocumentProcessed: version_of, DocumentFailed: version_of},
        run=extract,
        give_up=give_up,
    )
)
register_work(
    WorkKind(
        name=processing.EMBED,
        queue="embed",
        opened_by={DocumentProcessed: version_of},
        closed_by={DocumentIndexed: version_of, DocumentFailed: version_of},
        run=embed,
        give_up=give_up,
        max_attempts=EMBED_ATTEMPTS,
    )
)
