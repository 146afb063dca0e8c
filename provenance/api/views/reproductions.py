"""Recorded retrievals, run again."""

from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.accounts.access import Principal
from provenance.api.operation import Operation
from provenance.api.serializers.queries import WhyNotQuery
from provenance.api.serializers.reproductions import (
    RankOut,
    ReproductionIn,
    ReproductionOut,
    WhyNotOut,
)
from provenance.history.ranks import hidden_versions, ranks_as_json
from provenance.history.recorded_questions import ServedElsewhere
from provenance.history.reproduction import Reproduction, reproduce
from provenance.history.telling import in_words, sentence
from provenance.history.verdicts import Verdict
from provenance.history.why_not import why_not
from retrieval.recording.reading import read_retrieval


class ReproduceRetrieval(Operation):
    """Asks the question of a retrieval again, as the system was then, and compares.

    The outcome is recorded in the retrieval's stream.
    """

    bodies: ClassVar = {"application/json": ReproductionIn}
    answers: ClassVar = {200: ReproductionOut}
    problems = (404, 503)

    def post(self, request: Request, retrieval_id: UUID) -> Response:
        ReproductionIn.read(request.data)
        try:
            found, event_id = reproduce(retrieval_id, principal=self.principal)
        except ServedElsewhere:
            return Response(_served_elsewhere(retrieval_id, self.principal))
        return Response(_told(found, event_id, self.principal))


class ExplainAbsence(Operation):
    """Why a document, or a version of it, is not in what an answer was based on; or that it is."""

    query = WhyNotQuery
    answers: ClassVar = {200: WhyNotOut}
    problems = (404, 409)

    def get(self, request: Request, retrieval_id: UUID) -> Response:
        asked = WhyNotQuery.read_from(request.query_params).given()
        return Response(asdict(why_not(retrieval_id, principal=self.principal, **asked)))


def _told(found: Reproduction, event_id: UUID, principal: Principal) -> dict[str, Any]:
    data = found.retrieval.data
    hidden = hidden_versions((*found.retrieval.answer, *found.answer), principal=principal)
    return {
        "retrieval_id": data.retrieval_id,
        "event_id": event_id,
        "verdict": found.verdict,
        "whole_ranking": found.whole_ranking,
        "cause": found.cause,
        "detail": in_words(found),
        "position": found.retrieval.position,
        "effective_at": found.retrieval.effective_at,
        "index_generation": data.index_generation,
        "recorded_search": data.search,
        "search": found.search,
        "recorded": ranks_as_json(found.retrieval.answer, hidden=hidden),
        "reproduced": ranks_as_json(found.answer, hidden=hidden),
    }


def _served_elsewhere(retrieval_id: UUID, principal: Principal) -> dict[str, Any]:
    """Raises RecordNotFound."""
    verdict = Verdict.NOT_SERVED_HERE
    recorded = read_retrieval(retrieval_id, principal=principal)["results"]
    unknown = dict.fromkeys(set(ReproductionOut.model_fields))
    return unknown | {
        "retrieval_id": retrieval_id,
        "verdict": verdict,
        "whole_ranking": verdict,
        "detail": sentence(verdict, None, run=True, whole=verdict),
        "recorded": [
            {name: result.get(name) for name in RankOut.model_fields} | {"hidden": False}
            for result in recorded
        ],
        "reproduced": [],
    }
