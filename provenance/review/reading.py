"""Erasures and holds as people read them: from the register, or the log while it is behind."""

from uuid import UUID

from provenance.eventstore import store
from provenance.eventstore.sealed import reveal_text
from provenance.projections.models import WorkLease
from provenance.review.commands import read_erasure, target_of
from provenance.review.events import ErasureApproved, ErasureRejected
from provenance.review.models import ErasureEntry, HoldEntry
from provenance.review.projections import named


def erasure_entry(erasure_id: UUID) -> ErasureEntry:
    """The row, as far as the log is already where the register is not. Raises ErasureUnknown."""
    events, erasure = read_erasure(erasure_id)
    row = ErasureEntry.objects.filter(erasure_id=erasure_id).first()
    if row is None:
        target = target_of(events)
        row = ErasureEntry(
            erasure_id=erasure_id,
            position=store.position_of(events[0].event_id) or 0,
            scope=erasure.scope,
            subject=target.subject or "",
            target_id=erasure.target_id,
            with_interactions=erasure.with_interactions,
            reason=reveal_text(events[0], "reason") or "",
            requested_by=named(events[0].actor),
            requested_at=events[0].recorded_at,
        )
    row.status = erasure.status
    for event in events:
        if isinstance(event.data, ErasureApproved | ErasureRejected):
            row.decided_by, row.decided_at = named(event.actor), event.recorded_at
    return row


def listed_erasures(*, before: int | None, limit: int) -> list[ErasureEntry]:
    """Newest first, older than the position `before`."""
    found = ErasureEntry.objects.order_by("-position")
    return list((found if before is None else found.filter(position__lt=before))[:limit])


def listed_holds(*, before: int | None, limit: int) -> list[HoldEntry]:
    """Newest first, older than the position `before`."""
    found = HoldEntry.objects.order_by("-position")
    return list((found if before is None else found.filter(position__lt=before))[:limit])


def what_it_waits_for(erasure_id: UUID) -> str:
    """Why an approved erasure has not gone on, as the last attempt said; empty if nothing did."""
    problems = WorkLease.objects.filter(
        kind__in=("execute_erasure", "certify_erasure"), subject_id=erasure_id
    ).exclude(problem="")
    return problems.values_list("problem", flat=True).first() or ""
