"""The events of finding: a list was taken away."""

from typing import Literal

from provenance.eventstore.event_types import EventData, Payload, event_type, upcasts
from provenance.sealing.box import Box

ListName = Literal["outputs", "retrievals", "prompts", "documents"]
FileFormat = Literal["csv", "jsonl"]


@event_type("ListExported", version=2)
class ListExported(EventData):
    """Every row of a list was handed out as a file; who took it stands in the envelope.

    `filters` seals what narrowed the list, as names and values, under the key of the person who
    took it: values may be words and references that name others. `rows` met them, up to the
    position `until` of the log; it is absent where there was no row.
    """

    listed: ListName
    format: FileFormat
    filters: Box
    rows: int
    until: int | None = None


@upcasts(ListExported, from_version=1)
def export_no_prompts(payload: Payload) -> Payload:
    """Version 1 was written when there was no list of prompts."""
    return payload
