"""Folds reviews, cases and queues into the rows that lists of work are read from."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F, Model

from provenance.cases import reviews
from provenance.cases.events import (
    CaseAssigned,
    CaseClosed,
    CaseHeld,
    CaseHoldLifted,
    CaseOpened,
    CaseReopened,
    CommentAdded,
    FindingRaised,
    FindingResolved,
    OutputAddedToCase,
    OutputRemovedFromCase,
    OutputSigned,
    QueueDefined,
    QueueRetired,
    ReviewAssigned,
    ReviewReopened,
    RubricAnswered,
)
from provenance.cases.models import CaseEntry, CaseOutput, QueueEntry, ReviewEntry
from provenance.cases.reviews import Review
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_text
from provenance.projections.projection import (
    Events,
    Projection,
    handles,
    handles_all,
    projection,
)
from provenance.review.projections import named


@projection
class Workplace(Projection):
    """One row for each review, case and queue."""

    name: ClassVar[str] = "reviews"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (ReviewEntry, CaseEntry, CaseOutput, QueueEntry)

    @handles(ReviewAssigned)
    def assign(self, event: Recorded[ReviewAssigned]) -> None:
        _go_on(event)

    @handles(RubricAnswered)
    def answer(self, event: Recorded[RubricAnswered]) -> None:
        _go_on(event)

    @handles(FindingRaised)
    def add_finding(self, event: Recorded[FindingRaised]) -> None:
        _go_on(event, findings=1)

    @handles(FindingResolved)
    def resolve_finding(self, event: Recorded[FindingResolved]) -> None:
        _go_on(event)

    @handles(CommentAdded)
    def add_comment(self, event: Recorded[CommentAdded]) -> None:
        if event.data.output_id is not None:
            _go_on(event, comments=1)
        elif event.data.case_id is not None:
            _change(event.data.case_id, comments=F("comments") + 1)

    @handles(OutputSigned)
    def sign(self, event: Recorded[OutputSigned]) -> None:
        _go_on(event, meaning=event.data.meaning)

    @handles(ReviewReopened)
    def reopen(self, event: Recorded[ReviewReopened]) -> None:
        _go_on(event)

    @handles_all(SubjectKeyDestroyed, alone=True)
    def forget(self, events: Events[SubjectKeyDestroyed]) -> None:
        _forget(events)

    @handles(CaseOpened)
    def add_case(self, event: Recorded[CaseOpened]) -> None:
        CaseEntry.objects.create(
            case_id=event.data.case_id,
            position=event.place,
            title=reveal_text(event, "title") or "",
            opened_by=named(event.actor),
            opened_at=event.recorded_at,
        )

    @handles(CaseAssigned)
    def assign_case(self, event: Recorded[CaseAssigned]) -> None:
        data = event.data
        _change(data.case_id, assignee=data.assignee, due_on=_day(data.due_on))

    @handles(OutputAddedToCase)
    def gather(self, event: Recorded[OutputAddedToCase]) -> None:
        data = event.data
        before = CaseOutput.objects.filter(case_id=data.case_id, output_id=data.output_id)
        if not before.update(position=event.place, removed_at=None):
            CaseOutput.objects.create(
                case_id=data.case_id, output_id=data.output_id, position=event.place
            )
        _change(data.case_id, outputs=F("outputs") + 1)

    @handles(OutputRemovedFromCase)
    def let_go(self, event: Recorded[OutputRemovedFromCase]) -> None:
        data = event.data
        CaseOutput.objects.filter(case_id=data.case_id, output_id=data.output_id).update(
            removed_at=event.recorded_at
        )
        _change(data.case_id, outputs=F("outputs") - 1)

    @handles(CaseHeld)
    def hold(self, event: Recorded[CaseHeld]) -> None:
        _change(event.data.case_id, held=True)

    @handles(CaseHoldLifted)
    def lift(self, event: Recorded[CaseHoldLifted]) -> None:
        _change(event.data.case_id, held=False)

    @handles(CaseClosed)
    def close(self, event: Recorded[CaseClosed]) -> None:
        _change(event.data.case_id, closed_at=event.recorded_at)

    @handles(CaseReopened)
    def go_on_with_case(self, event: Recorded[CaseReopened]) -> None:
        _change(event.data.case_id, closed_at=None)

    @handles(QueueDefined)
    def add_queue(self, event: Recorded[QueueDefined]) -> None:
        QueueEntry.objects.create(
            queue_id=event.data.queue_id,
            position=event.place,
            name=reveal_text(event, "name") or "",
            defined_by=named(event.actor),
            defined_at=event.recorded_at,
            **event.data.rule.model_dump(),
        )

    @handles(QueueRetired)
    def retire(self, event: Recorded[QueueRetired]) -> None:
        QueueEntry.objects.filter(queue_id=event.data.queue_id).update(retired_at=event.recorded_at)


def _go_on(
    event: Recorded[Any], *, findings: int = 0, comments: int = 0, meaning: str = ""
) -> None:
    """The rules say what follows for the review; the row keeps it."""
    row = ReviewEntry.objects.filter(output_id=event.data.output_id).first()
    before = Review() if row is None else _review_of(row)
    review = reviews.after(before, event.actor, event.data)
    told = row.meanings if row and before.round == review.round else []
    ReviewEntry(
        output_id=event.data.output_id,
        position=event.place,
        status=review.status,
        version=review.version,
        last_addition=review.last_addition,
        round=review.round,
        assignee=review.assignee,
        due_on=_day(review.due_on),
        answers=dict(review.answers),
        open_findings=sorted(review.open_findings),
        signers=list(review.signers),
        needed=review.needed,
        findings=findings + (row.findings if row else 0),
        comments=comments + (row.comments if row else 0),
        meanings=[*told, *([meaning] if meaning else [])],
        changed_at=event.recorded_at,
        erased=row.erased if row else False,
    ).save(force_insert=row is None, force_update=row is not None)


def _review_of(row: ReviewEntry) -> Review:
    return Review(
        version=row.version,
        last_addition=row.last_addition,
        round=row.round,
        assignee=row.assignee,
        due_on=row.due_on.isoformat() if row.due_on else None,
        answers=row.answers,
        open_findings=frozenset(row.open_findings),
        signers=tuple(row.signers),
        needed=row.needed,
    )


def _forget(events: Sequence[Recorded[SubjectKeyDestroyed]]) -> None:
    """There is nothing left that could be reviewed; who signed stays."""
    gone = [event.data.owner_id for event in events if event.data.owner == "output"]
    ReviewEntry.objects.filter(output_id__in=gone).update(erased=True)


def _change(case_id: UUID, **changes: Any) -> None:
    CaseEntry.objects.filter(case_id=case_id).update(**changes)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
