"""Index generations: built, compared, switched to and back, dropped."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.serializers.generations import (
    CompareQuery,
    ComparisonOut,
    GenerationDecidedOut,
    GenerationIn,
    GenerationsOut,
    NothingIn,
)
from provenance.history.generation_comparison import compare_generations
from retrieval.generations import commands
from retrieval.generations.listing import Listed, listed_generations

JSON = "application/json"


class ListGenerations(Operation):
    """Every generation, the newest first, with how far it is."""

    scope = "admin"
    answers: ClassVar = {200: GenerationsOut}

    def get(self, request: Request) -> Response:  # noqa: ARG002
        return Response([_generation(each) for each in listed_generations()])


class StartGeneration(Operation):
    """Has a generation built from the log beside the active one; workers do it when they can."""

    scope = "admin"
    bodies: ClassVar = {JSON: GenerationIn}
    answers: ClassVar = {202: GenerationDecidedOut}
    problems = (409, 503)

    @idempotent
    def post(self, request: Request) -> Response:
        body = GenerationIn.read(request.data)
        number = commands.start_generation(
            embedding_model=body.embedding_model,
            activate_when_verified=body.activate_when_verified,
            chunker=body.chunker,
            reading=body.reading,
            principal=self.principal,
        )
        return Response({"generation": number, "state": "building"}, status=202)


class Decision(Operation):
    """What the decisions about a generation share."""

    scope = "admin"
    bodies: ClassVar = {JSON: NothingIn}
    answers: ClassVar = {202: GenerationDecidedOut}
    problems = (404, 409)
    decide: ClassVar[Callable[..., Any]]
    state: ClassVar[str]

    @idempotent
    def post(self, request: Request, generation: int) -> Response:
        NothingIn.read(request.data or {})
        # Taken from the class, so that it is not bound to the view.
        done = type(self).decide(generation, principal=self.principal)
        state = "activation_requested" if done is False else type(self).state
        return Response({"generation": generation, "state": state}, status=202)


class ActivateGeneration(Decision):
    """Has searches use a verified generation; the same brings back one that was active before.

    Under four eyes the first to ask is told `activation_requested`, and somebody else asks again.
    """

    decide = staticmethod(commands.activate_generation)
    state = "active"


class CancelGeneration(Decision):
    """Gives up a generation that never was active; its rows go."""

    decide = staticmethod(commands.cancel_generation)
    state = "cancelled"


class PauseGeneration(Decision):
    """Has nothing more done for a generation that is being built."""

    decide = staticmethod(commands.pause_generation)
    state = "paused"


class ResumeGeneration(Decision):
    """Has a paused generation built further, from where it stands."""

    decide = staticmethod(commands.resume_generation)
    state = "building"


class VerifyGeneration(Decision):
    """Has a generation compared with the log once more, the active one too."""

    decide = staticmethod(commands.verify_generation)
    state = "verifying"


class DropGeneration(Decision):
    """Lets the rows of a generation that was active once go, whole; its vectors stay."""

    decide = staticmethod(commands.drop_generation)
    state = "dropped"


class CompareGenerations(Operation):
    """Asks recorded questions of this generation and of the active one; nothing is recorded."""

    scope = "admin"
    query = CompareQuery
    answers: ClassVar = {200: ComparisonOut}
    problems = (404, 409)

    def get(self, request: Request, generation: int) -> Response:
        query = CompareQuery.read_from(request.query_params)
        found = compare_generations(generation, queries=query.queries)
        return Response(
            {
                "generation": found.generation,
                "compared_with": found.compared_with,
                "queries": len(found.cases),
                "erased": found.erased,
                "overlap": found.overlap,
                "rank_shift": found.rank_shift,
                "lost_citations": found.lost_citations,
                "worst": [asdict(case) for case in found.worst],
            }
        )


def _generation(each: Listed) -> dict[str, Any]:
    row = each.row
    return {
        "generation": row.generation,
        "state": row.state,
        "paused": row.paused,
        "embedding_model": row.embedding_model,
        "model_digest": row.model_digest,
        "chunker": row.chunker or None,
        "reading": row.reading or None,
        "parsers": row.configuration.get("parsers"),
        "texts": {"changed": 0, "same": 0, "failed": 0, **each.reread} if row.reading else None,
        "dimensions": row.dimensions,
        "progress": asdict(each.progress),
        "owed_versions": each.owed,
        "versions": row.versions,
        "chunks": each.chunks,
        "root": row.root or None,
        "position": row.verified_position or row.built_position or row.started_position,
        "started_position": row.started_position,
        "verified_position": row.verified_position,
        "activated_position": row.activated_position,
        "activate_when_verified": row.activate_when_verified,
        "activation_requested_by": row.activation_requested_by or None,
        "problem": row.problem or None,
    }
