"""The door for guests: a link says what it opens, a button opens it, and leaving closes it.

For somebody who was sent a link: what is this, until when, and how do I come in? Programs that
look at a link before a person does must not enter, so entering takes the button.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from provenance.pages.guest_access import COOKIE, PATH, REFERRER, address_of, shut
from provenance.readers.attempts import TooManyAttempts, count_failure, require_patience
from provenance.readers.errors import LinkUnknown
from provenance.readers.guests import Guest
from provenance.readers.inviting import enter, guest_of_link, leave


@require_safe
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Says what the link opens, and nothing that is in it."""
    guest = _guest(request, secret)
    if isinstance(guest, HttpResponse):
        return guest
    response = render(request, "guest/door.html", {"invited": guest, "secret": secret})
    response.headers["Referrer-Policy"] = REFERRER
    return response


@require_POST
def enter_by_link(request: HttpRequest) -> HttpResponse:
    """From here on a cookie of the guest's own counts, and no address holds the secret."""
    secret = request.POST.get("secret", "")
    guest = _guest(request, secret)
    if isinstance(guest, HttpResponse):
        return guest
    session, expires_at = enter(secret=secret)
    response = redirect("pages:guest_outputs")
    response.set_cookie(
        COOKIE,
        session,
        max_age=expires_at - timezone.now(),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
    return response


@require_POST
def leave_by_button(request: HttpRequest) -> HttpResponse:
    leave(session=request.COOKIES.get(COOKIE, ""))
    response = render(request, "guest/left.html")
    response.delete_cookie(COOKIE, path=PATH, samesite=settings.SESSION_COOKIE_SAMESITE)
    return response


def _guest(request: HttpRequest, secret: str) -> Guest | HttpResponse:
    """Whose link it is, or the answer to one that opens nothing."""
    address = address_of(request)
    try:
        require_patience(address)
        return guest_of_link(secret)
    except TooManyAttempts as error:
        return shut(request, status=429, retry_after=error.retry_after)
    except LinkUnknown:
        count_failure(address)
        return shut(request, status=404)
