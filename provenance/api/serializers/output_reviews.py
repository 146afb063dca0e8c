"""Reviews of outputs as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from provenance.api.fields import Id, no_blank
from provenance.api.serializers.queries import Paged
from provenance.api.serializers.shape import Answer, Input
from provenance.api.serializers.traces import EventOut
from provenance.cases.events import Answer as RubricAnswer
from provenance.cases.events import Meaning, Resolution, Severity
from provenance.cases.rubric import NAMES
from provenance.cases.words import MAX_CHARACTERS

ReviewStatus = Literal["unreviewed", "in_review", "signed_once", "signed"]
Words = Annotated[str, StringConstraints(max_length=MAX_CHARACTERS), AfterValidator(no_blank)]


class ReviewsQuery(Paged):
    """Which reviews; an output that nobody has looked at has none."""

    status: Literal["in_review", "signed_once", "signed"] | None = None
    assignee: Id | None = None


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


class AnswersIn(Input):
    """Answers to questions of the rubric, by name; earlier ones of the round no longer count."""

    answers: Annotated[dict[str, RubricAnswer], Field(min_length=1, max_length=len(NAMES))]
    note: Words | None = None


class FindingIn(Input):
    """What is wrong, and where; without a place it is about the output as a whole.

    `start` and `end` are code points of the output's text; `chunk_id` comes with its `version_id`.
    `finding_id` makes a repeat harmless.
    """

    finding_id: Id | None = None
    statement: Words
    severity: Severity
    start: int | None = None
    end: int | None = None
    chunk_id: Id | None = None
    version_id: Id | None = None


class ResolutionIn(Input):
    """What became of a finding, and why."""

    resolution: Resolution
    note: Words


class CommentIn(Input):
    """What there is to say; `comment_id` makes a repeat harmless."""

    comment_id: Id | None = None
    text: Words


class ReviewedOut(Answer):
    """The output whose review goes on."""

    output_id: UUID


class FoundOut(Answer):
    """The finding, as it is named from here on."""

    output_id: UUID
    finding_id: UUID


class CommentedOut(Answer):
    """The comment, as it is named from here on."""

    output_id: UUID
    comment_id: UUID
