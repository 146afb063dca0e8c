"""Who may open a page: one decorator a view, and the request as the view then knows it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from provenance.accounts.access import Principal, principal_of_user
from provenance.accounts.models import Role, User


class PersonRequest(HttpRequest):
    """A request of a person who is signed in."""

    user: User
    htmx: HtmxDetails
    principal: Principal


P = ParamSpec("P")
PersonView = Callable[Concatenate[PersonRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def require_person(view: PersonView[P]) -> View[P]:
    """Anybody who is signed in; everybody else signs in first."""
    return _required(view, allowed=lambda _: True)


def require_editor(view: PersonView[P]) -> View[P]:
    """Reviewers and administrators; auditors only read."""
    return _required(view, allowed=may_edit)


def require_administrator(view: PersonView[P]) -> View[P]:
    """Administrators."""
    return _required(view, allowed=may_administer)


def require_whole_view(view: PersonView[P]) -> View[P]:
    """People who may see every collection: the page does not exist for others."""
    return _required(view, allowed=sees_everything, otherwise=Http404)


def may_edit(principal: Principal) -> bool:
    return principal.role in {Role.REVIEWER, Role.ADMINISTRATOR}


def may_administer(principal: Principal) -> bool:
    return principal.role == Role.ADMINISTRATOR


def sees_everything(principal: Principal) -> bool:
    return principal.collections is None


def _required(
    view: PersonView[P],
    *,
    allowed: Callable[[Principal], bool],
    otherwise: type[Exception] = PermissionDenied,
) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, User):
            return _sign_in_first(request)
        request.principal = principal_of_user(request.user)  # type: ignore[attr-defined]
        if not allowed(request.principal):  # type: ignore[attr-defined]
            raise otherwise
        return view(request, *args, **kwargs)  # type: ignore[arg-type]

    return guarded


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    redirect = redirect_to_login(request.get_full_path())
    if getattr(request, "htmx", False):
        # A fragment must not be replaced by the login page: the whole page goes there.
        return HttpResponseClientRedirect(redirect.url)
    return redirect
