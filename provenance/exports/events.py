"""The events of exports: what left the server, for whom, and as the log stood when."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type


@event_type("EvidenceExported", version=1)
class EvidenceExported(EventData):
    """The evidence of outputs was handed out, proved against a checkpoint.

    `manifest_sha256` is of the manifest, which names every file: the log vouches for the bundle
    even where no signature lies in it.
    """

    output_ids: list[UUID]
    checkpoint_origin: str
    checkpoint_size: int
    manifest_sha256: str
    events: int
    bytes: int


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
