"""The events of erasures and of legal holds."""

from typing import Literal
from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.eventstore.listings import Listing
from provenance.sealing.box import Box

Scope = Literal["subject", "document", "interaction"]


class Attachment(EventData):
    """A blob without personal text, as it was handed out."""

    blob: str
    bytes: int


@event_type("HoldPlaced", version=1)
class HoldPlaced(EventData):
    """Nothing of this may be erased until the hold is released.

    `subject` seals a person's or a case's reference; `target_id` is a document or an output.
    """

    hold_id: UUID
    scope: Scope
    subject: Box | None = None
    target_id: UUID | None = None
    reason: Box


@event_type("HoldReleased", version=1)
class HoldReleased(EventData):
    """The hold no longer stands."""

    hold_id: UUID
    reason: Box


@event_type("ErasureRequested", version=1)
class ErasureRequested(EventData):
    """Somebody asked to erase something.

    `subject` lies under a key of its own, which goes last when the erasure is carried out; the
    reason stays. `with_interactions` also takes the interactions that a document went into.
    """

    erasure_id: UUID
    scope: Scope
    subject: Box | None = None
    target_id: UUID | None = None
    with_interactions: bool = False
    reason: Box


@event_type("ErasureApproved", version=1)
class ErasureApproved(EventData):
    """Another person agreed: the erasure is carried out from here on."""

    erasure_id: UUID


@event_type("ErasureRejected", version=1)
class ErasureRejected(EventData):
    """The erasure was refused, or taken back by whoever asked for it."""

    erasure_id: UUID
    reason: Box


@event_type("ErasureStarted", version=1)
class ErasureStarted(EventData):
    """What is going to be erased: `records` lists [owner, id] of each key."""

    erasure_id: UUID
    records: Listing
    left_out: int


@event_type("ErasureExecuted", version=1)
class ErasureExecuted(EventData):
    """Every key is destroyed, and every blob that only they opened is gone."""

    erasure_id: UUID
    keys: int
    blobs: int


@event_type("ErasureCertified", version=1)
class ErasureCertified(EventData):
    """Every read model has forgotten the words, and the certificate is written."""

    erasure_id: UUID
    vectors: int
    events: int
    certificate: Attachment
    signed: bool
