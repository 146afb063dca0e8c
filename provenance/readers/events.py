"""The events of reading: who looked at a record."""

from typing import Literal
from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type

RecordKind = Literal["output", "retrieval", "version", "event"]


@event_type("RecordViewed", version=1)
class RecordViewed(EventData):
    """Somebody was shown a record; who it was stands in the envelope.

    An output is shown as its trace, a version as its text or its original bytes, an event as its
    stored bytes.
    """

    kind: RecordKind
    record_id: UUID
