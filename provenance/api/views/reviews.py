"""Erasures under four eyes, their certificates, and legal holds."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.paging import page, read_cursor
from provenance.api.serializers.queries import Paged
from provenance.api.serializers.reviews import (
    ApprovalIn,
    ErasureIn,
    ErasureListOut,
    ErasureOut,
    ErasureRequestedOut,
    HoldIn,
    HoldListOut,
    HoldPlacedOut,
    PreviewOut,
    ReasonIn,
    TargetIn,
    records_json,
)
from provenance.review import commands, reading
from provenance.review.certifying import certificate_text
from provenance.review.models import ErasureEntry, HoldEntry

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


class ListErasures(Operation):
    """Every erasure that was asked for, newest first."""

    scope = "admin"
    query = Paged
    answers: ClassVar = {200: ErasureListOut}

    def get(self, request: Request) -> Response:
        query = Paged.read_from(request.query_params)
        before = read_cursor(query.cursor, of="erasures")
        rows = reading.listed_erasures(before=before, limit=query.limit + 1)
        found = page(rows, limit=query.limit, of="erasures", key=lambda row: row.position)
        return Response({**found, "data": [_erasure(row) for row in found["data"]]})


class PreviewErasure(Operation):
    """Finds what an erasure would take, without asking for it; nothing is recorded."""

    scope = "admin"
    bodies: ClassVar = {JSON: TargetIn}
    answers: ClassVar = {200: PreviewOut}

    def post(self, request: Request) -> Response:
        target = TargetIn.read(request.data).target()
        found, holds = commands.preview(target, principal=self.principal)
        return Response(
            {
                "counts": found.counts(),
                "records": records_json(found.records),
                "left_out": records_json(found.left_out),
                "holds": holds,
            }
        )


class RequestErasure(Operation):
    """Asks for an erasure; it is carried out once somebody else has approved it."""

    scope = "admin"
    bodies: ClassVar = {JSON: ErasureIn}
    answers: ClassVar = {202: ErasureRequestedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request) -> Response:
        body = ErasureIn.read(request.data)
        erasure_id = commands.request_erasure(
            body.target(), reason=body.reason, principal=self.principal
        )
        return Response({"erasure_id": erasure_id, "status": "requested"}, status=202)


class ReadErasure(Operation):
    """One erasure, and how far it is."""

    scope = "admin"
    answers: ClassVar = {200: ErasureOut}
    problems = (404,)

    def get(self, request: Request, erasure_id: UUID) -> Response:  # noqa: ARG002
        return Response(_erasure(reading.erasure_entry(erasure_id)))


class ApproveErasure(Operation):
    """Approves an erasure that another person or application asked for; there is no way back."""

    scope = "admin"
    bodies: ClassVar = {JSON: ApprovalIn}
    answers: ClassVar = {202: ErasureRequestedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, erasure_id: UUID) -> Response:
        ApprovalIn.read(request.data)
        commands.approve_erasure(erasure_id=erasure_id, principal=self.principal)
        return Response({"erasure_id": erasure_id, "status": "approved"}, status=202)


class RejectErasure(Operation):
    """Refuses an erasure that is asked for, with a reason that stays."""

    scope = "admin"
    bodies: ClassVar = {JSON: ReasonIn}
    answers: ClassVar = {200: ErasureRequestedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, erasure_id: UUID) -> Response:
        reason = ReasonIn.read(request.data).reason
        commands.reject_erasure(erasure_id=erasure_id, reason=reason, principal=self.principal)
        return Response({"erasure_id": erasure_id, "status": "rejected"})


class ReadCertificate(Operation):
    """The certificate of an erasure: a signed note that names every event it touched."""

    scope = "admin"
    answers: ClassVar = {(200, "text/plain"): OpenApiTypes.STR}
    problems = (404,)

    def get(self, request: Request, erasure_id: UUID) -> HttpResponse:  # noqa: ARG002
        text = certificate_text(erasure_id)
        if text is None:
            raise Http404
        named = f'attachment; filename="erasure-{erasure_id}.txt"'
        return HttpResponse(text, content_type=TEXT, headers={"Content-Disposition": named})


class ListHolds(Operation):
    """Every legal hold, newest first; it stands while it is not released."""

    scope = "admin"
    query = Paged
    answers: ClassVar = {200: HoldListOut}

    def get(self, request: Request) -> Response:
        query = Paged.read_from(request.query_params)
        before = read_cursor(query.cursor, of="holds")
        rows = reading.listed_holds(before=before, limit=query.limit + 1)
        found = page(rows, limit=query.limit, of="holds", key=lambda row: row.position)
        return Response({**found, "data": [_hold(row) for row in found["data"]]})


class PlaceHold(Operation):
    """Forbids to erase a subject, a document, or an output with its prompt and retrievals."""

    scope = "admin"
    bodies: ClassVar = {JSON: HoldIn}
    answers: ClassVar = {201: HoldPlacedOut}

    @idempotent
    def post(self, request: Request) -> Response:
        body = HoldIn.read(request.data)
        hold_id = commands.place_hold(body.target(), reason=body.reason, principal=self.principal)
        return Response({"hold_id": hold_id}, status=201)


class ReleaseHold(Operation):
    """Ends a hold, with a reason that stays."""

    scope = "admin"
    bodies: ClassVar = {JSON: ReasonIn}
    answers: ClassVar = {200: HoldPlacedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, hold_id: UUID) -> Response:
        reason = ReasonIn.read(request.data).reason
        commands.release_hold(hold_id=hold_id, reason=reason, principal=self.principal)
        return Response({"hold_id": hold_id})


def _erasure(row: ErasureEntry) -> dict[str, Any]:
    certified = row.certified_at is not None
    return {
        "erasure_id": row.erasure_id,
        "status": row.status,
        "scope": row.scope,
        "subject": row.subject or None,
        "target_id": row.target_id,
        "with_interactions": row.with_interactions,
        "reason": row.reason,
        "requested_by": row.requested_by,
        "requested_at": row.requested_at,
        "decided_by": row.decided_by or None,
        "decided_at": row.decided_at,
        "refusal": row.refusal or None,
        "records": row.records,
        "left_out": row.left_out,
        "keys_destroyed": row.keys,
        "blobs_erased": row.blobs,
        "executed_at": row.executed_at,
        "vectors_erased": row.vectors,
        "events_affected": row.events,
        "certificate_signed": row.signed if certified else None,
        "certified_at": row.certified_at,
        "waits_for": reading.what_it_waits_for(row.erasure_id) or None,
    }


def _hold(row: HoldEntry) -> dict[str, Any]:
    return {
        "hold_id": row.hold_id,
        "scope": row.scope,
        "subject": row.subject or None,
        "target_id": row.target_id,
        "reason": row.reason,
        "placed_by": row.placed_by,
        "placed_at": row.placed_at,
        "released_by": row.released_by or None,
        "released_at": row.released_at,
        "release_reason": row.release_reason or None,
    }
