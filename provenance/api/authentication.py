"""Who is asking: the principal behind `Authorization: Bearer rl_...`."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from provenance.accounts.access import Principal, principal_of_key
from provenance.accounts.plain_keys import is_well_formed
from provenance.api.problems import Problem

CHALLENGE = 'Bearer realm="ragledger"'


class BearerAuthentication(BaseAuthentication):
    """Finds the principal of the key; the principal stands in `request.auth`."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Principal]:
        scheme, _, plain_key = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            raise _unauthorized("Send your key as 'Authorization: Bearer rl_...'.", CHALLENGE)
        plain_key = plain_key.strip()
        principal = None
        if scheme.lower() == "bearer" and is_well_formed(plain_key):
            principal = principal_of_key(plain_key)
        if principal is None:
            raise _unauthorized(
                "The key is unknown or revoked.", f'{CHALLENGE}, error="invalid_token"'
            )
        return AnonymousUser(), principal

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        return CHALLENGE


def principal_of(request: Request) -> Principal:
    """Who asks, once `BearerAuthentication` has run."""
    return cast("Principal", request.auth)


def _unauthorized(detail: str, challenge: str) -> Problem:
    return Problem(
        401,
        detail,
        slug="unauthorized",
        title="No valid key",
        headers={"WWW-Authenticate": challenge},
    )
