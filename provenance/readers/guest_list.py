"""Folds who was invited, entered, looked and was shut out into the list that inviters read."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F, Model

from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_text
from provenance.exports.events import EvidenceExported
from provenance.projections.projection import Projection, handles, projection
from provenance.readers.events import GuestEntered, GuestInvited, GuestRevoked, RecordViewed
from provenance.readers.guests import ACTOR_TYPE
from provenance.readers.models import GuestEntry
from provenance.review.projections import named


@projection
class GuestList(Projection):
    """One row for each guest."""

    name: ClassVar[str] = "guests"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (GuestEntry,)

    @handles(GuestInvited)
    def add_guest(self, event: Recorded[GuestInvited]) -> None:
        data = event.data
        GuestEntry.objects.create(
            guest_id=data.guest_id,
            position=event.place,
            name=reveal_text(event, "name") or "",
            case_id=data.scope.case_id,
            since=_time(data.scope.since),
            until=_time(data.scope.until),
            expires_at=datetime.fromisoformat(data.expires_at),
            redacted=data.redacted,
            invited_by=named(event.actor),
            invited_at=event.recorded_at,
        )

    @handles(GuestEntered)
    def note_entry(self, event: Recorded[GuestEntered]) -> None:
        entered = {"entries": F("entries") + 1, "entered_at": event.recorded_at}
        _change(event.data.guest_id, **entered)

    @handles(GuestRevoked)
    def note_revocation(self, event: Recorded[GuestRevoked]) -> None:
        revoked = {"revoked_by": named(event.actor), "revoked_at": event.recorded_at}
        _change(event.data.guest_id, **revoked)

    @handles(RecordViewed)
    def count_view(self, event: Recorded[RecordViewed]) -> None:
        _count(event)

    @handles(EvidenceExported)
    def count_export(self, event: Recorded[EvidenceExported]) -> None:
        _count(event)


def _count(event: Recorded[Any]) -> None:
    if event.actor.type == ACTOR_TYPE:
        _change(UUID(event.actor.id), views=F("views") + 1)


def _change(guest_id: UUID, **changes: Any) -> None:
    GuestEntry.objects.filter(guest_id=guest_id).update(**changes)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
