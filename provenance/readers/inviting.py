"""Invites guests, revokes their links, lets them enter, and knows who entered.

A link is a secret of 256 random bits, of which only the SHA-256 is kept: it is found by its hash,
so no comparison tells by its time how much of a guess was right.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from provenance.accounts.access import Principal
from provenance.cases.access import EDITORS
from provenance.cases.casework import read_case
from provenance.eventstore import store
from provenance.eventstore.canonical import instant
from provenance.eventstore.event_types import EventData
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import Actor, NewEvent
from provenance.eventstore.sealed import Sealer
from provenance.eventstore.store import decides_again
from provenance.readers import guests
from provenance.readers.errors import GuestUnknown, LinkUnknown, NameRefused
from provenance.readers.events import GuestEntered, GuestInvited, GuestRevoked, GuestScope
from provenance.readers.guests import Guest, Scope
from provenance.readers.models import GuestLink, GuestSession
from provenance.sealing.keys import key_for

MAX_NAME_CHARACTERS = 200
SESSION_HOURS = 12


def stream_of(guest_id: UUID) -> str:
    return f"guest-{guest_id}"


def actor_of(guest_id: UUID) -> Actor:
    return Actor(guests.ACTOR_TYPE, str(guest_id))


def read_guest(guest_id: UUID) -> Guest | None:
    """Straight from the log, so that a revocation counts at once; one query."""
    events = store.read_stream(stream_of(guest_id), types=[GuestInvited, GuestRevoked])
    return guests.fold(event.data for event in events)


@transaction.atomic
def invite_guest(
    *, name: str, scope: Scope, expires_at: datetime, redacted: bool, principal: Principal
) -> tuple[UUID, str]:
    """The guest's id and the secret of the link, which is not kept.

    Raises NameRefused, ScopeRefused, ExpiryRefused, CaseUnknown, PermissionDenied.
    """
    _require_inviter(principal)
    name = _checked_name(name)
    guests.require_scope(scope)
    guests.require_expiry(expires_at, now=timezone.now())
    if scope.case_id is not None:
        read_case(scope.case_id, principal=principal)
    guest_id, event_id, secret = new_id(), new_id(), secrets.token_urlsafe(32)
    GuestLink.objects.create(guest_id=guest_id, sha256=_digest(secret))
    sealer = Sealer(event_id=event_id, key=key_for("subject", guest_id))
    data = GuestInvited(
        guest_id=guest_id,
        name=sealer.text("name", name),
        scope=GuestScope(
            case_id=scope.case_id,
            since=scope.since and instant(scope.since),
            until=scope.until and instant(scope.until),
        ),
        expires_at=instant(expires_at),
        redacted=redacted,
    )
    _append(data, guest_id, head=0, actor=principal.actor, event_id=event_id)
    return guest_id, secret


@decides_again
@transaction.atomic
def revoke_guest(*, guest_id: UUID, principal: Principal) -> None:
    """Raises GuestUnknown, AlreadyRevoked, PermissionDenied."""
    _require_inviter(principal)
    head = store.stream_version(stream_of(guest_id))
    guest = read_guest(guest_id)
    if guest is None:
        raise GuestUnknown(guest_id)
    guests.require_not_revoked(guest)
    GuestSession.objects.filter(guest_id=guest_id).delete()
    _append(GuestRevoked(guest_id=guest_id), guest_id, head=head, actor=principal.actor)


def guest_of_link(secret: str) -> Guest:
    """Who the link was made for. Raises LinkUnknown."""
    link = GuestLink.objects.filter(sha256=_digest(secret)).first()
    return _reading(None if link is None else link.guest_id)


@decides_again
@transaction.atomic
def enter(*, secret: str) -> tuple[str, datetime]:
    """The secret of a new session, and when it ends: with the link, at the latest after hours.

    Raises LinkUnknown.
    """
    guest = guest_of_link(secret)
    head = store.stream_version(stream_of(guest.guest_id))
    now, session = timezone.now(), secrets.token_urlsafe(32)
    expires_at = min(guest.expires_at, now + timedelta(hours=SESSION_HOURS))
    GuestSession.objects.filter(expires_at__lt=now).delete()
    GuestSession.objects.create(
        sha256=_digest(session), guest_id=guest.guest_id, expires_at=expires_at
    )
    entered = GuestEntered(guest_id=guest.guest_id)
    _append(entered, guest.guest_id, head=head, actor=actor_of(guest.guest_id))
    return session, expires_at


def guest_of_session(session: str) -> Guest:
    """Who entered. Raises LinkUnknown, also where the link was revoked or expired since."""
    found = GuestSession.objects.filter(
        sha256=_digest(session), expires_at__gt=timezone.now()
    ).first()
    return _reading(None if found is None else found.guest_id)


def leave(*, session: str) -> None:
    """Ends a session; the link still opens another one."""
    GuestSession.objects.filter(sha256=_digest(session)).delete()


def _reading(guest_id: UUID | None) -> Guest:
    guest = None if guest_id is None else read_guest(guest_id)
    if guest is None or not guest.may_read(timezone.now()):
        raise LinkUnknown
    return guest


def _require_inviter(principal: Principal) -> None:
    if principal.role not in EDITORS or principal.collections is not None:
        raise PermissionDenied("Guests are invited by reviewers who may see every collection.")


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        raise NameRefused(MAX_NAME_CHARACTERS)
    return name


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _append(
    data: EventData, guest_id: UUID, *, head: int, actor: Actor, event_id: UUID | None = None
) -> None:
    stream = stream_of(guest_id)
    new = NewEvent(data=data, stream=stream, event_id=event_id or new_id(), actor=actor)
    store.append([new], expected={stream: head})
