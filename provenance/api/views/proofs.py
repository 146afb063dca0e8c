"""What lets outsiders verify the log: checkpoints, inclusion and consistency proofs."""

from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from provenance.accounts.visibility import visible_streams
from provenance.api.operation import Operation, read_only
from provenance.api.paging import page, read_cursor
from provenance.api.problems import BadField, Invalid, Problem
from provenance.api.serializers.proofs import (
    CheckpointListOut,
    CheckpointOut,
    ConsistencyOut,
    ConsistencyQuery,
)
from provenance.api.serializers.queries import Paged
from provenance.eventstore.feed import read_stored
from provenance.eventstore.store import head_position, position_of
from provenance.integrity import base64_text, checkpoints, tree
from provenance.integrity.errors import NotSealedYet
from provenance.integrity.models import SealedCheckpoint

TEXT = "text/plain; charset=utf-8"


@read_only
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The newest checkpoint, for everybody: it says how long the log is and nothing of it."""
    newest = checkpoints.newest()
    if newest is None:
        return Problem(
            503,
            "Nothing is sealed yet.",
            slug="not-sealed-yet",
            title="Not sealed yet",
            headers={"Retry-After": "5"},
        ).as_response()
    return HttpResponse(
        checkpoints.with_cosignatures(newest),
        content_type=TEXT,
        headers={"Cache-Control": "no-store"},
    )


class ListCheckpoints(Operation):
    """Every checkpoint, newest first."""

    query = Paged
    answers: ClassVar = {200: CheckpointListOut}

    def get(self, request: Request) -> Response:
        query = Paged.read_from(request.query_params)
        before = read_cursor(query.cursor, of="checkpoints")
        rows = checkpoints.listed(before=before, limit=query.limit + 1)
        found = page(rows, limit=query.limit, of="checkpoints", key=lambda row: row.id)
        keys = [str(key) for key in checkpoints.verifier_keys()]
        data = [_as_json(row) for row in found["data"]]
        return Response({"verifier_keys": keys, **found, "data": data})


class SealCheckpoint(Operation):
    """Seals the log at once, and answers the checkpoint that covers all that was placed before."""

    scope = "admin"
    answers: ClassVar = {200: CheckpointOut}
    problems = (503,)

    def post(self, request: Request) -> Response:  # noqa: ARG002
        if settings.LOG_SIGNING_KEY:
            checkpoints.Sealer(settings.LOG_SIGNING_KEY).seal()
        return Response(_as_json(checkpoints.newest_covering(max(head_position(), 0))))


class ReadProof(Operation):
    """The proof that an event is in the log, as a file that needs nothing of this server."""

    answers: ClassVar = {(200, "text/plain"): OpenApiTypes.STR}
    problems = (404, 503)

    def get(self, request: Request, event_id: UUID) -> HttpResponse:  # noqa: ARG002
        stored = read_stored(event_id)
        if stored is None or not visible_streams([stored[0]], principal=self.principal):
            raise Http404
        position = position_of(event_id)
        if position is None:
            raise NotSealedYet(f"Event {event_id} has no position yet.")
        return HttpResponse(
            str(checkpoints.proof_of(position)),
            content_type=TEXT,
            headers={"Content-Disposition": f'attachment; filename="{event_id}.tlog-proof"'},
        )


class ReadConsistency(Operation):
    """The proof that the log only grew between two sizes."""

    query = ConsistencyQuery
    answers: ClassVar = {200: ConsistencyOut}
    problems = (422,)

    def get(self, request: Request) -> Response:
        query = ConsistencyQuery.read_from(request.query_params)
        if query.to > head_position() + 1:
            raise Invalid([BadField(("to",), f"the log has {head_position() + 1} events")])
        if query.from_ > query.to:
            raise Invalid([BadField(("from",), "is larger than `to`")])
        encode = base64_text.encode
        return Response(
            {
                "first_size": query.from_,
                "second_size": query.to,
                "first_root": encode(tree.root(query.from_)),
                "second_root": encode(tree.root(query.to)),
                "proof": [encode(each) for each in tree.consistency_proof(query.from_, query.to)],
            }
        )


def _as_json(row: SealedCheckpoint) -> dict[str, object]:
    return {
        "origin": row.origin,
        "size": row.size,
        "root_hash": base64_text.encode(bytes(row.root)),
        "sealed_at": row.sealed_at,
        "note": checkpoints.with_cosignatures(row),
        "time_stamps": [
            {
                "authority": each.authority,
                "stamped_at": each.stamped_at,
                "response": base64_text.encode(bytes(each.response)),
            }
            for each in row.time_stamps.all()
        ],
    }
