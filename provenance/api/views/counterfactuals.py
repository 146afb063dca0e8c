"""Recorded questions asked otherwise: at another moment, without a version, until they change."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.operation import Operation
from provenance.api.serializers.reproductions import (
    BisectionIn,
    BisectionOut,
    CounterfactualIn,
    CounterfactualOut,
)
from provenance.eventstore.recorded import Recorded
from provenance.history.bisection import bisect
from provenance.history.counterfactuals import Pair, ask_otherwise, side_by_side
from provenance.history.moments import Moment, moment_of
from provenance.history.ranks import ranks_as_json
from provenance.history.recorded_questions import RecordedRetrieval, recorded_retrieval
from provenance.history.verdicts import compare
from retrieval.ranking import MICRO, RankedChunk


class AskOtherwise(Operation):
    """Asks the question of a retrieval at another moment, or without a version.

    Only what the key may see is searched; nothing is recorded.
    """

    bodies: ClassVar = {"application/json": CounterfactualIn}
    answers: ClassVar = {200: CounterfactualOut}
    problems = (404, 409, 410, 503)

    def post(self, request: Request, retrieval_id: UUID) -> Response:
        body = CounterfactualIn.read(request.data)
        retrieval = recorded_retrieval(retrieval_id, principal=self.principal)
        moment = _moment(body, retrieval)
        without = [] if body.without_version_id is None else [body.without_version_id]
        found = ask_otherwise(retrieval, moment, principal=self.principal, without=without)
        return Response(
            {
                "retrieval_id": retrieval_id,
                "index_generation": found.generation.generation,
                "recorded_position": retrieval.position,
                "recorded_effective_at": retrieval.effective_at,
                "position": moment.position,
                "effective_at": moment.effective_at,
                "verdict": compare(retrieval.answer, found.ranking),
                "ranks": [_pair(each) for each in side_by_side(retrieval.answer, found.ranking)],
            }
        )


class FindChange(Operation):
    """Finds the position at which the sources of an answer changed, and the event that did it."""

    bodies: ClassVar = {"application/json": BisectionIn}
    answers: ClassVar = {200: BisectionOut}
    problems = (404, 409, 410, 503)

    def post(self, request: Request, retrieval_id: UUID) -> Response:
        body = BisectionIn.read(request.data)
        retrieval = recorded_retrieval(retrieval_id, principal=self.principal)
        until = moment_of(
            at=body.until, effective_at=retrieval.effective_at, collections=None, field="until"
        )
        found = bisect(retrieval, until=until.position, principal=self.principal)
        return Response(
            {
                "retrieval_id": retrieval_id,
                "from": found.start,
                "until": found.until,
                "changed": found.position is not None,
                "position": found.position,
                "event": None if found.event is None else _event(found.event),
                "searches": found.searches,
                "before": ranks_as_json(found.before),
                "after": ranks_as_json(found.after),
            }
        )


def _moment(body: CounterfactualIn, retrieval: RecordedRetrieval) -> Moment:
    recorded = body.as_recorded
    at, effective_at = body.as_of, body.effective_at
    return moment_of(
        at=retrieval.position if at is None and recorded else at,
        effective_at=retrieval.effective_at if effective_at is None and recorded else effective_at,
        collections=retrieval.data.collections_searched,
        field="as_of",
    )


def _pair(pair: Pair) -> dict[str, Any]:
    chunk = pair.chunk
    return {
        "chunk_id": UUID(chunk.chunk_id),
        "document_id": UUID(chunk.document_id),
        "version_id": UUID(chunk.version_id),
        "version_number": chunk.version_number,
        "recorded_rank": pair.before and pair.before.rank,
        "recorded_score": _score(pair.before),
        "rank": pair.after and pair.after.rank,
        "score": _score(pair.after),
    }


def _score(ranked: RankedChunk | None) -> float | None:
    return None if ranked is None else ranked.score / MICRO


def _event(event: Recorded[Any]) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "type": event.type,
        "position": event.position,
        "recorded_at": event.recorded_at,
        "document_id": getattr(event.data, "document_id", None),
        "version_id": getattr(event.data, "version_id", None),
    }
