"""The review of one output: a reviewer reads it beside its sources, pins findings, and signs.

In ten seconds: what is wrong with this answer, who has looked at it, and who signed it?
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from provenance.cases import reading
from provenance.cases.reviews import Status
from provenance.pages.access import PersonRequest, may_edit, require_person
from provenance.pages.rendering import show
from provenance.pages.review_forms import ReasonForm
from provenance.pages.reviewing import Pins, log_of, with_names
from provenance.pages.trace.page import build
from provenance.pages.trace.reading import read_reviewed, standings_now
from provenance.pages.viewing import note_view
from provenance.pages.views.reviews import SECTION, next_in
from provenance.pages.workplace_forms import (
    AssignForm,
    CommentForm,
    FindingForm,
    ResolveForm,
    RubricForm,
    SignForm,
    editors,
)

MOST_CASES = 100
Json = dict[str, Any]


@require_safe
@require_person
def review(request: PersonRequest, output_id: UUID) -> HttpResponse:
    return page_of(request, output_id)


def page_of(
    request: PersonRequest,
    output_id: UUID,
    *,
    forms: Mapping[str, Form] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    found = read(request, output_id)
    note_view(request, "output", output_id)
    record, came_from = found["record"], request.GET.get("from", "")
    is_open = record["status"] in {Status.UNREVIEWED, Status.IN_REVIEW}
    context = {
        **found,
        "problem": problem,
        "from": came_from,
        "next": next_in(request.principal, came_from or "mine", besides=output_id),
        "log": log_of(record),
        "erased": found["trace"].output.get("erased"),
    }
    if may_edit(request.principal) and not context["erased"]:
        context |= _forms(request, found, is_open=is_open) | dict(forms or {})
    return show(request, "reviews/review.html", context, section=SECTION, status=status)


def read(request: PersonRequest, output_id: UUID) -> Json:
    trace, review = read_reviewed(request.principal, output_id)
    told = trace.as_json()
    page = build(told, standings_now(trace))
    pins, record = Pins.of(told, page), with_names(review)
    for finding in record["findings"]:
        finding["place"] = pins.place(finding)
    return {"trace": page, "pins": pins, "record": record}


def _forms(request: PersonRequest, found: Json, *, is_open: bool) -> Json:
    record, pins = found["record"], found["pins"]
    if not is_open:
        shown: Json = {"reopening": ReasonForm()}
    else:
        rubric = record["rubric"] or {"answers": [], "note": ""}
        given = {each["question"]: each["answer"] for each in rubric["answers"]}
        due = {"assignee": record["assignee"], "due_on": record["due_on"]}
        shown = {
            "assigning": AssignForm(initial=due, people=editors()),
            "answering": RubricForm(initial={**given, "note": rubric["note"]}),
            "finding": FindingForm(sentences=pins.sentences, passages=pins.passages),
            "resolving": ResolveForm(),
            "commenting": CommentForm(),
        }
    if record["status"] != Status.SIGNED and not _signed_by(request, record):
        name = request.user.get_full_name() or request.user.get_username()
        shown["signing"] = SignForm(initial={"seen": record["version"], "printed_name": name})
    cases = reading.visible_cases(request.principal).filter(closed_at=None)
    return shown | {"cases": cases.order_by("-position")[:MOST_CASES]}


def _signed_by(request: PersonRequest, record: Json) -> bool:
    own = f"user {request.user.pk}"
    return any(
        each["signed_by"] == own and each["round"] == record["round"]
        for each in record["signatures"]
    )
