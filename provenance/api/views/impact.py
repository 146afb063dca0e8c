"""Which outputs rest on a version, on one of its passages, or on a document."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from ingestion.queries import read_document, visible_version
from provenance.api.operation import Operation
from provenance.api.paging import page, read_cursor
from provenance.api.serializers.queries import ImpactQuery, PassageImpactQuery
from provenance.api.serializers.traces import ImpactOut
from provenance.impact import uses


class ListOutputsOfVersion(Operation):
    """Which outputs a version went into, and how; `chunk_id` asks for one of its passages."""

    query = PassageImpactQuery
    answers: ClassVar = {200: ImpactOut}
    problems = (404,)

    def get(self, request: Request, version_id: UUID) -> Response:
        query = PassageImpactQuery.read_from(request.query_params)
        visible_version(principal=self.principal, version_id=version_id)
        if query.chunk_id is None:
            found = uses.of_version(version_id, self.principal)
        else:
            found = uses.of_passage(query.chunk_id, version_id, self.principal)
        return _listed(found, query, of=f"outputs of {version_id} {query.chunk_id}")


class ListOutputsOfDocument(Operation):
    """Which outputs a document went into, each under the version that went in furthest."""

    query = ImpactQuery
    answers: ClassVar = {200: ImpactOut}
    problems = (404,)

    def get(self, request: Request, document_id: UUID) -> Response:
        query = ImpactQuery.read_from(request.query_params)
        read_document(principal=self.principal, document_id=document_id)
        found = uses.of_document(document_id, self.principal)
        return _listed(found, query, of=f"outputs of {document_id}")


def _listed(found: uses.Uses, query: ImpactQuery, *, of: str) -> Response:
    of = f"{of} {query.relation} {query.application!r}"
    rows = uses.page_of(
        found,
        limit=query.limit,
        after=read_cursor(query.cursor, of=of),
        relation=query.relation,
        application=query.application,
    )
    answer = page(rows, limit=query.limit, of=of, key=lambda row: row.position)
    answer["data"] = [_as_json(row) for row in answer["data"]]
    return Response(answer)


def _as_json(row: uses.Use) -> dict[str, Any]:
    return {
        "output_id": row.output_id,
        "version_id": row.version_id,
        "relation": row.relation,
        "application": row.application,
        "at": row.at,
    }
