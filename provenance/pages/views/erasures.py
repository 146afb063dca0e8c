"""Erasures: a reviewer finds and asks, another person decides, everybody sees what became of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from provenance.accounts.models import Role
from provenance.eventstore.store import read_stream
from provenance.pages import keyset
from provenance.pages.access import (
    PersonRequest,
    require_administrator,
    require_editor,
    require_whole_view,
)
from provenance.pages.people import names_of
from provenance.pages.rendering import show
from provenance.pages.review_forms import ErasureForm, ReasonForm
from provenance.pages.timeline import timeline
from provenance.review import commands, reading
from provenance.review.certifying import certificate_text
from provenance.review.erasures import Status, party_of
from provenance.review.errors import ErasureUnknown, ReviewRefused
from provenance.review.finding import Target
from provenance.review.models import ErasureEntry

SECTION = "reviews"
# While its state still changes by itself.
MOVING = {Status.APPROVED, Status.STARTED, Status.EXECUTED}
SHOWN_RECORDS = 100


@dataclass(frozen=True)
class Row:
    """An erasure with the names of those who asked and decided."""

    entry: ErasureEntry
    requested_by: str
    decided_by: str


@require_safe
@require_whole_view
def erasures(request: PersonRequest) -> HttpResponse:
    listed = keyset.page(
        ErasureEntry.objects.all(), request.GET, by="position", position=lambda each: each.position
    )
    names = names_of(
        actor for each in listed.rows for actor in (each.requested_by, each.decided_by)
    )
    context = {
        "rows": [
            Row(each, names[each.requested_by], names.get(each.decided_by, ""))
            for each in listed.rows
        ],
        "first_page": listed.first,
        "next_page": listed.next,
        "after": keyset.AFTER in request.GET,
        "tab": "erasures",
    }
    return show(request, "reviews/erasures.html", context, section=SECTION)


@require_http_methods(["GET", "HEAD", "POST"])
@require_whole_view
@require_editor
def new_erasure(request: PersonRequest) -> HttpResponse:
    """Finds first, asks second. What is sought goes by POST: a reference is no part of a URL."""
    if request.method != "POST":
        return _new(request, ErasureForm(initial=_initial(request)))
    form = ErasureForm(request.POST)
    if not form.is_valid():
        return _new(request, form, status=422)
    target = form.target()
    if "reason" not in request.POST:
        return _preview(request, form, target, ReasonForm())
    reason = ReasonForm(request.POST)
    if not reason.is_valid():
        return _preview(request, form, target, reason, status=422)
    try:
        erasure_id = commands.request_erasure(
            target, reason=reason.cleaned_data["reason"], principal=request.principal
        )
    except ReviewRefused as error:
        reason.add_error("reason", str(error))
        return _preview(request, form, target, reason, status=409)
    messages.success(request, gettext("The erasure is asked for. Another person must approve it."))
    return redirect("pages:erasure", erasure_id)


@require_safe
@require_whole_view
def erasure(request: PersonRequest, erasure_id: UUID) -> HttpResponse:
    return _erasure(request, erasure_id)


@require_POST
@require_whole_view
@require_administrator
def approve(request: PersonRequest, erasure_id: UUID) -> HttpResponse:
    if "understood" not in request.POST:
        return _erasure(
            request,
            erasure_id,
            problem=gettext("Tick that you have read what will be lost; nothing was approved."),
            status=422,
        )
    try:
        commands.approve_erasure(erasure_id=erasure_id, principal=request.principal)
    except ErasureUnknown as error:
        raise Http404 from error
    except ReviewRefused as error:
        return _erasure(request, erasure_id, problem=str(error), status=409)
    messages.success(request, gettext("Approved. The keys are being destroyed."))
    return redirect("pages:erasure", erasure_id)


@require_POST
@require_whole_view
@require_editor
def reject(request: PersonRequest, erasure_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _erasure(request, erasure_id, form=form, status=422)
    try:
        commands.reject_erasure(
            erasure_id=erasure_id,
            reason=form.cleaned_data["reason"],
            principal=request.principal,
        )
    except ErasureUnknown as error:
        raise Http404 from error
    except ReviewRefused as error:
        return _erasure(request, erasure_id, problem=str(error), status=409)
    messages.success(request, gettext("The erasure was rejected; nothing was erased."))
    return redirect("pages:erasure", erasure_id)


@require_safe
@require_whole_view
def certificate(request: HttpRequest, erasure_id: UUID) -> HttpResponse:  # noqa: ARG001
    text = certificate_text(erasure_id)
    if text is None:
        raise Http404
    named = f'attachment; filename="erasure-{erasure_id}.txt"'
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": named}
    )


def _initial(request: PersonRequest) -> dict[str, str]:
    for name, scope in (("document_id", "document"), ("output_id", "interaction")):
        if name in request.GET:
            return {"scope": scope, "reference": request.GET[name]}
    return {"scope": "subject"}


def _new(request: PersonRequest, form: ErasureForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "tab": "erasures"}
    return show(request, "reviews/new.html", context, section=SECTION, status=status)


def _preview(
    request: PersonRequest,
    form: ErasureForm,
    target: Target,
    reason: ReasonForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "reason": reason,
        "target": target,
        "tab": "erasures",
        **_found(request, target),
    }
    return show(request, "reviews/new.html", context, section=SECTION, status=status)


def _found(request: PersonRequest, target: Target) -> dict[str, Any]:
    found, holds = commands.preview(target, principal=request.principal)
    return {
        "counts": found.counts(),
        "records": found.records[:SHOWN_RECORDS],
        "more_records": max(0, len(found.records) - SHOWN_RECORDS),
        "holds": holds,
        "found": bool(found.records),
    }


def _erasure(
    request: PersonRequest,
    erasure_id: UUID,
    *,
    form: ReasonForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    try:
        entry = reading.erasure_entry(erasure_id)
    except ErasureUnknown as error:
        raise Http404 from error
    is_open = entry.status == Status.REQUESTED
    asked_for_it = party_of(request.principal.actor) == entry.requested_by
    names = names_of([entry.requested_by, entry.decided_by])
    context: dict[str, Any] = {
        "entry": entry,
        "requested_by": names[entry.requested_by],
        "decided_by": names.get(entry.decided_by, ""),
        "form": form or ReasonForm(),
        "problem": problem,
        "tab": "erasures",
        "is_open": is_open,
        "asked_for_it": asked_for_it,
        "may_approve": is_open
        and not asked_for_it
        and request.principal.role == Role.ADMINISTRATOR,
        "may_reject": is_open and (asked_for_it or request.principal.role == Role.ADMINISTRATOR),
        "moving": entry.status in MOVING,
        "waits_for": reading.what_it_waits_for(erasure_id) if entry.status in MOVING else "",
        "events": timeline(read_stream(f"erasure-{erasure_id}"), {}),
    }
    if is_open:
        target = Target(
            entry.scope,  # type: ignore[arg-type]
            entry.subject or None,
            entry.target_id,
            entry.with_interactions,
        )
        context |= _found(request, target)
    return show(
        request,
        "reviews/erasure.html",
        context,
        section=SECTION,
        partial="state",
        status=status,
    )
