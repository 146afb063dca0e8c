"""The pipeline: an administrator or reviewer sees whether all keeps up, and what failed and why."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.pages import catalogue
from provenance.pages import pipeline as look
from provenance.pages.access import (
    PersonRequest,
    may_administer,
    require_administrator,
    require_whole_view,
)
from provenance.pages.event_names import in_words
from provenance.pages.rendering import show
from provenance.projections.failing import failing_pieces, try_piece_now
from provenance.projections.parked import PAGE, Parked, parked_events, try_parked_now
from provenance.projections.projection import projection_names
from provenance.projections.rebuild_listing import runs
from provenance.projections.rebuild_runs import (
    RebuildUnderWay,
    RebuildUnknown,
    ask_for_rebuild,
    stop_rebuild,
)
from provenance.projections.standing import Standing, standing
from provenance.projections.throughput import counted_by_type, throughput
from retrieval.generations.listing import unfinished_generations

SLOTS = 30
FAILED_DOCUMENTS = 10
LONGEST_PLACE = 18


@require_safe
@require_whole_view
def pipeline(request: PersonRequest) -> HttpResponse:
    """`?after=POSITION-READ_MODEL` goes on with the parked events from there."""
    now = standing()
    context = {
        "now": now,
        "administers": may_administer(request.principal),
        "generations": unfinished_generations(),
        **_progress(now),
        **_failures(request, now),
    }
    return show(request, "pages/pipeline.html", context, section="pipeline", partial="standing")


def _progress(now: Standing) -> dict[str, Any]:
    """Whether everything keeps up, and how much gets done."""
    at = timezone.now()
    found = throughput(at, head=now.head, slots=SLOTS)
    models = look.read_models(now, runs(), at=at)
    done = counted_by_type(look.TYPES, head=now.head, count=found.hour)
    return {
        "unplaced_seconds": look.seconds_since(now.oldest_unplaced_at, at),
        "stopped": [each for each in models if each.standing and each.standing.problem],
        "late": [each for each in models if each.late],
        "furthest": max((each.behind for each in models), default=0),
        "stages": look.stages(now, done),
        "stage_span": look.span(found),
        "other_work": look.other_work(now),
        "throughput": found,
        "chart": look.chart(found),
        "read_models": models,
        "rebuilding": any(each.run and each.run.under_way for each in models),
    }


def _failures(request: PersonRequest, now: Standing) -> dict[str, Any]:
    pieces, failing = failing_pieces()
    parked = parked_events(after=_after(request.GET.get("after", "")), limit=PAGE + 1)
    failed = list(catalogue.failed_versions(request.principal)[: FAILED_DOCUMENTS + 1])
    return {
        "pieces": [(look.in_words(each.kind), each) for each in pieces],
        "failing": failing,
        "failed": failed[:FAILED_DOCUMENTS],
        "more_failed": len(failed) > FAILED_DOCUMENTS,
        "parked": [(in_words(each.type), each) for each in parked[:PAGE]],
        "parked_count": sum(each.parked for each in now.read_models),
        "parked_next": _next(parked),
        "parked_models": [each.name for each in now.read_models if each.parked],
    }


@require_POST
@require_whole_view
@require_administrator
def retry_piece(request: PersonRequest, kind: str, subject_id: UUID) -> HttpResponse:
    if try_piece_now(kind, subject_id):
        messages.success(
            request, gettext("“%(kind)s” is being tried again now.") % {"kind": look.in_words(kind)}
        )
    else:
        messages.success(request, gettext("It does not wait for another attempt any more."))
    return redirect("pages:pipeline")


@require_POST
@require_whole_view
@require_administrator
def retry_parked(request: PersonRequest, name: str) -> HttpResponse:
    _require_known(name)
    count = try_parked_now(name)
    messages.success(
        request,
        gettext("%(name)s: %(count)s parked, being tried again now.")
        % {"name": name, "count": f"{count:,}"},
    )
    return redirect("pages:pipeline")


@require_POST
@require_whole_view
@require_administrator
def rebuild(request: PersonRequest, name: str) -> HttpResponse:
    _require_known(name)
    try:
        ask_for_rebuild(name, asked_by=f"{request.principal.actor.type} {request.user.id}")
    except RebuildUnderWay as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            gettext("%(name)s is rebuilt beside the live rows, which go on serving.")
            % {"name": name},
        )
    return redirect("pages:pipeline")


@require_POST
@require_whole_view
@require_administrator
def stop(request: PersonRequest, name: str) -> HttpResponse:
    _require_known(name)
    try:
        stop_rebuild(name)
    except RebuildUnknown as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            gettext("The rebuild of %(name)s stops; its rows stay as they were.") % {"name": name},
        )
    return redirect("pages:pipeline")


def _require_known(name: str) -> None:
    if name not in projection_names():
        raise Http404


def _after(text: str) -> tuple[int, str]:
    position, _, name = text.partition("-")
    if not position.isdecimal() or not position.isascii() or len(position) > LONGEST_PLACE:
        return (-1, "")
    return (int(position), name if name in projection_names() else "")


def _next(parked: list[Parked]) -> str:
    if len(parked) <= PAGE:
        return ""
    last = parked[PAGE - 1]
    return f"{last.position}-{last.read_model}"
