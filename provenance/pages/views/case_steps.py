"""The steps of a case: each is one form, and leads back to the page of the case."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from provenance.cases import casework, second_thoughts
from provenance.cases.errors import NotFound
from provenance.pages.access import PersonRequest, require_administrator, require_editor
from provenance.pages.review_forms import ReasonForm
from provenance.pages.views.case import page_of, removing
from provenance.pages.workplace_forms import AssignForm, CommentForm, ToCaseForm, editors
from provenance.review.errors import ReviewRefused
from provenance.sealing.keys import KeyDestroyed
from retrieval.errors import RequestRefused
from retrieval.recording.errors import RecordNotFound

ShownForm = tuple[str, Form]


@require_POST
@require_editor
def add_output(request: PersonRequest, case_id: UUID) -> HttpResponse:
    form = ToCaseForm(request.POST)

    def added() -> None:
        try:
            casework.add_to_case(
                case_id=case_id,
                output_id=form.cleaned_data["output_id"],
                principal=request.principal,
            )
        except RecordNotFound as error:
            raise RequestRefused("output_id", gettext("There is no such output.")) from error

    return _done(request, case_id, ("adding", form), added, gettext("The output is in the case."))


@require_POST
@require_editor
def assign(request: PersonRequest, case_id: UUID) -> HttpResponse:
    form = AssignForm(request.POST, people=editors())

    def assigned() -> None:
        casework.assign_case(
            case_id=case_id,
            assignee=form.person(),
            due_on=form.cleaned_data["due_on"],
            principal=request.principal,
        )

    return _done(request, case_id, ("assigning", form), assigned, gettext("Assigned."))


@require_POST
@require_editor
def comment(request: PersonRequest, case_id: UUID) -> HttpResponse:
    form = CommentForm(request.POST)

    def said() -> None:
        casework.comment_on_case(
            case_id=case_id,
            comment_id=form.cleaned_data["id"],
            text=form.cleaned_data["text"],
            principal=request.principal,
        )

    return _done(request, case_id, ("commenting", form), said, gettext("Comment added."))


@require_POST
@require_administrator
def hold(request: PersonRequest, case_id: UUID) -> HttpResponse:
    return _reasoned(request, case_id, "holding", casework.hold_case, gettext("The case is held."))


@require_POST
@require_administrator
def lift(request: PersonRequest, case_id: UUID) -> HttpResponse:
    return _reasoned(
        request, case_id, "holding", casework.lift_hold, gettext("The hold is lifted.")
    )


@require_POST
@require_editor
def close(request: PersonRequest, case_id: UUID) -> HttpResponse:
    def closed(*, reason: str, **more: Any) -> None:
        casework.close_case(conclusion=reason, **more)

    return _reasoned(request, case_id, "closing", closed, gettext("The case is closed."))


@require_POST
@require_editor
def reopen(request: PersonRequest, case_id: UUID) -> HttpResponse:
    return _reasoned(
        request,
        case_id,
        "reopening",
        second_thoughts.reopen_case,
        gettext("The case is open again."),
    )


@require_POST
@require_editor
def remove_output(request: PersonRequest, case_id: UUID, output_id: UUID) -> HttpResponse:
    removed = partial(second_thoughts.remove_from_case, output_id=output_id)
    name = removing(output_id)
    return _reasoned(
        request, case_id, name, removed, gettext("The output is no longer in the case.")
    )


def _reasoned(
    request: PersonRequest, case_id: UUID, name: str, command: Callable[..., None], said: str
) -> HttpResponse:
    form = ReasonForm(request.POST, auto_id=f"{name}_%s")

    def act() -> None:
        command(case_id=case_id, reason=form.cleaned_data["reason"], principal=request.principal)

    return _done(request, case_id, (name, form), act, said)


def _done(
    request: PersonRequest,
    case_id: UUID,
    shown: ShownForm,
    act: Callable[[], None],
    said: str,
) -> HttpResponse:
    name, form = shown
    if not form.is_valid():
        return page_of(request, case_id, forms={name: form}, status=422)
    try:
        act()
    except NotFound as error:
        raise Http404 from error
    except (ReviewRefused, RequestRefused, KeyDestroyed) as error:
        return page_of(request, case_id, forms={name: form}, problem=str(error), status=409)
    messages.success(request, said)
    return redirect("pages:case", case_id)
