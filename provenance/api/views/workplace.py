"""Reviews of outputs, and cases that gather outputs; people sign on pages, never keys."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.paging import page, read_cursor
from provenance.api.serializers.reviews import ReasonIn
from provenance.api.serializers.workplace import (
    CaseIn,
    CaseListOut,
    CaseOpenedOut,
    CaseOut,
    CasesQuery,
    ReviewListOut,
    ReviewOut,
    ReviewsQuery,
    ToCaseIn,
    case_fields,
)
from provenance.cases import casework, reading, second_thoughts
from provenance.cases.models import CaseEntry, ReviewEntry
from provenance.cases.record import case_as_json, review_as_json
from provenance.cases.reviewing import read_review
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
        rows = reading.visible_reviews(self.principal).filter(**filters).order_by("-position")
        before = read_cursor(query.cursor, of=of)
        if before is not None:
            rows = rows.filter(position__lt=before)
        found = page(
            list(rows[: query.limit + 1]),
            limit=query.limit,
            of=of,
            key=lambda row: row.position,
        )
        return Response({**found, "data": [_review(row) for row in found["data"]]})


class ReadReview(Operation):
    """The record of a review: rubric, findings, discussion, signatures, and its events."""

    answers: ClassVar = {200: ReviewOut}
    problems = (404,)

    def get(self, request: Request, output_id: UUID) -> Response:  # noqa: ARG002
        read_output(output_id, principal=self.principal)
        return Response(review_as_json(output_id, read_review(output_id)[0]))


class ListCases(Operation):
    """The cases of which the key may read every output, newest first."""

    query = CasesQuery
    answers: ClassVar = {200: CaseListOut}

    def get(self, request: Request) -> Response:
        query = CasesQuery.read_from(request.query_params)
        of = f"cases {query.status} {query.output_id}"
        rows = reading.visible_cases(self.principal).order_by("-position")
        if query.status is not None:
            rows = rows.filter(closed_at__isnull=query.status == "open")
        if query.output_id is not None:
            gathering = reading.gathered().filter(output_id=query.output_id)
            rows = rows.filter(case_id__in=gathering.values("case_id"))
        before = read_cursor(query.cursor, of=of)
        if before is not None:
            rows = rows.filter(position__lt=before)
        found = page(
            list(rows[: query.limit + 1]),
            limit=query.limit,
            of=of,
            key=lambda row: row.position,
        )
        return Response({**found, "data": [_case(row) for row in found["data"]]})


class OpenCase(Operation):
    """Opens a case with the outputs that it gathers."""

    scope = "admin"
    bodies: ClassVar = {JSON: CaseIn}
    answers: ClassVar = {201: CaseOpenedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request) -> Response:
        body = CaseIn.read(request.data)
        case_id = body.case_id or new_id()
        casework.open_case(case_id=case_id, principal=self.principal, **case_fields(body))
        return Response({"case_id": case_id}, status=201)


class ReadCase(Operation):
    """The record of a case."""

    answers: ClassVar = {200: CaseOut}
    problems = (404,)

    def get(self, request: Request, case_id: UUID) -> Response:  # noqa: ARG002
        events, _ = casework.read_case(case_id, principal=self.principal)
        return Response(case_as_json(events))


class AddToCase(Operation):
    """Adds an output to a case; where the case is held, the output is held too."""

    scope = "admin"
    bodies: ClassVar = {JSON: ToCaseIn}
    answers: ClassVar = {200: CaseOpenedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, case_id: UUID) -> Response:
        output_id = ToCaseIn.read(request.data).output_id
        casework.add_to_case(case_id=case_id, output_id=output_id, principal=self.principal)
        return Response({"case_id": case_id})


class HoldCase(Operation):
    """Forbids to erase any output of the case, until the hold is lifted."""

    scope = "admin"
    bodies: ClassVar = {JSON: ReasonIn}
    answers: ClassVar = {200: CaseOpenedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, case_id: UUID) -> Response:
        reason = ReasonIn.read(request.data).reason
        casework.hold_case(case_id=case_id, reason=reason, principal=self.principal)
        return Response({"case_id": case_id})


class LiftHold(Operation):
    """Ends the holds that the case placed; others on the same outputs stand."""

    scope = "admin"
    bodies: ClassVar = {JSON: ReasonIn}
    answers: ClassVar = {200: CaseOpenedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, case_id: UUID) -> Response:
        reason = ReasonIn.read(request.data).reason
        casework.lift_hold(case_id=case_id, reason=reason, principal=self.principal)
        return Response({"case_id": case_id})


class CloseCase(Operation):
    """Ends a case with a conclusion; a hold on it outlasts it."""

    scope = "admin"
    bodies: ClassVar = {JSON: ReasonIn}
    answers: ClassVar = {200: CaseOpenedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, case_id: UUID) -> Response:
        conclusion = ReasonIn.read(request.data).reason
        casework.close_case(case_id=case_id, conclusion=conclusion, principal=self.principal)
        return Response({"case_id": case_id})


class RemoveFromCase(Operation):
    """Takes an output out of an open case; that it was in it, and why it is not, stays."""

    scope = "admin"
    bodies: ClassVar = {JSON: ReasonIn}
    answers: ClassVar = {200: CaseOpenedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, case_id: UUID, output_id: UUID) -> Response:
        second_thoughts.remove_from_case(
            case_id=case_id,
            output_id=output_id,
            reason=ReasonIn.read(request.data).reason,
            principal=self.principal,
        )
        return Response({"case_id": case_id})


class ReopenCase(Operation):
    """Goes on with a case that was closed."""

    scope = "admin"
    bodies: ClassVar = {JSON: ReasonIn}
    answers: ClassVar = {200: CaseOpenedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, case_id: UUID) -> Response:
        reason = ReasonIn.read(request.data).reason
        second_thoughts.reopen_case(case_id=case_id, reason=reason, principal=self.principal)
        return Response({"case_id": case_id})


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


def _case(row: CaseEntry) -> dict[str, Any]:
    return {
        "case_id": row.case_id,
        "title": row.title,
        "status": "open" if row.closed_at is None else "closed",
        "outputs": row.outputs,
        "held": row.held,
        "assignee": row.assignee,
        "due_on": row.due_on,
        "opened_by": row.opened_by,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
    }
