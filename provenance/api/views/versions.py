"""Versions: what is said about one, its bytes, its text and its passages."""

from typing import ClassVar
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from ingestion import queries
from ingestion.commands import retry_document
from ingestion.quarantine import quarantine_version, release_version
from ingestion.texts import AS_PROCESSED
from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.paging import page, read_cursor
from provenance.api.serializers.documents import (
    ChunkListOut,
    QuarantineIn,
    ReleasedOut,
    RetriedOut,
    RetryIn,
    TextOut,
    VersionDetailOut,
)
from provenance.api.serializers.queries import Paged, TextQuery

ANYTHING = "application/octet-stream"


class ReadVersion(Operation):
    """One version with what is said about it."""

    answers: ClassVar = {200: VersionDetailOut}
    problems = (404,)

    def get(self, request: Request, version_id: UUID) -> Response:  # noqa: ARG002
        return Response(queries.read_version(principal=self.principal, version_id=version_id))


class RetryVersion(Operation):
    """Processes a version again that failed; whatever made it fail should be mended before."""

    scope = "ingest"
    bodies: ClassVar = {"application/json": RetryIn}
    answers: ClassVar = {202: RetriedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, version_id: UUID) -> Response:
        RetryIn.read(request.data)
        retry_document(principal=self.principal, version_id=version_id)
        return Response({"version_id": version_id, "status": "submitted"}, status=202)


class QuarantineVersion(Operation):
    """Takes a version out of searches; it stays readable, and nothing it replaced comes back."""

    scope = "ingest"
    bodies: ClassVar = {"application/json": QuarantineIn}
    answers: ClassVar = {202: RetriedOut}
    problems = (404, 409, 410)

    @idempotent
    def post(self, request: Request, version_id: UUID) -> Response:
        reason = QuarantineIn.read(request.data).reason
        quarantine_version(principal=self.principal, version_id=version_id, reason=reason)
        return Response({"version_id": version_id, "status": "quarantined"}, status=202)


class ReleaseVersion(Operation):
    """Lets a version back into searches, where it counts."""

    scope = "ingest"
    bodies: ClassVar = {"application/json": QuarantineIn}
    answers: ClassVar = {202: ReleasedOut}
    problems = (404, 409, 410)

    @idempotent
    def post(self, request: Request, version_id: UUID) -> Response:
        reason = QuarantineIn.read(request.data).reason
        release_version(principal=self.principal, version_id=version_id, reason=reason)
        return Response({"version_id": version_id}, status=202)


class ReadContent(Operation):
    """The original bytes, as an attachment that no browser will run."""

    answers: ClassVar = {(200, ANYTHING): OpenApiTypes.BINARY}
    problems = (404,)

    def get(self, request: Request, version_id: UUID) -> HttpResponse:  # noqa: ARG002
        version = queries.visible_version(principal=self.principal, version_id=version_id)
        name = version.file_name or f"version-{version.version_number}"
        return HttpResponse(
            queries.content_of(version),
            content_type=ANYTHING,
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "X-Content-Type-Options": "nosniff",
            },
        )


class ReadText(Operation):
    """The text that was read from the bytes; every offset counts its code points.

    A version that was read anew by other parsers has a text by each `reading` that brought one.
    """

    query = TextQuery
    answers: ClassVar = {200: TextOut}
    problems = (404,)

    def get(self, request: Request, version_id: UUID) -> Response:
        reading = TextQuery.read_from(request.query_params).reading
        version = queries.visible_version(principal=self.principal, version_id=version_id)
        return Response(queries.text_of(version, reading=reading or AS_PROCESSED))


class ListChunks(Operation):
    """The passages of a version, in their order."""

    query = Paged
    answers: ClassVar = {200: ChunkListOut}
    problems = (404,)

    def get(self, request: Request, version_id: UUID) -> Response:
        query = Paged.read_from(request.query_params)
        version = queries.visible_version(principal=self.principal, version_id=version_id)
        of = f"chunks {version_id}"
        rows = queries.chunks_of_version(
            version, limit=query.limit, after=read_cursor(query.cursor, of=of)
        )
        return Response(page(rows, limit=query.limit, of=of, key=lambda row: row["ordinal"]))
