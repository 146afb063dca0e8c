"""The events of reading: who looked at a record, and who may for a while."""

from typing import Literal
from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.sealing.box import Box

RecordKind = Literal["output", "retrieval", "version", "event"]


@event_type("RecordViewed", version=1)
class RecordViewed(EventData):
    """Somebody was shown a record; who it was stands in the envelope.

    An output is shown as its trace, a version as its text or its original bytes, an event as its
    stored bytes.
    """

    kind: RecordKind
    record_id: UUID


class GuestScope(EventData):
    """What a guest may read: the outputs of a case, or those recorded in a range of time.

    `since` and `until` are RFC 3339 in UTC; `until` is exclusive.
    """

    case_id: UUID | None = None
    since: str | None = None
    until: str | None = None


@event_type("GuestInvited", version=1)
class GuestInvited(EventData):
    """Somebody without an account may read a few outputs until `expires_at`, RFC 3339 in UTC.

    The name lies sealed under the guest's own key. `redacted` says that what names people is
    withheld from the guest or masked.
    """

    guest_id: UUID
    name: Box
    scope: GuestScope
    expires_at: str
    redacted: bool


@event_type("GuestEntered", version=1)
class GuestEntered(EventData):
    """Somebody opened the link of a guest, and entered."""

    guest_id: UUID


@event_type("GuestRevoked", version=1)
class GuestRevoked(EventData):
    """The link of a guest, and whoever entered by it, opens nothing from here on."""

    guest_id: UUID
