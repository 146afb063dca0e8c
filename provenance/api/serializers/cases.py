"""Cases as JSON."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from provenance.api.fields import Id, no_blank
from provenance.api.problems import BadField
from provenance.api.serializers.output_reviews import CommentOut, Words
from provenance.api.serializers.queries import Paged
from provenance.api.serializers.shape import Answer, Input
from provenance.api.serializers.traces import EventOut
from provenance.cases.casework import MAX_OUTPUTS
from provenance.cases.words import MAX_TITLE_CHARACTERS

Title = Annotated[str, StringConstraints(max_length=MAX_TITLE_CHARACTERS), AfterValidator(no_blank)]


class CasesQuery(Paged):
    """Which cases."""

    status: Literal["open", "closed"] | None = None
    output_id: Id | None = None


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
