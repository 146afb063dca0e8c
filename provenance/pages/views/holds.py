"""Legal holds: what must not be erased, since when and why."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.pages.access import PersonRequest, require_administrator, require_whole_view
from provenance.pages.people import names_of
from provenance.pages.rendering import show
from provenance.pages.review_forms import HoldForm, ReasonForm
from provenance.review import commands
from provenance.review.errors import HoldUnknown, ReviewRefused
from provenance.review.holds import hold_entries
from provenance.review.models import HoldEntry


@dataclass(frozen=True)
class Row:
    """A hold with the names of those who placed and released it."""

    entry: HoldEntry
    placed_by: str
    released_by: str


@require_safe
@require_whole_view
def holds(request: PersonRequest) -> HttpResponse:
    return _holds(request, HoldForm(initial={"scope": "subject"}))


@require_POST
@require_whole_view
@require_administrator
def place_hold(request: PersonRequest) -> HttpResponse:
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _holds(request, form, status=422)
    commands.place_hold(
        form.target(), reason=form.cleaned_data["reason"], principal=request.principal
    )
    messages.success(
        request, gettext("The hold stands: nothing of it can be erased until it is released.")
    )
    return redirect("pages:holds")


@require_POST
@require_whole_view
@require_administrator
def release_hold(request: PersonRequest, hold_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Say why the hold is released; it still stands."))
        return redirect("pages:holds")
    try:
        commands.release_hold(
            hold_id=hold_id, reason=form.cleaned_data["reason"], principal=request.principal
        )
    except HoldUnknown as error:
        raise Http404 from error
    except ReviewRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("The hold was released."))
    return redirect("pages:holds")


def _holds(request: PersonRequest, form: HoldForm, status: int = 200) -> HttpResponse:
    entries = hold_entries()
    names = names_of(actor for each in entries for actor in (each.placed_by, each.released_by))
    rows = [Row(each, names[each.placed_by], names.get(each.released_by, "")) for each in entries]
    context = {
        "standing": [row for row in rows if row.entry.released_at is None],
        "released": [row for row in rows if row.entry.released_at is not None],
        "form": form,
        "tab": "holds",
    }
    return show(request, "reviews/holds.html", context, section="reviews", status=status)
