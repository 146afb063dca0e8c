"""Retrievals: ask the index, and read again what was answered."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.serializers.retrievals import RetrievalIn, RetrievalOut
from retrieval.commands import retrieve
from retrieval.recording import reading

JSON = "application/json"


class Retrieve(Operation):
    """Answers a question from the index; the answer leaves once it is recorded."""

    scope = "retrieve"
    bodies: ClassVar = {JSON: RetrievalIn}
    answers: ClassVar = {200: RetrievalOut}
    problems = (404, 503)

    @idempotent
    def post(self, request: Request) -> Response:
        fields: dict[str, Any] = RetrievalIn.read(request.data).given()
        if "filter" in fields:
            fields["metadata"] = fields.pop("filter")
        if "context" in fields:
            fields["context"] = fields["context"].model_dump(mode="json", exclude_none=True)
        return Response(retrieve(principal=self.principal, **fields))


class ReadRetrieval(Operation):
    """What a retrieval answered, with the texts that are still there."""

    answers: ClassVar = {200: OpenApiTypes.OBJECT}
    problems = (404,)

    def get(self, request: Request, retrieval_id: UUID) -> Response:  # noqa: ARG002
        return Response(reading.read_retrieval(retrieval_id, principal=self.principal))
