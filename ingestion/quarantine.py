"""Takes a version out of searches for as long as it is doubted, and lets it back in."""

from uuid import UUID

from django.db import transaction

from ingestion.documents import DocumentStream, read_document, stream_of
from ingestion.errors import QuarantineRefused
from ingestion.events import DocumentQuarantined, DocumentReleased
from ingestion.queries import visible_version
from ingestion.submission import checked_names
from ingestion.versions import HandedIn
from provenance.accounts.access import Principal
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import NewEvent
from provenance.eventstore.sealed import Sealer
from provenance.eventstore.store import append, decides_again
from provenance.sealing.keys import key_for


@decides_again
@transaction.atomic
def quarantine_version(*, principal: Principal, version_id: UUID, reason: str) -> None:
    """No search finds the version from here on; what it replaced does not come back.

    Raises DocumentUnknown, FieldRefused, QuarantineRefused, KeyDestroyed.
    """
    document, version = _read(principal, version_id)
    if version.quarantined:
        raise QuarantineRefused("This version is in quarantine already.")
    if not version.live:
        raise QuarantineRefused("This version failed or was withdrawn: no search finds it.")
    _record(DocumentQuarantined, document, version_id, reason=reason, principal=principal)


@decides_again
@transaction.atomic
def release_version(*, principal: Principal, version_id: UUID, reason: str) -> None:
    """Searches find the version again where it counts.

    Raises DocumentUnknown, FieldRefused, QuarantineRefused, KeyDestroyed.
    """
    document, version = _read(principal, version_id)
    if not version.quarantined:
        raise QuarantineRefused("This version is not in quarantine.")
    _record(DocumentReleased, document, version_id, reason=reason, principal=principal)


def _read(principal: Principal, version_id: UUID) -> tuple[DocumentStream, HandedIn]:
    row = visible_version(principal=principal, version_id=version_id)
    document = read_document(row.document_id)
    version = document.history.version(version_id)
    # The row comes from the event that the history begins with.
    assert version is not None  # noqa: S101
    return document, version


def _record(
    cls: type[DocumentQuarantined | DocumentReleased],
    document: DocumentStream,
    version_id: UUID,
    *,
    reason: str,
    principal: Principal,
) -> None:
    checked_names(reason=reason)
    event_id = new_id()
    sealer = Sealer(event_id=event_id, key=key_for("document", document.document_id))
    data = cls(
        document_id=document.document_id,
        version_id=version_id,
        reason=sealer.text("reason", reason),
    )
    stream = stream_of(document.document_id)
    event = NewEvent(data=data, stream=stream, event_id=event_id, actor=principal.actor)
    append([event], expected={stream: document.head})
