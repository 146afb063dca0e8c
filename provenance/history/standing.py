"""Where a document version stands today, in the words a reviewer reads."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

ALWAYS = datetime.min.replace(tzinfo=UTC)
BY_STAGE = {
    "submitted": "pending",
    "processed": "pending",
    "failed": "failed",
    "erased": "erased",
    "quarantined": "quarantined",
}


@dataclass(frozen=True)
class VersionDates:
    """What decides the standing of one version."""

    version_id: UUID
    document_id: UUID
    version_number: int
    stage: str
    submitted_at: datetime
    indexed_position: int | None
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    withdrawn: bool = False
    withdrawn_from: datetime | None = None

    @property
    def is_known(self) -> bool:
        """It became searchable once; one in quarantine still stands before lower ones."""
        told = self.stage not in BY_STAGE or self.is_quarantined
        return self.indexed_position is not None and told

    @property
    def is_quarantined(self) -> bool:
        return self.stage == "quarantined"

    def is_withdrawn(self, now: datetime) -> bool:
        return self.withdrawn and (self.withdrawn_from is None or self.withdrawn_from <= now)

    def has_begun(self, now: datetime) -> bool:
        return self.effective_from is None or self.effective_from <= now

    def has_ended(self, now: datetime) -> bool:
        return self.effective_until is not None and self.effective_until <= now


@dataclass(frozen=True)
class Standing:
    """Where a version stands; `by` is the version that took over, `today` the one that speaks now.

    `kind`: current, replaced, expired, upcoming, withdrawn, quarantined, erased, pending, failed
    or unknown.
    """

    kind: str
    since: datetime | None = None
    by: VersionDates | None = None
    today: VersionDates | None = None

    @property
    def is_outdated(self) -> bool:
        """The version no longer speaks for its document."""
        return self.kind in {"replaced", "expired", "withdrawn", "quarantined", "erased"}


UNKNOWN = Standing("unknown")


def standings(versions: Iterable[VersionDates], now: datetime) -> dict[UUID, Standing]:
    """The standing of every version, given all versions of each document that occurs."""
    documents: dict[UUID, list[VersionDates]] = defaultdict(list)
    for version in versions:
        documents[version.document_id].append(version)
    return {
        version.version_id: _standing(version, siblings, _today(siblings, now), now)
        for siblings in documents.values()
        for version in siblings
    }


def _today(siblings: Sequence[VersionDates], now: datetime) -> VersionDates | None:
    """The highest version that has begun, unless it is over: nothing revives a lower one."""
    begun = [v for v in siblings if v.is_known and v.has_begun(now)]
    highest = max(begun, key=lambda v: v.version_number, default=None)
    if highest is None or highest.has_ended(now) or highest.is_withdrawn(now):
        return None
    return None if highest.is_quarantined else highest


def _standing(
    version: VersionDates,
    siblings: Sequence[VersionDates],
    today: VersionDates | None,
    now: datetime,
) -> Standing:
    if version.is_withdrawn(now):
        return Standing("withdrawn", version.withdrawn_from, today=today)
    if version.stage in BY_STAGE:
        return Standing(BY_STAGE[version.stage], today=today)
    if version is today:
        return Standing("current", version.effective_from, today=today)
    successor = _successor(version, siblings, now)
    if successor is not None:
        since = successor.effective_from or successor.submitted_at
        return Standing("replaced", since, by=successor, today=today)
    if version.has_ended(now):
        return Standing("expired", version.effective_until, today=today)
    return Standing("upcoming", version.effective_from, today=today)


def _successor(
    version: VersionDates, siblings: Sequence[VersionDates], now: datetime
) -> VersionDates | None:
    """The first higher version to take effect ended this one."""
    higher = [
        v
        for v in siblings
        if v.version_number > version.version_number and v.is_known and v.has_begun(now)
    ]
    return min(higher, key=lambda v: (v.effective_from or ALWAYS, v.version_number), default=None)
