"""What applications report: their own retrievals, prompts, outputs, and all three in batches."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from pydantic import BaseModel
from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.errors import problem_for
from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.paging import page, read_cursor
from provenance.api.problems import BadField, Invalid, Problem
from provenance.api.serializers.outputs import (
    OutputIn,
    OutputListOut,
    OutputRecordedOut,
)
from provenance.api.serializers.prompts import PromptIn, PromptRecordedOut
from provenance.api.serializers.queries import OutputsQuery
from provenance.api.serializers.records import ITEMS, RecordsIn, RecordsOut
from provenance.api.serializers.retrievals import ReportedRetrievalIn, ReportedRetrievalOut
from provenance.api.serializers.shape import Input
from provenance.cases.reading import having_status
from retrieval.recording import queries, reading
from retrieval.recording.commands import report_output, report_prompt, report_retrieval
from retrieval.recording.records import BatchItem, record_batch

JSON = "application/json"


class ReportRetrieval(Operation):
    """Records what an application's own store returned, resolved to known versions."""

    scope = "record"
    bodies: ClassVar = {JSON: ReportedRetrievalIn}
    answers: ClassVar = {201: ReportedRetrievalOut}

    @idempotent
    def post(self, request: Request) -> Response:
        recorded = report_retrieval(
            principal=self.principal, **fields_of(ReportedRetrievalIn.read(request.data))
        )
        results = [
            {
                "rank": each.rank,
                "version_id": each.version_id,
                "resolution": each.resolution,
            }
            for each in recorded.results
        ]
        answer = {
            "retrieval_id": recorded.retrieval_id,
            "correlation_id": recorded.correlation_id,
            "results": results,
        }
        return Response(answer, status=201)


class ReportPrompt(Operation):
    """Records a prompt; its map to the retrieved passages follows."""

    scope = "record"
    bodies: ClassVar = {JSON: PromptIn}
    answers: ClassVar = {202: PromptRecordedOut}

    @idempotent
    def post(self, request: Request) -> Response:
        recorded = report_prompt(principal=self.principal, **fields_of(PromptIn.read(request.data)))
        answer = {"prompt_id": recorded.prompt_id, "correlation_id": recorded.correlation_id}
        return Response(answer, status=202)


class ReportOutput(Operation):
    """Records what a model answered, once, at its end or break."""

    scope = "record"
    bodies: ClassVar = {JSON: OutputIn}
    answers: ClassVar = {201: OutputRecordedOut}

    @idempotent
    def post(self, request: Request) -> Response:
        recorded = report_output(principal=self.principal, **fields_of(OutputIn.read(request.data)))
        answer = {
            "output_id": recorded.output_id,
            "correlation_id": recorded.correlation_id,
            "trace_url": f"{settings.BASE_URL}/outputs/{recorded.output_id}/",
        }
        return Response(answer, status=201)


class RecordBatch(Operation):
    """Records up to 500 items in any order; each is recorded, replayed or refused for itself."""

    scope = "record"
    bodies: ClassVar = {JSON: RecordsIn}
    answers: ClassVar = {200: RecordsOut}

    @idempotent
    def post(self, request: Request) -> Response:
        body = RecordsIn.read(request.data)
        items, places, rows = [], [], []
        for index, item in enumerate(body.items):
            try:
                items.append(_batch_item(item))
                places.append(index)
            except Problem as refusal:
                rows.append(_refused(index, None, refusal))
        for result in record_batch(principal=self.principal, items=items, imported=body.imported):
            index = places[result.index]
            if result.error is None:
                rows.append({"index": index, "id": result.record_id, "status": result.status})
            else:
                problem = problem_for(result.error) or Problem(422, str(result.error))
                rows.append(_refused(index, result.record_id, problem))
        return Response({"data": sorted(rows, key=lambda row: row["index"])})


class ReadPrompt(Operation):
    """A prompt as it was recorded."""

    answers: ClassVar = {200: OpenApiTypes.OBJECT}
    problems = (404,)

    def get(self, request: Request, prompt_id: UUID) -> Response:  # noqa: ARG002
        return Response(reading.read_prompt(prompt_id, principal=self.principal))


class ReadOutput(Operation):
    """An output as it was recorded."""

    answers: ClassVar = {200: OpenApiTypes.OBJECT}
    problems = (404,)

    def get(self, request: Request, output_id: UUID) -> Response:  # noqa: ARG002
        return Response(reading.read_output(output_id, principal=self.principal))


class ListOutputs(Operation):
    """Outputs, the newest first; every filter narrows."""

    query = OutputsQuery
    answers: ClassVar = {200: OutputListOut}

    def get(self, request: Request) -> Response:
        query = OutputsQuery.read_from(request.query_params)
        filters = query.filters()
        of = f"outputs {sorted((name, str(value)) for name, value in filters.items())}"
        status = filters.pop("review_status", None)
        rows = queries.list_outputs(
            principal=self.principal,
            limit=query.limit,
            after=read_cursor(query.cursor, of=of),
            among=None if status is None else having_status(status),
            **filters,
        )
        answer = page(rows, limit=query.limit, of=of, key=lambda row: row.position)
        answer["data"] = [{name: getattr(row, name) for name in LISTED} for row in answer["data"]]
        return Response(answer)


LISTED = (
    "output_id",
    "prompt_id",
    "position",
    "recorded_at",
    "occurred_at",
    "application",
    "correlation_id",
    "model",
    "status",
    "text",
    "conversation_id",
    "turn",
    "sentences",
    "unsupported",
    "imported",
)


def fields_of(body: Input) -> dict[str, Any]:
    """The given fields as the plain values that commands take."""
    return {name: _plain(value) for name, value in body.given().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def _batch_item(item: dict[str, Any]) -> BatchItem:
    kind = str(item.get("kind"))
    if kind not in ITEMS:
        raise Invalid([BadField(("kind",), "must be retrieval, prompt or output")])
    fields = fields_of(ITEMS[kind].read(item))
    del fields["kind"]
    return BatchItem(kind, fields)


def _refused(index: int, record_id: UUID | None, problem: Problem) -> dict[str, Any]:
    return {"index": index, "id": record_id, "status": "refused", "problem": problem.as_json()}
