"""The rules of a guest: what may be read, until when, and what ends it. Pure: no database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from provenance.eventstore.event_types import EventData
from provenance.readers.errors import AlreadyRevoked, ExpiryRefused, ScopeRefused
from provenance.readers.events import GuestInvited, GuestRevoked

# As CloudEvents names who has no account of the installation itself.
ACTOR_TYPE = "app_user"
MOST_DAYS = 90


@dataclass(frozen=True)
class Scope:
    """One case, or outputs recorded in `[since, until)`."""

    case_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def last_day(self) -> date | None:
        """The range as people say it: to the end of this day."""
        return None if self.until is None else (self.until - timedelta(microseconds=1)).date()


@dataclass(frozen=True)
class Guest:
    """A guest as the stream tells it."""

    guest_id: UUID
    scope: Scope
    expires_at: datetime
    redacted: bool
    revoked: bool = False

    def may_read(self, now: datetime) -> bool:
        return not self.revoked and now < self.expires_at


def fold(events: Iterable[EventData]) -> Guest | None:
    """The guest that events in stream order tell; None for an empty stream."""
    guest: Guest | None = None
    for data in events:
        match data:
            case GuestInvited():
                guest = _invited(data)
            case GuestRevoked() if guest is not None:
                guest = replace(guest, revoked=True)
            case _:
                continue
    return guest


def require_scope(scope: Scope) -> None:
    """Raises ScopeRefused."""
    ends = (scope.since, scope.until)
    if scope.case_id is not None:
        if any(ends):
            raise ScopeRefused
    elif scope.since is None or scope.until is None or scope.since >= scope.until:
        raise ScopeRefused


def require_expiry(expires_at: datetime, *, now: datetime) -> None:
    """Raises ExpiryRefused."""
    if not now < expires_at <= now + timedelta(days=MOST_DAYS):
        raise ExpiryRefused(MOST_DAYS)


def require_not_revoked(guest: Guest) -> None:
    """Raises AlreadyRevoked. One that expired may be revoked: it says that it was meant to end."""
    if guest.revoked:
        raise AlreadyRevoked


def _invited(data: GuestInvited) -> Guest:
    scope = data.scope
    return Guest(
        guest_id=data.guest_id,
        scope=Scope(scope.case_id, _time(scope.since), _time(scope.until)),
        expires_at=datetime.fromisoformat(data.expires_at),
        redacted=data.redacted,
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
