"""What goes on in a review: assignment, rubric, findings, comments, and new rounds."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from ingestion.models import Chunk
from ingestion.queries import visible_version
from provenance.accounts.access import Principal
from provenance.cases import reviews, words
from provenance.cases.access import require_assignable, reviewable_output
from provenance.cases.events import (
    Answer,
    CommentAdded,
    FindingRaised,
    FindingResolved,
    Resolution,
    ReviewAssigned,
    ReviewReopened,
    RubricAnswer,
    RubricAnswered,
    Severity,
)
from provenance.cases.reviews import Review
from provenance.cases.rubric import NAME, NAMES
from provenance.eventstore import store
from provenance.eventstore.event_types import EventData
from provenance.eventstore.fingerprints import fingerprint
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import NewEvent, Recorded
from provenance.eventstore.store import decides_again
from retrieval.errors import RequestRefused


def stream_of(output_id: UUID) -> str:
    return f"review-{output_id}"


def read_review(output_id: UUID) -> tuple[list[Recorded[Any]], Review]:
    """The events of a review and what they tell; an output that nobody looked at has none."""
    events = store.read_stream(stream_of(output_id))
    return events, reviews.fold((event.actor, event.data) for event in events)


@decides_again
@transaction.atomic
def assign_review(
    *, output_id: UUID, assignee: UUID | None, due_on: date | None = None, principal: Principal
) -> None:
    """Raises RecordNotFound, OutputErased, ReviewSigned, AssigneeRefused, PermissionDenied."""
    review, _ = _open(output_id, principal)
    require_assignable(assignee, outputs=[output_id])
    data = ReviewAssigned(
        output_id=output_id,
        round=review.round,
        assignee=assignee,
        due_on=due_on.isoformat() if due_on else None,
    )
    append_to(review, data, output_id=output_id, event_id=new_id(), principal=principal)


@decides_again
@transaction.atomic
def answer_rubric(
    *, output_id: UUID, answers: Mapping[str, Answer], note: str = "", principal: Principal
) -> None:
    """Questions may stay open until somebody signs.

    Raises RecordNotFound, OutputErased, ReviewSigned, RequestRefused, PermissionDenied.
    """
    review, _ = _open(output_id, principal)
    if not answers or not set(answers) <= set(NAMES):
        raise RequestRefused("answers", f"are to these questions: {', '.join(NAMES)}")
    event_id = new_id()
    data = RubricAnswered(
        output_id=output_id,
        round=review.round,
        rubric=NAME,
        answers=[
            RubricAnswer(question=name, answer=answers[name]) for name in NAMES if name in answers
        ],
        note=words.about_output("note", note, output_id=output_id, event_id=event_id)
        if note
        else None,
    )
    append_to(review, data, output_id=output_id, event_id=event_id, principal=principal)


@decides_again
@transaction.atomic
def raise_finding(
    *,
    output_id: UUID,
    finding_id: UUID,
    statement: str,
    severity: Severity,
    start: int | None = None,
    end: int | None = None,
    chunk_id: UUID | None = None,
    version_id: UUID | None = None,
    principal: Principal,
) -> None:
    """Pins what is wrong to a sentence, a passage, a version, or to the output as a whole.

    Raises RecordNotFound, DocumentUnknown, OutputErased, ReviewSigned, RequestRefused,
    PermissionDenied.
    """
    review, output = _open(output_id, principal)
    _require_span(start, end, len(output["text"] or ""))
    _require_passage(chunk_id, version_id, principal)
    event_id = derived_id(finding_id, "FindingRaised")
    data = FindingRaised(
        output_id=output_id,
        round=review.round,
        finding_id=finding_id,
        severity=severity,
        statement=words.about_output(
            "statement", statement, output_id=output_id, event_id=event_id
        ),
        start=start,
        end=end,
        chunk_id=chunk_id,
        version_id=version_id,
    )
    said = [statement, severity, start, end, str(chunk_id), str(version_id)]
    append_to(review, data, output_id=output_id, event_id=event_id, principal=principal, said=said)


@decides_again
@transaction.atomic
def resolve_finding(
    *, output_id: UUID, finding_id: UUID, resolution: Resolution, note: str, principal: Principal
) -> None:
    """Raises RecordNotFound, OutputErased, ReviewSigned, FindingUnknown, PermissionDenied."""
    review, _ = _open(output_id, principal)
    reviews.require_open_finding(review, finding_id)
    event_id = new_id()
    data = FindingResolved(
        output_id=output_id,
        round=review.round,
        finding_id=finding_id,
        resolution=resolution,
        note=words.about_output("note", note, output_id=output_id, event_id=event_id),
    )
    append_to(review, data, output_id=output_id, event_id=event_id, principal=principal)


@decides_again
@transaction.atomic
def comment_on_output(
    *, output_id: UUID, comment_id: UUID, text: str, principal: Principal
) -> None:
    """Raises RecordNotFound, OutputErased, ReviewSigned, PermissionDenied."""
    review, _ = _open(output_id, principal)
    event_id = derived_id(comment_id, "CommentAdded")
    data = CommentAdded(
        comment_id=comment_id,
        output_id=output_id,
        round=review.round,
        text=words.about_output("text", text, output_id=output_id, event_id=event_id),
    )
    append_to(review, data, output_id=output_id, event_id=event_id, principal=principal, said=text)


@decides_again
@transaction.atomic
def reopen_review(*, output_id: UUID, reason: str, principal: Principal) -> None:
    """Begins a new round; signatures of the last one stay where they are.

    Raises RecordNotFound, OutputErased, NothingSigned, PermissionDenied.
    """
    reviewable_output(output_id, principal=principal)
    _, review = read_review(output_id)
    reviews.require_signed(review)
    event_id = new_id()
    data = ReviewReopened(
        output_id=output_id,
        round=review.round + 1,
        reason=words.about_output("reason", reason, output_id=output_id, event_id=event_id),
    )
    append_to(review, data, output_id=output_id, event_id=event_id, principal=principal)


def append_to(
    review: Review,
    data: EventData,
    *,
    output_id: UUID,
    event_id: UUID,
    principal: Principal,
    said: object = None,
) -> None:
    """`said` is what an honest repeat under the same id says again. Raises VersionConflict."""
    stream = stream_of(output_id)
    new = NewEvent(
        data=data,
        stream=stream,
        event_id=event_id,
        actor=principal.actor,
        fingerprint=None if said is None else fingerprint([principal.actor.id, said]),
    )
    store.append([new], expected={stream: review.version})


def _open(output_id: UUID, principal: Principal) -> tuple[Review, dict[str, Any]]:
    output = reviewable_output(output_id, principal=principal)
    _, review = read_review(output_id)
    reviews.require_open(review)
    return review, output


def _require_span(start: int | None, end: int | None, length: int) -> None:
    if start is None and end is None:
        return
    if start is None or end is None or not 0 <= start < end <= length:
        raise RequestRefused("start", "must lie before end, and both inside the output's text")


def _require_passage(chunk_id: UUID | None, version_id: UUID | None, principal: Principal) -> None:
    if version_id is None:
        if chunk_id is not None:
            raise RequestRefused("version_id", "is needed with a passage")
        return
    visible_version(principal=principal, version_id=version_id)
    passages = Chunk.objects.filter(version_id=version_id)
    if chunk_id is not None and not passages.filter(chunk_id=chunk_id).exists():
        raise RequestRefused("chunk_id", "is no passage of this version")
