"""The trace of an output: everything it rests on, straight from the log."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.operation import Operation
from provenance.api.serializers.traces import TraceOut
from provenance.history.lineage import trace_of


class ReadTrace(Operation):
    """Output, prompt, retrievals, versions, support and events of one output."""

    answers: ClassVar = {200: TraceOut}
    problems = (404,)

    def get(self, request: Request, output_id: UUID) -> Response:  # noqa: ARG002
        return Response(trace_of(output_id, principal=self.principal).as_json())
