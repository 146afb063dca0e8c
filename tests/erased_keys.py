"""Destroys data keys as an erasure does: asked for, approved by somebody else, and recorded."""

from collections.abc import Iterable
from typing import get_args
from uuid import UUID

from provenance.eventstore.event_types import EventData
from provenance.eventstore.events import Owner, SubjectKeyDestroyed
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, Actor, NewEvent
from provenance.eventstore.sealed import Sealer
from provenance.eventstore.store import append, stream_version
from provenance.review.events import ErasureApproved, ErasureRequested
from provenance.sealing.box import Box
from provenance.sealing.keys import destroy_keys, key_for

CAROL, DAVE = (Actor("user", f"019a0000-0000-7000-8000-00000000000{n}") for n in (1, 2))


def destroy(kids: Iterable[str], *, erasure_id: UUID | None = None) -> None:
    """Only the keys: blobs, vectors and caches stay."""
    erasure_id = erasure_id or approved_erasure()
    destroy_keys([record_destroyed(kid, erasure_id) for kid in kids])


def approved_erasure(*, asker: Actor = CAROL, by: Actor | None = DAVE) -> UUID:
    """An erasure that `asker` asked for, and `by` approved; nobody did for None."""
    erasure_id, event_id = new_id(), new_id()
    stream, reason = f"erasure-{erasure_id}", sealed_reason(event_id, erasure_id)
    requested = ErasureRequested(erasure_id=erasure_id, scope="interaction", reason=reason)
    record(requested, stream, event_id=event_id, actor=asker)
    if by is not None:
        record(ErasureApproved(erasure_id=erasure_id), stream, actor=by)
    return erasure_id


def sealed_reason(event_id: UUID, erasure_id: UUID) -> Box:
    return Sealer(event_id=event_id, key=key_for("review", erasure_id)).text("reason", "Asked.")


def record_destroyed(kid: str, erasure_id: UUID, *, stream: str | None = None) -> UUID:
    """In the stream of what the key is of; returns the id of the event."""
    owner_id = UUID(kid.partition(":")[2])
    owner = _owner(kid, owner_id)
    data = SubjectKeyDestroyed(erasure_id=erasure_id, kid=kid, owner=owner, owner_id=owner_id)
    return record(data, stream or f"{owner}-{owner_id}")


def record(
    data: EventData, stream: str, *, event_id: UUID | None = None, actor: Actor = SYSTEM
) -> UUID:
    event = NewEvent(data=data, stream=stream, event_id=event_id or new_id(), actor=actor)
    append([event], expected={stream: stream_version(stream)})
    return event.event_id


def _owner(kid: str, owner_id: UUID) -> Owner:
    """The kind whose stream is there; an output where there is none, an erasure of a person."""
    there: list[Owner] = [
        owner for owner in get_args(Owner) if stream_version(f"{owner}-{owner_id}")
    ]
    return there[0] if there else "erasure" if kid.startswith("subject:") else "output"
