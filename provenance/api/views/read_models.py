"""Read models: how far each is, and having one rebuilt beside its live rows."""

from dataclasses import asdict
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.health import seconds_since
from provenance.api.idempotency import idempotent
from provenance.api.operation import Operation
from provenance.api.serializers.generations import NothingIn
from provenance.api.serializers.read_models import ReadModelsOut, RebuildDecidedOut
from provenance.projections.projection import projection_names
from provenance.projections.rebuild_listing import Run, runs
from provenance.projections.rebuild_runs import ask_for_rebuild, stop_rebuild
from provenance.projections.standing import ReadModelStanding, standing

JSON = "application/json"


class ListReadModels(Operation):
    """Every read model by name, with its last rebuild."""

    scope = "admin"
    answers: ClassVar = {200: ReadModelsOut}

    def get(self, request: Request) -> Response:  # noqa: ARG002
        known = {each.name: each for each in standing().read_models}
        rebuilds = runs()
        return Response(
            [_read_model(name, known.get(name), rebuilds.get(name)) for name in projection_names()]
        )


class RebuildReadModel(Operation):
    """Has a worker fold a read model anew and write the rows that differ; it goes on serving."""

    scope = "admin"
    bodies: ClassVar = {JSON: NothingIn}
    answers: ClassVar = {202: RebuildDecidedOut}
    problems = (404, 409)

    @idempotent
    def post(self, request: Request, name: str) -> Response:
        NothingIn.read(request.data or {})
        actor = self.principal.actor
        ask_for_rebuild(name, asked_by=f"{actor.type} {actor.id}")
        return Response({"name": name, "state": "waiting"}, status=202)


class CancelRebuild(Operation):
    """Has a rebuild end before its swap; the rows stay as they were."""

    scope = "admin"
    bodies: ClassVar = {JSON: NothingIn}
    answers: ClassVar = {202: RebuildDecidedOut}
    problems = (404,)

    @idempotent
    def post(self, request: Request, name: str) -> Response:
        NothingIn.read(request.data or {})
        stop_rebuild(name)
        return Response({"name": name, "state": "stopping"}, status=202)


def _read_model(name: str, standing: ReadModelStanding | None, run: Run | None) -> dict[str, Any]:
    return {
        "name": name,
        "position": standing.position if standing else -1,
        "behind": standing.behind if standing else None,
        "lag_seconds": seconds_since(standing.behind_since) if standing else None,
        "parked_events": standing.parked if standing else 0,
        "problem": (standing.problem or None) if standing else None,
        "rebuild": _rebuild(run) if run else None,
    }


def _rebuild(run: Run) -> dict[str, Any]:
    facts = asdict(run)
    return {
        **{name: facts[name] for name in ("state", "done", "total", "rate", "written", "removed")},
        "eta_seconds": run.seconds_left,
        "begun_at": run.begun_at,
        "ended_at": run.ended_at,
        "problem": run.problem or None,
    }
