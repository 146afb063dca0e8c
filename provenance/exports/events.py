"""The events of exports: what left the server, for whom, and as the log stood when."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, Payload, event_type, upcasts


@event_type("EvidenceExported", version=2)
class EvidenceExported(EventData):
    """The evidence of outputs was handed out, proved against a checkpoint.

    `manifest_sha256` is of the manifest, which names every file: the log vouches for the bundle
    even where no signature lies in it. `case_id` names the case whose own record went along.
    """

    output_ids: list[UUID]
    checkpoint_origin: str
    checkpoint_size: int
    manifest_sha256: str
    events: int
    bytes: int
    case_id: UUID | None = None


@upcasts(EvidenceExported, from_version=1)
def export_no_case(payload: Payload) -> Payload:
    """Version 1 was written when a bundle held outputs and nothing of the case they were in."""
    return payload


@event_type("RangeExported", version=1)
class RangeExported(EventData):
    """Every event from position `first` up to `end` (exclusive) was written to an archive.

    What they sealed left as ciphertext. `range_sha256` is of the archive's `range.json`, and
    `events_sha256` of its events: the log vouches for the archive.
    """

    first: int
    end: int
    checkpoint_origin: str
    checkpoint_size: int
    range_sha256: str
    events_sha256: str
    blobs: int
