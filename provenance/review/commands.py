"""Asks for erasures, approves and rejects them, places and releases holds.

All of it is for people and keys that see every collection; deciding is for administrators.
"""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from provenance.accounts.access import Principal
from provenance.accounts.models import Scope as KeyScope
from provenance.eventstore import store
from provenance.eventstore.event_types import EventData
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import NewEvent, Recorded
from provenance.eventstore.sealed import Sealer, reveal_text
from provenance.eventstore.store import append, decides_again
from provenance.review import erasures, holds
from provenance.review.erasures import Erasure
from provenance.review.errors import (
    AlreadyReleased,
    ErasureUnknown,
    HoldUnknown,
    LegalHoldStands,
    NothingToErase,
)
from provenance.review.events import (
    ErasureRejected,
    ErasureRequested,
    HoldPlaced,
    HoldReleased,
)
from provenance.review.finding import Found, Target, find
from provenance.sealing.box import Box
from provenance.sealing.keys import key_for

MAX_REASON_CHARACTERS = 4000


def stream_of(erasure_id: UUID) -> str:
    return f"erasure-{erasure_id}"


def preview(target: Target, *, principal: Principal) -> tuple[Found, list[UUID]]:
    """What would go, and the holds that forbid it. Raises PermissionDenied."""
    _require_whole_view(principal)
    found = find(target)
    return found, holds.holds_on(found.records, target)


@decides_again
@transaction.atomic
def request_erasure(target: Target, *, reason: str, principal: Principal) -> UUID:
    """Records that an erasure is asked for; nothing goes before somebody else agrees.

    Raises NothingToErase, LegalHoldStands, PermissionDenied.
    """
    found, held = preview(target, principal=principal)
    if not found.records:
        raise NothingToErase
    if held:
        raise LegalHoldStands(held)
    erasure_id = new_id()
    event_id = derived_id(erasure_id, "ErasureRequested")
    data = ErasureRequested(
        erasure_id=erasure_id,
        scope=target.scope,
        subject=_sealed_subject(target, event_id, erasure_id),
        target_id=target.target_id,
        with_interactions=target.with_interactions,
        reason=_sealed_reason(reason, event_id, erasure_id),
    )
    _append(data, stream=stream_of(erasure_id), head=0, event_id=event_id, principal=principal)
    return erasure_id


@decides_again
@transaction.atomic
def approve_erasure(*, erasure_id: UUID, principal: Principal) -> None:
    """Lets the erasure be carried out.

    Raises ErasureUnknown, AlreadyDecided, SamePerson, LegalHoldStands, PermissionDenied.
    """
    _require_administrator(principal)
    events, erasure = read_erasure(erasure_id)
    holds.share_holds()
    target = target_of(events)
    held = holds.holds_on(find(target).records, target)
    data = erasures.approve(erasure, approver=principal.actor, holds=held)
    _append(
        data,
        stream=stream_of(erasure_id),
        head=len(events),
        event_id=derived_id(erasure_id, "ErasureApproved"),
        principal=principal,
    )


@decides_again
@transaction.atomic
def reject_erasure(*, erasure_id: UUID, reason: str, principal: Principal) -> None:
    """Refuses an erasure; whoever asked for it may take it back.

    Raises ErasureUnknown, AlreadyDecided, PermissionDenied.
    """
    events, erasure = read_erasure(erasure_id)
    if erasures.party_of(principal.actor) != erasure.requester:
        _require_administrator(principal)
    erasures.require_rejectable(erasure)
    event_id = derived_id(erasure_id, "ErasureRejected")
    data = ErasureRejected(
        erasure_id=erasure_id, reason=_sealed_reason(reason, event_id, erasure_id)
    )
    _append(
        data,
        stream=stream_of(erasure_id),
        head=len(events),
        event_id=event_id,
        principal=principal,
    )


@decides_again
@transaction.atomic
def place_hold(
    target: Target, *, reason: str, principal: Principal, hold_id: UUID | None = None
) -> UUID:
    """Forbids to erase anything of the target. Raises PermissionDenied."""
    _require_administrator(principal)
    holds.lock_holds()
    hold_id = hold_id or new_id()
    event_id = derived_id(hold_id, "HoldPlaced")
    data = HoldPlaced(
        hold_id=hold_id,
        scope=target.scope,
        subject=_sealed_subject(target, event_id, hold_id),
        target_id=target.target_id,
        reason=_sealed_reason(reason, event_id, hold_id),
    )
    _append(
        data,
        stream=holds.STREAM,
        head=store.stream_version(holds.STREAM),
        event_id=event_id,
        principal=principal,
    )
    return hold_id


@decides_again
@transaction.atomic
def release_hold(*, hold_id: UUID, reason: str, principal: Principal) -> None:
    """Ends a hold. Raises HoldUnknown, AlreadyReleased, PermissionDenied."""
    _require_administrator(principal)
    holds.lock_holds()
    event_id = derived_id(hold_id, "HoldReleased")
    if store.read_event(derived_id(hold_id, "HoldPlaced")) is None:
        raise HoldUnknown(hold_id)
    if store.read_event(event_id) is not None:
        raise AlreadyReleased
    data = HoldReleased(hold_id=hold_id, reason=_sealed_reason(reason, event_id, hold_id))
    _append(
        data,
        stream=holds.STREAM,
        head=store.stream_version(holds.STREAM),
        event_id=event_id,
        principal=principal,
    )


def read_erasure(erasure_id: UUID) -> tuple[list[Recorded[Any]], Erasure]:
    """The events of the erasure and what they tell. Raises ErasureUnknown."""
    events = store.read_stream(stream_of(erasure_id))
    erasure = erasures.fold((event.actor, event.data) for event in events)
    if erasure is None:
        raise ErasureUnknown(erasure_id)
    return events, erasure


def target_of(events: list[Recorded[Any]]) -> Target:
    """What the first event of an erasure asks for; without a subject once that is erased."""
    requested: Recorded[ErasureRequested] = events[0]
    data = requested.data
    subject = reveal_text(requested, "subject") if data.subject else None
    return Target(data.scope, subject, data.target_id, data.with_interactions)


def _sealed_subject(target: Target, event_id: UUID, owner: UUID) -> Box | None:
    if target.subject is None:
        return None
    return Sealer(event_id=event_id, key=key_for("subject", owner)).text("subject", target.subject)


def _sealed_reason(reason: str, event_id: UUID, owner: UUID) -> Box:
    sealer = Sealer(event_id=event_id, key=key_for("review", owner))
    return sealer.text("reason", reason[:MAX_REASON_CHARACTERS])


def _append(
    data: EventData, *, stream: str, head: int, event_id: UUID, principal: Principal
) -> None:
    new = NewEvent(data=data, stream=stream, event_id=event_id, actor=principal.actor)
    append([new], expected={stream: head})


def _require_whole_view(principal: Principal) -> None:
    if principal.collections is not None:
        raise PermissionDenied("Erasures are for those who may see every collection.")


def _require_administrator(principal: Principal) -> None:
    _require_whole_view(principal)
    if not principal.has(KeyScope.ADMIN):
        raise PermissionDenied("This is for administrators.")
