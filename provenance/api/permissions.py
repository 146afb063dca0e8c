"""What a key may do: every operation names the scope that it needs."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from provenance.api.authentication import principal_of
from provenance.api.problems import Problem


class HasScope(BasePermission):
    """Refuses a key without the view's `scope`; `admin` opens every operation."""

    def has_permission(self, request: Request, view: Any) -> bool:
        principal = principal_of(request)
        if principal.has(view.scope) or principal.has("admin"):
            return True
        raise Problem(
            403,
            f"This needs a key with the scope '{view.scope}'.",
            slug="wrong-scope",
            title="Wrong scope",
        )
