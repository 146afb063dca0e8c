"""Releases of old contents: an administrator sees in one look what is to leave, and decides."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.exports import releasing
from provenance.integrity.errors import ReleaseRefused, ReleaseUnknown
from provenance.integrity.releases import Release, Status
from provenance.pages.access import PersonRequest, require_administrator, require_whole_view
from provenance.pages.people import names_of
from provenance.pages.rendering import show
from provenance.pages.review_forms import ReasonForm
from provenance.review.projections import named


@dataclass(frozen=True)
class Row:
    """A release with the names of those who asked and agreed."""

    release: Release
    reason: str
    requested_by: str
    approved_by: str

    @property
    def is_open(self) -> bool:
        return self.release.status == Status.REQUESTED


@require_safe
@require_whole_view
def releases(request: PersonRequest) -> HttpResponse:
    found = list(reversed(releasing.listed().values()))
    reasons = releasing.reasons()
    actors = {each for one in found for each in (one.requester, one.approver) if each}
    names = names_of(named(each) for each in actors)
    rows = [
        Row(
            each,
            reasons[each.asked.release_id],
            names[named(each.requester)],
            names[named(each.approver)] if each.approver else "",
        )
        for each in found
    ]
    context = {"rows": rows, "tab": "releases"}
    return show(request, "reviews/releases.html", context, section="reviews")


@require_POST
@require_whole_view
@require_administrator
def approve(request: PersonRequest, release_id: UUID) -> HttpResponse:
    try:
        releasing.approve_release(release_id=release_id, principal=request.principal)
    except ReleaseUnknown as error:
        raise Http404 from error
    except ReleaseRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            gettext("Approved. It is carried out by running release_range with the archive again."),
        )
    return redirect("pages:releases")


@require_POST
@require_whole_view
@require_administrator
def reject(request: PersonRequest, release_id: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Say why it is rejected; it still waits."))
        return redirect("pages:releases")
    try:
        releasing.reject_release(
            release_id=release_id,
            reason=form.cleaned_data["reason"],
            principal=request.principal,
        )
    except ReleaseUnknown as error:
        raise Http404 from error
    except ReleaseRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Rejected: everything stays where it is."))
    return redirect("pages:releases")
