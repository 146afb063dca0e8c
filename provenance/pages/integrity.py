"""What the page about integrity answers: is the log whole, since when, and who else says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from provenance.eventstore.recorded import Recorded
from provenance.eventstore.store import head_position
from provenance.integrity import checkpoints
from provenance.integrity.events import LogVerified
from provenance.integrity.growth import sealed_sizes
from provenance.integrity.models import Attestor, LogKey, SealedCheckpoint
from provenance.integrity.verification.outcomes import (
    Alarm,
    alarm,
    last_verification,
    recent_verifications,
)
from provenance.pages.charts import Chart, Slot, draw

CHECKPOINTS = 8
VERIFICATIONS = 8
SLOTS = 30
SHORTEST_SPAN = timedelta(minutes=30)


class Verdict(StrEnum):
    """What is known about the log, worst first."""

    BROKEN = "broken"
    UNSEALED = "unsealed"
    UNVERIFIED = "unverified"
    WHOLE = "whole"


@dataclass(frozen=True)
class Standing:
    """One look at the log: `sealed_since` is when its first checkpoint was signed."""

    size: int
    alarm: Alarm | None
    last: Recorded[LogVerified] | None
    newest: SealedCheckpoint | None
    sealed_since: datetime | None

    @property
    def verdict(self) -> Verdict:
        if self.alarm is not None:
            return Verdict.BROKEN
        if self.newest is None:
            return Verdict.UNSEALED
        return Verdict.WHOLE if self.last is not None else Verdict.UNVERIFIED

    @property
    def unsealed(self) -> int:
        """Events that no checkpoint covers yet."""
        return max(self.size - (self.newest.size if self.newest else 0), 0)

    @property
    def unverified(self) -> int:
        """Events recorded since the whole log was last recomputed."""
        return max(self.size - (self.last.data.size if self.last else 0), 0)


def standing() -> Standing:
    first = SealedCheckpoint.objects.order_by("id").first()
    return Standing(
        size=head_position() + 1,
        alarm=alarm(),
        last=last_verification(),
        newest=checkpoints.newest(),
        sealed_since=first.sealed_at if first else None,
    )


def verifications() -> list[Recorded[LogVerified]]:
    return recent_verifications(VERIFICATIONS)


def newest_checkpoints() -> list[SealedCheckpoint]:
    return checkpoints.listed(before=None, limit=CHECKPOINTS)


def keys() -> list[LogKey]:
    """The keys that have signed the log, the current one first."""
    return list(LogKey.objects.order_by("-id"))


def attestors() -> list[Attestor]:
    """Witnesses and anchors that were ever tried, those in trouble first."""
    found = Attestor.objects.order_by("kind", "name")
    return sorted(found, key=lambda each: not each.problem)


def growth(since: datetime | None) -> Chart | None:
    """The size of the sealed log over its life, in slots of equal length."""
    if since is None:
        return None
    now = timezone.now()
    start = min(since, now - SHORTEST_SPAN)
    step = (now - start) / SLOTS
    ends = [start + step * number for number in range(1, SLOTS)] + [now]
    sizes = sealed_sizes(ends)
    label = "%H:%M" if now - start < timedelta(days=2) else "%-d %b"
    slots = [Slot(end - step, (size,)) for end, size in zip(ends, sizes, strict=True)]
    return draw(slots, label=label)
