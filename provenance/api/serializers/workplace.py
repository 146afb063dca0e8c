"""Reviews of outputs, and cases, as JSON."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from provenance.api.fields import Id, no_blank
from provenance.api.problems import BadField
from provenance.api.serializers.queries import Paged
from provenance.api.serializers.shape import Answer, Input
from provenance.api.serializers.traces import EventOut
from provenance.cases.casework import MAX_OUTPUTS
from provenance.cases.events import Answer as RubricAnswer
from provenance.cases.events import Meaning, Resolution, Severity
from provenance.cases.words import MAX_CHARACTERS, MAX_TITLE_CHARACTERS

ReviewStatus = Literal["unreviewed", "in_review", "signed_once", "signed"]
Title = Annotated[str, StringConstraints(max_length=MAX_TITLE_CHARACTERS), AfterValidator(no_blank)]
Words = Annotated[str, StringConstraints(max_length=MAX_CHARACTERS), AfterValidator(no_blank)]


class ReviewsQuery(Paged):
    """Which reviews; an output that nobody has looked at has none."""

    status: Literal["in_review", "signed_once", "signed"] | None = None
    assignee: Id | None = None


class CasesQuery(Paged):
    """Which cases."""

    status: Literal["open", "closed"] | None = None
    output_id: Id | None = None


class ReviewRow(Answer):
    """A review as a list shows it; `meanings` are those of the signatures of its round."""

    output_id: UUID
    status: ReviewStatus
    round: int
    assignee: UUID | None
    due_on: date | None
    findings: int
    open_findings: int
    comments: int
    signatures: int
    signatures_needed: int
    meanings: list[Meaning]
    changed_at: datetime
    erased: bool


class ReviewListOut(Answer):
    """A page of reviews, the last changed first."""

    data: list[ReviewRow]
    next_cursor: str | None


class AnsweredQuestion(Answer):
    """A question of the rubric."""

    question: str
    text: str
    answer: RubricAnswer


class RubricOut(Answer):
    """The newest answers of the round."""

    name: str
    answers: list[AnsweredQuestion]
    note: str | None
    answered_by: str
    answered_at: datetime


class ResolvedOut(Answer):
    """What became of a finding."""

    resolution: Resolution
    note: str | None
    resolved_by: str
    resolved_at: datetime


class FindingOut(Answer):
    """What is wrong: `start` and `end` are code points of the output's text."""

    finding_id: UUID
    round: int
    severity: Severity
    statement: str | None
    start: int | None
    end: int | None
    chunk_id: UUID | None
    version_id: UUID | None
    raised_by: str
    raised_at: datetime
    resolved: ResolvedOut | None


class CommentOut(Answer):
    """What somebody said; null once it is erased."""

    comment_id: UUID
    round: int | None
    text: str | None
    added_by: str
    added_at: datetime


class SignedRecordOut(Answer):
    """The event that reported the output, and its leaf of the log."""

    event_id: UUID
    position: int
    leaf_hash: str


class SignatureOut(Answer):
    """Who signed what, when, and what that means; `event_id` is the signature's own event."""

    event_id: UUID
    position: int | None
    round: int
    meaning: Meaning
    printed_name: str | None
    reason: str | None
    signatures_needed: int
    covers: int
    factors: list[str]
    record: SignedRecordOut
    signed_by: str
    signed_at: datetime


class RoundOut(Answer):
    """A further round, and why it began."""

    round: int
    reason: str | None
    begun_by: str
    begun_at: datetime


class ReviewOut(Answer):
    """The record of a review. Texts are null once the output is erased."""

    output_id: UUID
    status: ReviewStatus
    version: int
    round: int
    assignee: UUID | None
    due_on: date | None
    signatures_needed: int
    rubric: RubricOut | None
    findings: list[FindingOut]
    open_findings: int
    comments: list[CommentOut]
    signatures: list[SignatureOut]
    rounds: list[RoundOut]
    events: list[EventOut]


class CaseRow(Answer):
    """A case as a list shows it."""

    case_id: UUID
    title: str
    status: Literal["open", "closed"]
    outputs: int
    held: bool
    assignee: UUID | None
    due_on: date | None
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None


class CaseListOut(Answer):
    """A page of cases, newest first."""

    data: list[CaseRow]
    next_cursor: str | None


class CaseOutputOut(Answer):
    """An output in the case."""

    output_id: UUID
    added_by: str
    added_at: datetime


class CaseHoldOut(Answer):
    """Nothing of the case can be erased."""

    reason: str | None
    placed_by: str
    placed_at: datetime


class CaseClosedOut(Answer):
    """How the case ended."""

    conclusion: str | None
    closed_by: str
    closed_at: datetime


class CaseRemovedOut(Answer):
    """An output that was taken out of the case."""

    output_id: UUID
    reason: str | None
    removed_by: str
    removed_at: datetime


class CaseReopenedOut(Answer):
    """Why the case went on after it was closed."""

    reason: str | None
    reopened_by: str
    reopened_at: datetime


class CaseOut(Answer):
    """The record of a case."""

    case_id: UUID
    title: str | None
    description: str | None
    opened_by: str
    opened_at: datetime
    assignee: UUID | None
    due_on: date | None
    outputs: list[CaseOutputOut]
    removed: list[CaseRemovedOut]
    hold: CaseHoldOut | None
    comments: list[CommentOut]
    closed: CaseClosedOut | None
    reopened: list[CaseReopenedOut]
    events: list[EventOut]


class CaseIn(Input):
    """Opens a case; `case_id` makes a repeat harmless."""

    case_id: Id | None = None
    title: Title
    description: Words | None = None
    outputs: Annotated[list[Id], Field(max_length=MAX_OUTPUTS)] | None = None

    def contradictions(self) -> Iterator[BadField]:
        if len(set(self.outputs or ())) < len(self.outputs or ()):
            yield BadField(("outputs",), "names an output more than once")


class ToCaseIn(Input):
    """An output for the case."""

    output_id: Id


class CaseOpenedOut(Answer):
    """The case, as it is named from here on."""

    case_id: UUID


def case_fields(body: CaseIn) -> dict[str, Any]:
    return {
        "title": body.title,
        "description": body.description or "",
        "outputs": body.outputs or (),
    }
