"""Documents: hand in, list, read, withdraw."""

from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request
from rest_framework.response import Response

from ingestion import commands, queries
from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.paging import page, read_cursor
from provenance.api.parsers import FormParser, JsonParser
from provenance.api.problems import BadField, Invalid, TooLarge
from provenance.api.serializers.documents import (
    DocumentFields,
    DocumentFormIn,
    DocumentIn,
    DocumentListOut,
    DocumentOut,
    SubmittedOut,
    WithdrawalIn,
    WithdrawnOut,
)
from provenance.api.serializers.queries import DocumentsQuery

JSON = "application/json"
FORM = "multipart/form-data"
LIST = "documents"


class SubmitDocument(Operation):
    """Hands in a document, or its next version: the same (collection, external_id) makes one.

    200 instead of 202 when no version was made: `unchanged` bytes, or only `described` anew.
    """

    scope = "ingest"
    bodies: ClassVar = {JSON: DocumentIn, FORM: DocumentFormIn}
    answers: ClassVar = {202: SubmittedOut, 200: SubmittedOut}
    problems = (404, 409)
    parser_classes = (JsonParser, FormParser)
    json_parts = frozenset({"metadata", "extracted", "if_current_version"})

    @property
    def max_body_bytes(self) -> int:  # type: ignore[override]
        """Room for base64, which is a third longer, and for the text of another program."""
        return 2 * settings.MAX_DOCUMENT_BYTES

    @idempotent
    def post(self, request: Request) -> Response:
        is_form = str(request.content_type).startswith(FORM)
        fields = _form(request.data) if is_form else _json(request.data)
        submitted = commands.submit_document(principal=self.principal, **fields)
        made = not (submitted.unchanged or submitted.described)
        return Response(asdict(submitted), status=202 if made else 200)


class ListDocuments(Operation):
    """Documents, newest first."""

    query = DocumentsQuery
    answers: ClassVar = {200: DocumentListOut}

    def get(self, request: Request) -> Response:
        query = DocumentsQuery.read_from(request.query_params)
        filters = query.filters()
        of = f"{LIST} {sorted(filters.items())}"
        rows = queries.list_documents(
            principal=self.principal,
            limit=query.limit,
            after=read_cursor(query.cursor, of=of),
            **filters,
        )
        answer = page(rows, limit=query.limit, of=of, key=lambda row: row.submitted_position)
        answer["data"] = [_row(each) for each in answer["data"]]
        return Response(answer)


class ReadDocument(Operation):
    """A document with all its versions."""

    answers: ClassVar = {200: DocumentOut}
    problems = (404,)

    def get(self, request: Request, document_id: UUID) -> Response:  # noqa: ARG002
        return Response(queries.read_document(principal=self.principal, document_id=document_id))


class WithdrawDocument(Operation):
    """Ends every version that was handed in so far; the log keeps them."""

    scope = "ingest"
    bodies: ClassVar = {JSON: WithdrawalIn}
    answers: ClassVar = {202: WithdrawnOut}
    problems = (404, 410)

    @idempotent
    def post(self, request: Request, document_id: UUID) -> Response:
        body = WithdrawalIn.read(request.data)
        withdrawn = commands.withdraw_document(
            principal=self.principal, document_id=document_id, **body.given()
        )
        return Response(asdict(withdrawn), status=202)


def _json(data: Any) -> dict[str, Any]:
    body = DocumentIn.read(data)
    fields = _fields(body)
    text = fields.pop("content", None)
    encoded = fields.pop("content_base64", None)
    return {**fields, "content": encoded if text is None else text.encode()}


def _form(data: dict[str, Any]) -> dict[str, Any]:
    body = DocumentFormIn.read(data)
    fields = _fields(body)
    file = fields.pop("file")
    if not isinstance(file, UploadedFile):
        raise Invalid([BadField(("file",), "must be a file")])
    if (file.size or 0) > settings.MAX_DOCUMENT_BYTES:
        raise TooLarge("A document", settings.MAX_DOCUMENT_BYTES, path=("file",))
    if not file.size:
        raise Invalid([BadField(("file",), "is empty")])
    declared = fields.pop("media_type", None) or file.content_type
    return {**fields, "content": file.read(), "file_name": file.name, "media_type": declared}


def _fields(body: DocumentFields) -> dict[str, Any]:
    fields = body.given()
    if body.extracted is not None:
        fields["extracted"] = body.extracted.model_dump()
    return fields


def _row(row: queries.DocumentSummary) -> dict[str, Any]:
    shown = asdict(row)
    del shown["submitted_position"]
    return shown
