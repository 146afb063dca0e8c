"""Review queues: an administrator declares which outputs wait for a review, everybody reads it."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.cases import queues as commands
from provenance.cases.errors import QueueUnknown
from provenance.cases.models import QueueEntry
from provenance.cases.reading import standing_queues
from provenance.pages.access import (
    PersonRequest,
    may_administer,
    require_administrator,
    require_person,
)
from provenance.pages.people import names_of
from provenance.pages.rendering import show
from provenance.pages.views.reviews import SECTION, rule_in_words
from provenance.pages.workplace_forms import QueueForm
from retrieval.errors import RequestRefused


@dataclass(frozen=True)
class Row:
    """A queue with its rule and who declared it, in words."""

    entry: QueueEntry
    rule: str
    defined_by: str


@require_safe
@require_person
def queues(request: PersonRequest) -> HttpResponse:
    return _queues(request, QueueForm())


@require_POST
@require_administrator
def define(request: PersonRequest) -> HttpResponse:
    form = QueueForm(request.POST)
    if not form.is_valid():
        return _queues(request, form, status=422)
    try:
        commands.define_queue(
            queue_id=form.cleaned_data["id"],
            name=form.cleaned_data["name"],
            rule=form.rule(),
            principal=request.principal,
        )
    except RequestRefused as error:
        form.add_error(error.field, str(error))
        return _queues(request, form, status=422)
    messages.success(request, gettext("The queue stands; it brings up earlier outputs as well."))
    return redirect("pages:queues")


@require_POST
@require_administrator
def retire(request: PersonRequest, queue_id: UUID) -> HttpResponse:
    try:
        commands.retire_queue(queue_id=queue_id, principal=request.principal)
    except QueueUnknown as error:
        raise Http404 from error
    messages.success(request, gettext("The queue brings nothing up any more."))
    return redirect("pages:queues")


def _queues(request: PersonRequest, form: QueueForm, status: int = 200) -> HttpResponse:
    entries = list(standing_queues())
    names = names_of(each.defined_by for each in entries)
    context = {
        "rows": [Row(each, rule_in_words(each), names[each.defined_by]) for each in entries],
        "form": form if may_administer(request.principal) else None,
        "tab": "queues",
    }
    return show(request, "reviews/queues.html", context, section=SECTION, status=status)
