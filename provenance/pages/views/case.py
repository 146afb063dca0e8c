"""One case: what a reviewer gathered in it, what was said of it, and how it ended.

In ten seconds: what is it about, which outputs, who leads it, is it held, how did it end?
"""

from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from provenance.cases import casework
from provenance.cases.errors import NotFound
from provenance.cases.models import ReviewEntry
from provenance.cases.record import case_as_json
from provenance.pages.access import PersonRequest, may_administer, may_edit, require_person
from provenance.pages.rendering import show
from provenance.pages.review_forms import ReasonForm
from provenance.pages.reviewing import log_of, with_names
from provenance.pages.views.reviews import SECTION
from provenance.pages.workplace_forms import AssignForm, CommentForm, ToCaseForm, editors
from retrieval.recording.queries import visible_outputs

Json = dict[str, Any]


@require_safe
@require_person
def case(request: PersonRequest, case_id: UUID) -> HttpResponse:
    return page_of(request, case_id)


def page_of(
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
            "removing": forms.get(name := removing(row.output_id))
            or (ReasonForm(auto_id=f"{name}_%s") if removable else None),
        }
        for row in rows
    ]


def removing(output_id: UUID) -> str:
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
