"""Reviews of outputs: programs read them and add to them; people sign on pages, never keys.

For whoever has answers checked by a program before a person signs: what does the review say, and
what has to be added to it?
"""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.paging import newest_first
from provenance.api.serializers.output_reviews import (
    AnswersIn,
    CommentedOut,
    CommentIn,
    FindingIn,
    FoundOut,
    ResolutionIn,
    ReviewedOut,
    ReviewListOut,
    ReviewOut,
    ReviewsQuery,
)
from provenance.cases import reading, reviewing
from provenance.cases.models import ReviewEntry
from provenance.cases.record import review_as_json
from provenance.eventstore.ids import new_id
from retrieval.recording.reading import read_output

JSON = "application/json"


class ListReviews(Operation):
    """Reviews of the outputs that the key may read, the last changed first."""

    query = ReviewsQuery
    answers: ClassVar = {200: ReviewListOut}

    def get(self, request: Request) -> Response:
        query = ReviewsQuery.read_from(request.query_params)
        filters = query.filters()
        of = f"reviews {sorted((name, str(value)) for name, value in filters.items())}"
        rows = reading.visible_reviews(self.principal).filter(**filters)
        return Response(newest_first(rows, query.cursor, limit=query.limit, of=of, told=_review))


class ReadReview(Operation):
    """The record of a review: rubric, findings, discussion, signatures, and its events."""

    answers: ClassVar = {200: ReviewOut}
    problems = (404,)

    def get(self, request: Request, output_id: UUID) -> Response:  # noqa: ARG002
        read_output(output_id, principal=self.principal)
        return Response(review_as_json(output_id, reviewing.read_review(output_id)[0]))


class ReviewStep(Operation):
    """A step of a review: the command that takes it, and the id by which it names what it made."""

    scope = "admin"
    problems = (404, 409)
    take: ClassVar[Callable[..., None]]
    makes: ClassVar[str] = ""

    @idempotent
    def post(self, request: Request, **named: UUID) -> Response:
        made = {self.makes: new_id()} if self.makes else {}
        given: dict[str, Any] = made | self.bodies[JSON].read(request.data).given()
        # Taken from the class, so that it is not bound to the view.
        type(self).take(**named, **given, principal=self.principal)
        ids = {name: given[name] for name in made}
        return Response(named | ids, status=201 if made else 200)


class AnswerRubric(ReviewStep):
    """Answers questions of the rubric; those that are left out stay open."""

    bodies: ClassVar = {JSON: AnswersIn}
    answers: ClassVar = {200: ReviewedOut}
    take = staticmethod(reviewing.answer_rubric)


class RaiseFinding(ReviewStep):
    """Says what is wrong with the output, pinned to a sentence, a passage or a version."""

    bodies: ClassVar = {JSON: FindingIn}
    answers: ClassVar = {201: FoundOut}
    take = staticmethod(reviewing.raise_finding)
    makes = "finding_id"


class ResolveFinding(ReviewStep):
    """Says what became of a finding that is open."""

    bodies: ClassVar = {JSON: ResolutionIn}
    answers: ClassVar = {200: FoundOut}
    take = staticmethod(reviewing.resolve_finding)


class CommentOnOutput(ReviewStep):
    """Adds to the discussion of the output."""

    bodies: ClassVar = {JSON: CommentIn}
    answers: ClassVar = {201: CommentedOut}
    take = staticmethod(reviewing.comment_on_output)
    makes = "comment_id"


def _review(row: ReviewEntry) -> dict[str, Any]:
    return {
        "output_id": row.output_id,
        "status": row.status,
        "round": row.round,
        "assignee": row.assignee,
        "due_on": row.due_on,
        "findings": row.findings,
        "open_findings": len(row.open_findings),
        "comments": row.comments,
        "signatures": len(row.signers),
        "signatures_needed": row.needed,
        "meanings": row.meanings,
        "changed_at": row.changed_at,
        "erased": row.erased,
    }
