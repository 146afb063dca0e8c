"""Guests: a reviewer invites an auditor from outside for a while, and sees what became of it.

In one look: who may read what, until when, whether they came, how much they looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from provenance.cases.errors import CaseUnknown
from provenance.cases.models import CaseEntry
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_editor, require_whole_view
from provenance.pages.guest_forms import InvitationForm
from provenance.pages.people import names_of
from provenance.pages.rendering import show
from provenance.readers import inviting
from provenance.readers.errors import AlreadyRevoked, GuestUnknown, NameRefused
from provenance.readers.guests import ACTOR_TYPE
from provenance.readers.models import GuestEntry


@dataclass(frozen=True)
class Row:
    """A guest with the names of the case and of the people around."""

    entry: GuestEntry
    case: str
    invited_by: str
    revoked_by: str
    now: datetime

    @property
    def is_over(self) -> bool:
        return self.entry.revoked_at is not None or self.entry.expires_at <= self.now

    @property
    def last_day(self) -> datetime | None:
        """The range as it was asked for: to the end of this day."""
        return self.entry.until and self.entry.until - timedelta(microseconds=1)

    @property
    def looks_url(self) -> str:
        query = f"person={ACTOR_TYPE}+{self.entry.guest_id}"
        return f"{reverse('pages:looked_at')}?{query}"


@require_safe
@require_whole_view
@require_editor
def guests(request: PersonRequest) -> HttpResponse:
    """`?case=` chooses the case that the form begins with."""
    return _guests(request, InvitationForm(initial={"case": request.GET.get("case", "")}))


@require_POST
@require_whole_view
@require_editor
def invite(request: PersonRequest) -> HttpResponse:
    """Answers with the link on the page itself: it is shown this once."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _guests(request, form, status=422)
    try:
        _, secret = inviting.invite_guest(
            name=form.cleaned_data["name"],
            scope=form.scope(),
            expires_at=timezone.now() + timedelta(days=form.cleaned_data["days"]),
            redacted=form.cleaned_data["redacted"],
            principal=request.principal,
        )
    except NameRefused as error:
        form.add_error("name", str(error))
        return _guests(request, form, status=422)
    except CaseUnknown as error:
        form.add_error("case", str(error))
        return _guests(request, form, status=422)
    link = request.build_absolute_uri(reverse("pages:guest_link", args=[secret]))
    return _guests(request, InvitationForm(), link=link, invited=form.cleaned_data["name"])


@require_POST
@require_whole_view
@require_editor
def revoke(request: PersonRequest, guest_id: UUID) -> HttpResponse:
    try:
        inviting.revoke_guest(guest_id=guest_id, principal=request.principal)
    except GuestUnknown as error:
        raise Http404 from error
    except AlreadyRevoked as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, gettext("The link opens nothing any more, from this moment on."))
    return redirect("pages:guests")


def _guests(
    request: PersonRequest,
    form: InvitationForm,
    *,
    link: str = "",
    invited: str = "",
    status: int = 200,
) -> HttpResponse:
    listed = keyset.page(
        GuestEntry.objects.all(), request.GET, by="position", position=lambda each: each.position
    )
    names = names_of(by for each in listed.rows for by in (each.invited_by, each.revoked_by))
    cases = _titles(each.case_id for each in listed.rows if each.case_id)
    now = timezone.now()
    context = {
        "rows": [_row(entry, cases, names, now) for entry in listed.rows],
        "first_page": listed.first,
        "next_page": listed.next,
        "after": keyset.AFTER in request.GET,
        "form": form,
        "link": link,
        "invited": invited,
        "tab": "guests",
    }
    return show(request, "accounts/guests.html", context, section="access", status=status)


def _row(
    entry: GuestEntry, cases: Mapping[UUID, str], names: Mapping[str, str], now: datetime
) -> Row:
    case = cases.get(entry.case_id, "") if entry.case_id else ""
    return Row(entry, case, names[entry.invited_by], names.get(entry.revoked_by, ""), now)


def _titles(case_ids: Iterable[UUID]) -> dict[UUID, str]:
    found = CaseEntry.objects.filter(case_id__in=set(case_ids))
    return dict(found.values_list("case_id", "title"))
