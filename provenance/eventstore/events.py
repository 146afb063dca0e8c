"""The log's own event: the key of something that it holds was destroyed."""

from typing import Literal
from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.eventstore.listings import Listing

Owner = Literal["document", "retrieval", "prompt", "output", "erasure"]


@event_type("SubjectKeyDestroyed", version=1)
class SubjectKeyDestroyed(EventData):
    """What the key `kid` sealed can never be read again; recorded in the stream of its owner.

    Of a document, `passages` lists the keyed hashes of its texts: their vectors go with it.
    """

    erasure_id: UUID
    kid: str
    owner: Owner
    owner_id: UUID
    passages: Listing | None = None
