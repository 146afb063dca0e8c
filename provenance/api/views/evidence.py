"""What leaves the server to be checked without it: evidence bundles and provenance graphs."""

from contextlib import closing
from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from provenance.api.operation import Operation
from provenance.api.serializers.queries import PeriodQuery, ProvQuery
from provenance.exports import w3c_prov
from provenance.exports.bundle import Bundle
from provenance.exports.commands import export_case, export_evidence, export_period
from provenance.exports.facts import Facts
from provenance.exports.selection import Period
from provenance.exports.spool import Spool

JSON, PROVN, ZIP = "application/json", "text/provenance-notation; charset=utf-8", "application/zip"


class TakeEvidence(Operation):
    """The evidence of an output as a zip file that verifies offline; taking it is recorded."""

    answers: ClassVar = {(200, ZIP): OpenApiTypes.BINARY}
    problems = (404, 503)

    def get(self, request: Request, output_id: UUID) -> StreamingHttpResponse:  # noqa: ARG002
        return _file(export_evidence(output_ids=[output_id], principal=self.principal))


class TakeEvidenceOfPeriod(Operation):
    """The evidence of every output recorded in a period that the key may read, in one file.

    For an auditor who asks for a month; at most 1,000 outputs a file.
    """

    query = PeriodQuery
    answers: ClassVar = {(200, ZIP): OpenApiTypes.BINARY}
    problems = (404, 413, 422, 503)

    def get(self, request: Request) -> StreamingHttpResponse:
        query = PeriodQuery.read_from(request.query_params)
        period = Period(query.since, query.until)
        return _file(export_period(period=period, principal=self.principal))


class TakeEvidenceOfCase(Operation):
    """The evidence of every output of a case, and of what happened in the case.

    For whoever has to answer for the case elsewhere; at most 1,000 outputs.
    """

    answers: ClassVar = {(200, ZIP): OpenApiTypes.BINARY}
    problems = (404, 413, 422, 503)

    def get(self, request: Request, case_id: UUID) -> StreamingHttpResponse:  # noqa: ARG002
        return _file(export_case(case_id=case_id, principal=self.principal))


class ReadProvenance(Operation):
    """Where an output came from, as a W3C PROV graph in PROV-JSON or PROV-N."""

    query = ProvQuery
    answers: ClassVar = {
        (200, JSON): OpenApiTypes.OBJECT,
        (200, "text/provenance-notation"): OpenApiTypes.STR,
    }
    problems = (404, 503)

    def get(self, request: Request, output_id: UUID) -> HttpResponse:
        query = ProvQuery.read_from(request.query_params)
        with closing(Spool()) as spool:
            facts = Facts([output_id], None, spool)
            facts.gather(self.principal)
            graph = w3c_prov.document_of(facts.traces())
        if query.format == "provn":
            return HttpResponse(w3c_prov.as_provn(graph), content_type=PROVN)
        return HttpResponse(w3c_prov.as_json(graph), content_type=JSON)


def _file(bundle: Bundle) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        bundle,
        content_type=ZIP,
        headers={
            "Content-Disposition": f'attachment; filename="{bundle.name}"',
            "Content-Length": str(bundle.length),
        },
    )
