"""Cases: a reviewer sees which are open and who leads them, and opens another.

In ten seconds: which cases go on, whose are they, and what is due?
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.cases import casework, reading
from provenance.cases.models import CaseEntry
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, may_edit, require_editor, require_person
from provenance.pages.people import names_of
from provenance.pages.rendering import show
from provenance.pages.views.reviews import SECTION
from provenance.pages.workplace_forms import CaseForm
from provenance.review.errors import ReviewRefused
from retrieval.errors import RequestRefused
from retrieval.recording.errors import RecordNotFound


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
