"""The rules of releasing a range of the log: who asked, who agreed, what follows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from provenance.eventstore.event_types import EventData
from provenance.eventstore.recorded import Actor
from provenance.integrity.errors import ReleaseDecided, ReleaseNeedsAnother
from provenance.integrity.events import (
    RangeReleaseApproved,
    RangeReleased,
    RangeReleaseRejected,
    RangeReleaseRequested,
)

STREAM = "releases"


class Status(StrEnum):
    """How far a release is."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    RELEASED = "released"


AFTER: dict[type[EventData], Status] = {
    RangeReleaseApproved: Status.APPROVED,
    RangeReleaseRejected: Status.REJECTED,
    RangeReleased: Status.RELEASED,
}
FROM = {
    Status.APPROVED: Status.REQUESTED,
    Status.REJECTED: Status.REQUESTED,
    Status.RELEASED: Status.APPROVED,
}


@dataclass(frozen=True)
class Release:
    """A release as the stream tells it."""

    asked: RangeReleaseRequested
    requester: Actor
    status: Status = Status.REQUESTED
    approver: Actor | None = None


def fold(events: Iterable[tuple[Actor, EventData]]) -> dict[UUID, Release]:
    """Every release, in the order in which they were asked for.

    What does not follow (an approval by whoever asked, a release that nobody approved) changes
    nothing: whoever wrote it into the log got round the commands.
    """
    found: dict[UUID, Release] = {}
    for actor, data in events:
        if isinstance(data, RangeReleaseRequested):
            found.setdefault(data.release_id, Release(data, actor))
        elif isinstance(data, RangeReleaseApproved | RangeReleaseRejected | RangeReleased):
            release = found.get(data.release_id)
            if release is not None and _follows(release, actor, data):
                found[data.release_id] = _after(release, actor, data)
    return found


def approve(release: Release, *, approver: Actor) -> RangeReleaseApproved:
    """Raises ReleaseDecided, ReleaseNeedsAnother."""
    require_open(release)
    if _same(release.requester, approver):
        raise ReleaseNeedsAnother
    return RangeReleaseApproved(release_id=release.asked.release_id)


def require_open(release: Release) -> None:
    """Raises ReleaseDecided."""
    if release.status != Status.REQUESTED:
        raise ReleaseDecided(release.status)


def _follows(release: Release, actor: Actor, data: EventData) -> bool:
    if release.status != FROM[AFTER[type(data)]]:
        return False
    if isinstance(data, RangeReleased):
        asked = release.asked
        said = (data.first, data.end, data.archive_sha256)
        return said == (asked.first, asked.end, asked.archive_sha256)
    return not (isinstance(data, RangeReleaseApproved) and _same(release.requester, actor))


def _after(release: Release, actor: Actor, data: EventData) -> Release:
    approver = actor if isinstance(data, RangeReleaseApproved) else release.approver
    return replace(release, status=AFTER[type(data)], approver=approver)


def _same(one: Actor, other: Actor) -> bool:
    return (one.type, one.id) == (other.type, other.id)
