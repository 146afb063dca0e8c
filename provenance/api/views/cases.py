"""Cases that gather outputs, for programs that open and fill them."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.paging import newest_first
from provenance.api.serializers.cases import (
    CaseIn,
    CaseListOut,
    CaseOpenedOut,
    CaseOut,
    CasesQuery,
    ToCaseIn,
    case_fields,
)
from provenance.api.serializers.reviews import ReasonIn
from provenance.cases import casework, reading, second_thoughts
from provenance.cases.models import CaseEntry
from provenance.cases.record import case_as_json
from provenance.eventstore.ids import new_id

JSON = "application/json"


class ListCases(Operation):
    """The cases of which the key may read every output, newest first."""

    query = CasesQuery
    answers: ClassVar = {200: CaseListOut}

    def get(self, request: Request) -> Response:
        query = CasesQuery.read_from(request.query_params)
        of = f"cases {query.status} {query.output_id}"
        rows = reading.visible_cases(self.principal)
        if query.status is not None:
            rows = rows.filter(closed_at__isnull=query.status == "open")
        if query.output_id is not None:
            gathering = reading.gathered().filter(output_id=query.output_id)
            rows = rows.filter(case_id__in=gathering.values("case_id"))
        return Response(newest_first(rows, query.cursor, limit=query.limit, of=of, told=_case))


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


class ReasonedStep(Operation):
    """A step of a case that needs nothing but its reason; `said` is what the command calls that."""

    scope = "admin"
    bodies: ClassVar = {JSON: ReasonIn}
    answers: ClassVar = {200: CaseOpenedOut}
    problems = (404, 409)
    take: ClassVar[Callable[..., None]]
    said: ClassVar[str] = "reason"

    @idempotent
    def post(self, request: Request, **named: UUID) -> Response:
        words = {self.said: ReasonIn.read(request.data).reason}
        # Taken from the class, so that it is not bound to the view.
        type(self).take(**named, **words, principal=self.principal)
        return Response({"case_id": named["case_id"]})


class HoldCase(ReasonedStep):
    """Forbids to erase any output of the case, until the hold is lifted."""

    take = staticmethod(casework.hold_case)


class LiftHold(ReasonedStep):
    """Ends the holds that the case placed; others on the same outputs stand."""

    take = staticmethod(casework.lift_hold)


class CloseCase(ReasonedStep):
    """Ends a case with a conclusion; a hold on it outlasts it."""

    take = staticmethod(casework.close_case)
    said = "conclusion"


class RemoveFromCase(ReasonedStep):
    """Takes an output out of an open case; that it was in it, and why it is not, stays."""

    take = staticmethod(second_thoughts.remove_from_case)


class ReopenCase(ReasonedStep):
    """Goes on with a case that was closed."""

    take = staticmethod(second_thoughts.reopen_case)


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
