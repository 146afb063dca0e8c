"""Cases: a reviewer gathers outputs that belong together, holds them, and brings them to an end.

In ten seconds: what is it about, which outputs, who leads it, is it held, how did it end?
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.cases import casework, reading, second_thoughts
from provenance.cases.errors import NotFound
from provenance.cases.models import CaseEntry, ReviewEntry
from provenance.cases.record import case_as_json
from provenance.pages import keyset
from provenance.pages.access import (
    PersonRequest,
    may_administer,
    may_edit,
    require_administrator,
    require_editor,
    require_person,
)
from provenance.pages.people import names_of
from provenance.pages.rendering import show
from provenance.pages.review_forms import ReasonForm
from provenance.pages.reviewing import log_of, with_names
from provenance.pages.views.reviews import SECTION
from provenance.pages.workplace_forms import (
    AssignForm,
    CaseForm,
    CommentForm,
    ToCaseForm,
    editors,
)
from provenance.review.errors import ReviewRefused
from provenance.sealing.keys import KeyDestroyed
from retrieval.errors import RequestRefused
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.queries import visible_outputs

Json = dict[str, Any]
ShownForm = tuple[str, Form]


@dataclass(frozen=True)
class Row:
    """A case with the names of those who opened and lead it."""

    entry: CaseEntry
    opened_by: str
    assignee: str


@require_safe
@require_person
def cases(request: PersonRequest) -> HttpResponse:
    return _cases(request, CaseForm())


@require_POST
@require_editor
def open_case(request: PersonRequest) -> HttpResponse:
    form = CaseForm(request.POST)
    if not form.is_valid():
        return _cases(request, form, status=422)
    try:
        casework.open_case(
            case_id=form.cleaned_data["id"],
            title=form.cleaned_data["title"],
            description=form.cleaned_data["description"],
            outputs=form.cleaned_data["outputs"],
            principal=request.principal,
        )
    except (RecordNotFound, RequestRefused, ReviewRefused) as error:
        form.add_error("outputs", str(error))
        return _cases(request, form, status=422)
    messages.success(request, gettext("The case is open."))
    return redirect("pages:case", form.cleaned_data["id"])


@require_safe
@require_person
def case(request: PersonRequest, case_id: UUID) -> HttpResponse:
    return _case(request, case_id)


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

    return _done(request, case_id, ("assigning", form), assigned, "Assigned.")


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
        request, case_id, "reopening", second_thoughts.reopen_case, "The case is open again."
    )


@require_POST
@require_editor
def remove_output(request: PersonRequest, case_id: UUID, output_id: UUID) -> HttpResponse:
    removed = partial(second_thoughts.remove_from_case, output_id=output_id)
    name = _removing(output_id)
    return _reasoned(request, case_id, name, removed, "The output is no longer in the case.")


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
        return _case(request, case_id, forms={name: form}, status=422)
    try:
        act()
    except NotFound as error:
        raise Http404 from error
    except (ReviewRefused, RequestRefused, KeyDestroyed) as error:
        return _case(request, case_id, forms={name: form}, problem=str(error), status=409)
    messages.success(request, said)
    return redirect("pages:case", case_id)


def _cases(request: PersonRequest, form: CaseForm, status: int = 200) -> HttpResponse:
    shows_closed = request.GET.get("show") == "closed"
    found = reading.visible_cases(request.principal).filter(closed_at__isnull=not shows_closed)
    listed = keyset.page(found, request.GET, by="position", position=lambda each: each.position)
    names = names_of(actor for each in listed.rows for actor in (each.opened_by, _assignee(each)))
    context = {
        "rows": [
            Row(
                each, names[each.opened_by], names[f"user {each.assignee}"] if each.assignee else ""
            )
            for each in listed.rows
        ],
        "closed": shows_closed,
        "first_page": listed.first,
        "next_page": listed.next,
        "after": keyset.AFTER in request.GET,
        "form": form if may_edit(request.principal) else None,
        "tab": "cases",
    }
    return show(request, "reviews/cases.html", context, section=SECTION, status=status)


def _assignee(case: CaseEntry) -> str:
    return f"user {case.assignee}" if case.assignee else ""


def _case(
    request: PersonRequest,
    case_id: UUID,
    *,
    forms: dict[str, Form] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    try:
        events, _ = casework.read_case(case_id, principal=request.principal)
    except NotFound as error:
        raise Http404 from error
    record = with_names(case_as_json(events))
    context = {
        "case": record,
        "outputs": _outputs(request, record, forms or {}),
        "problem": problem,
        "log": log_of(record),
        "tab": "cases",
    }
    context |= _forms(request, record) | (forms or {})
    return show(request, "reviews/case.html", context, section=SECTION, status=status)


def _outputs(request: PersonRequest, record: Json, forms: dict[str, Form]) -> list[Json]:
    """With a form for each that can be taken out; what was sent in vain is shown again."""
    ids = [each["output_id"] for each in record["outputs"]]
    rows = visible_outputs(request.principal).filter(output_id__in=ids).order_by("-position")
    reviews = {each.output_id: each for each in ReviewEntry.objects.filter(output_id__in=ids)}
    removable = may_edit(request.principal) and not record["closed"] and not record["hold"]
    return [
        {
            "output": row,
            "review": reviews.get(row.output_id),
            "removing": forms.get(name := _removing(row.output_id))
            or (ReasonForm(auto_id=f"{name}_%s") if removable else None),
        }
        for row in rows
    ]


def _removing(output_id: UUID) -> str:
    return f"removing_{output_id}"


def _forms(request: PersonRequest, record: Json) -> Json:
    shown: Json = {}
    if may_administer(request.principal):
        shown["holding"] = ReasonForm(auto_id="holding_%s")
    if not may_edit(request.principal):
        return shown
    if record["closed"]:
        return shown | {"reopening": ReasonForm(auto_id="reopening_%s")}
    due = {"assignee": record["assignee"], "due_on": record["due_on"]}
    shown |= {
        "assigning": AssignForm(initial=due, people=editors()),
        "commenting": CommentForm(),
        "closing": ReasonForm(auto_id="closing_%s"),
    }
    if not record["hold"] or may_administer(request.principal):
        shown["adding"] = ToCaseForm()
    return shown
