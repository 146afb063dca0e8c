"""The rules of an erasure: who may decide what, and when. Pure: it knows no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from provenance.eventstore.event_types import EventData
from provenance.eventstore.recorded import Actor
from provenance.review.errors import AlreadyDecided, LegalHoldStands, SamePerson
from provenance.review.events import (
    ErasureApproved,
    ErasureCertified,
    ErasureExecuted,
    ErasureRejected,
    ErasureRequested,
    ErasureStarted,
    Scope,
)


class Status(StrEnum):
    """How far an erasure is."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    STARTED = "started"
    EXECUTED = "executed"
    CERTIFIED = "certified"


AFTER: dict[type[EventData], Status] = {
    ErasureRequested: Status.REQUESTED,
    ErasureApproved: Status.APPROVED,
    ErasureRejected: Status.REJECTED,
    ErasureStarted: Status.STARTED,
    ErasureExecuted: Status.EXECUTED,
    ErasureCertified: Status.CERTIFIED,
}


@dataclass(frozen=True)
class Erasure:
    """An erasure as its stream tells it."""

    erasure_id: UUID
    scope: Scope
    target_id: UUID | None
    with_interactions: bool
    requester: str
    status: Status = Status.REQUESTED


def party_of(actor: Actor) -> str:
    """Who counts as one pair of eyes: a person, or all keys of one application together."""
    if actor.type == "api_key":
        return f"application {actor.application}"
    return f"{actor.type} {actor.id}"


def fold(events: Iterable[tuple[Actor, EventData]]) -> Erasure | None:
    """The erasure that (actor, data) pairs in stream order tell; None for an empty stream."""
    erasure: Erasure | None = None
    for actor, data in events:
        if isinstance(data, ErasureRequested):
            erasure = Erasure(
                erasure_id=data.erasure_id,
                scope=data.scope,
                target_id=data.target_id,
                with_interactions=data.with_interactions,
                requester=party_of(actor),
            )
        elif erasure is not None and type(data) in AFTER:
            erasure = replace(erasure, status=AFTER[type(data)])
    return erasure


def approve(erasure: Erasure, *, approver: Actor, holds: Sequence[UUID]) -> ErasureApproved:
    """Raises AlreadyDecided, SamePerson, LegalHoldStands."""
    _require_open(erasure)
    if party_of(approver) == erasure.requester:
        raise SamePerson
    if holds:
        raise LegalHoldStands(holds)
    return ErasureApproved(erasure_id=erasure.erasure_id)


def require_rejectable(erasure: Erasure) -> None:
    """Rejecting needs no second person, and no hold forbids it. Raises AlreadyDecided."""
    _require_open(erasure)


def _require_open(erasure: Erasure) -> None:
    if erasure.status != Status.REQUESTED:
        raise AlreadyDecided(erasure.status)
