"""A document as its stream tells it: the ground on which commands decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from ingestion.events import DocumentDescribed, DocumentSubmitted
from ingestion.versions import HISTORY_EVENTS, DocumentHistory, fold_history
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from provenance.eventstore.store import read_stream, stream_version

# What describes a version beside its sealed description.
OPEN_FIELDS = ("language", "effective_from", "effective_until")


@dataclass(frozen=True)
class DocumentStream:
    """The events that decide, and the version of the stream after which they were read."""

    document_id: UUID
    head: int
    events: Sequence[Recorded[Any]]

    @cached_property
    def history(self) -> DocumentHistory:
        return fold_history((event.event_id, event.data) for event in self.events)

    @property
    def collection(self) -> str | None:
        """None for a document that does not exist."""
        return self.events[0].data.collection if self.events else None

    def description(self) -> dict[str, Any]:
        """How the current version is described now; {} if there is none, or it is erased."""
        current = self.history.current
        if current is None:
            return {}
        event = next(each for each in self.events if each.event_id == current.described_by)
        return description_in(event) or {}


def document_id_of(collection: str, external_id: str | None) -> UUID:
    """The same for the same name in the same collection; a nameless document gets a new one."""
    if external_id is None:
        return new_id()
    name = orjson.dumps([collection, external_id])
    return derived_id(keyed_hash(name, purpose="document"), "document")


def successor_of(document_id: UUID) -> UUID:
    """The document that takes what is handed in under the name of an erased one."""
    return derived_id(document_id, "successor")


def stream_of(document_id: UUID) -> str:
    return f"document-{document_id}"


def read_document(document_id: UUID) -> DocumentStream:
    """The head is read first: what is recorded meanwhile makes the append fail, not go unseen."""
    stream = stream_of(document_id)
    head = stream_version(stream)
    events = read_stream(stream, types=HISTORY_EVENTS) if head else []
    return DocumentStream(document_id, head, events)


def description_in(
    event: Recorded[DocumentSubmitted] | Recorded[DocumentDescribed],
) -> dict[str, Any] | None:
    """The description that the event carries; None once its key is destroyed."""
    sealed = reveal_json(event, "described")
    return None if sealed is None else {**sealed, **open_description_in(event)}


def open_description_in(
    event: Recorded[DocumentSubmitted] | Recorded[DocumentDescribed],
) -> dict[str, Any]:
    """What of a description is no personal text, and stays when the document is erased."""
    open_fields = {name: getattr(event.data, name) for name in OPEN_FIELDS}
    return {name: value for name, value in open_fields.items() if value is not None}
