"""The two clocks: when each version of a document represents it, given what is known.

At a position P and an effective time E a document is represented by its highest version known at
P with `effective_from <= E`, if E lies before that version's `effective_until` and before a
withdrawal that ends it, unless it is in quarantine. For one P this gives every version one range
of E, or none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


def counts_at(position: str, effective_at: str) -> str:
    """The rule as a condition in SQL on `retrieval_validity AS v`, for two SQL expressions."""
    return (
        f"(v.known_from <= {position} AND (v.known_to IS NULL OR v.known_to > {position})"
        f" AND (v.effective_from IS NULL OR v.effective_from <= {effective_at})"
        f" AND (v.effective_to IS NULL OR v.effective_to > {effective_at}))"
    )


@dataclass(frozen=True)
class KnownVersion:
    """A version that is known: indexed. Dates are None where there is no such limit."""

    version_id: UUID
    version_number: int
    submitted_position: int
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    quarantined: bool = False


@dataclass(frozen=True)
class Withdrawal:
    """Ends every version submitted before it, from a time on, or (None) altogether."""

    position: int
    effective_from: datetime | None = None


@dataclass(frozen=True)
class EffectiveRange:
    """`[start, end)` of effective time; None is without limit."""

    start: datetime | None
    end: datetime | None

    def contains(self, moment: datetime) -> bool:
        return (self.start is None or self.start <= moment) and (
            self.end is None or moment < self.end
        )


def effective_ranges(
    versions: Iterable[KnownVersion], withdrawals: Sequence[Withdrawal]
) -> dict[UUID, EffectiveRange]:
    """The range in which each of one document's known versions represents it.

    Versions that never do are left out.
    """
    ranges: dict[UUID, EffectiveRange] = {}
    superseded_from: datetime | None = None
    hidden = False
    for version in sorted(versions, key=lambda each: each.version_number, reverse=True):
        if not hidden:
            found = _range(version, withdrawals, superseded_from)
            if found is not None and not version.quarantined:
                ranges[version.version_id] = found
        # A version without effective_from was always in force: nothing lower ever shows again.
        hidden = hidden or version.effective_from is None
        superseded_from = _earliest([superseded_from, version.effective_from])
    return ranges


def _range(
    version: KnownVersion, withdrawals: Sequence[Withdrawal], superseded_from: datetime | None
) -> EffectiveRange | None:
    ending = [each for each in withdrawals if each.position > version.submitted_position]
    if any(each.effective_from is None for each in ending):
        return None
    end = _earliest(
        [superseded_from, version.effective_until, *(each.effective_from for each in ending)]
    )
    start = version.effective_from
    if start is not None and end is not None and end <= start:
        return None
    return EffectiveRange(start, end)


def _earliest(moments: Sequence[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
