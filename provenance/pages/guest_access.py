"""Who may open a page for guests: whoever entered by a link that still opens; no account counts."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from provenance.accounts.access import Principal
from provenance.readers import scope
from provenance.readers.errors import LinkUnknown
from provenance.readers.events import RecordKind
from provenance.readers.guests import Guest
from provenance.readers.inviting import actor_of, guest_of_session
from provenance.readers.viewing import record_view

COOKIE = "ragledger_guest"
PATH = "/guest/"
# A page whose address holds the secret must not tell it to whom it asks or leads.
REFERRER = "strict-origin"


class GuestRequest(HttpRequest):
    """A request of a guest who entered."""

    guest: Guest
    principal: Principal


P = ParamSpec("P")
GuestView = Callable[Concatenate[GuestRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def require_guest(view: GuestView[P]) -> View[P]:
    """Everybody else is told to open their link; what lies outside a guest's scope is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            guest = guest_of_session(request.COOKIES.get(COOKIE, ""))
        except LinkUnknown:
            return shut(request, status=403)
        request.guest = guest  # type: ignore[attr-defined]
        request.principal = scope.principal_of(guest)  # type: ignore[attr-defined]
        try:
            response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        except Http404:
            response = show_guest(request, "guest/not_found.html", {}, status=404)  # type: ignore[arg-type]
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded


def require_in_scope(request: GuestRequest, output_id: UUID) -> None:
    """Raises Http404."""
    if not scope.may_read(request.guest, output_id):
        raise Http404


def note_guest_view(request: GuestRequest, kind: RecordKind, record_id: UUID) -> None:
    if request.method == "GET":
        record_view(kind=kind, record_id=record_id, actor=actor_of(request.guest.guest_id))


def show_guest(
    request: GuestRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    return render(request, template, {"guest": request.guest, **context}, status=status)


def shut(request: HttpRequest, *, status: int, retry_after: int | None = None) -> HttpResponse:
    """The same for a link that is wrong, expired or revoked: a stranger learns nothing of it."""
    response = render(request, "guest/shut.html", {"retry_after": retry_after}, status=status)
    response.headers["Referrer-Policy"] = REFERRER
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def address_of(request: HttpRequest) -> str:
    """Behind a proxy that is trusted to tell the scheme, the address that it saw."""
    seen = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    if settings.SECURE_PROXY_SSL_HEADER and seen:
        return seen[:64]
    return str(request.META.get("REMOTE_ADDR", ""))
