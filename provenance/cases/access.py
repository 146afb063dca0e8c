"""Who may work on reviews and cases: reviewers and administrators, on what they may read."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from provenance.accounts.access import Principal, principal_of_user
from provenance.accounts.models import Role, Scope, User
from provenance.cases.errors import AssigneeRefused, OutputErased
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.queries import visible_outputs
from retrieval.recording.reading import read_output

Json = dict[str, Any]
EDITORS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})


def require_reviewer(principal: Principal) -> None:
    """Keys work on cases with `admin`. Raises PermissionDenied."""
    if principal.role not in EDITORS and not principal.has(Scope.ADMIN):
        raise PermissionDenied("This takes a reviewer or an administrator.")


def require_administrator(principal: Principal) -> None:
    """Raises PermissionDenied."""
    if not principal.has(Scope.ADMIN):
        raise PermissionDenied("This takes an administrator.")


def reviewable_output(output_id: UUID, *, principal: Principal) -> Json:
    """The output as it was reported. Raises PermissionDenied, RecordNotFound, OutputErased."""
    require_reviewer(principal)
    output = read_output(output_id, principal=principal)
    if output["erased"]:
        raise OutputErased
    return output


def may_read_all(outputs: Collection[UUID], *, principal: Principal) -> bool:
    """Whether nothing among the outputs is kept from the principal; one query."""
    if principal.reads_all_applications and principal.collections is None:
        return True
    return visible_outputs(principal).filter(output_id__in=outputs).count() == len(outputs)


def require_assignable(assignee: UUID | None, *, outputs: Collection[UUID]) -> None:
    """Raises AssigneeRefused for somebody who could not open what is assigned, or not edit it."""
    if assignee is None:
        return
    user = User.objects.filter(id=assignee, is_active=True, role__in=EDITORS).first()
    if user is None:
        raise AssigneeRefused
    principal = principal_of_user(user)
    try:
        for output_id in outputs if principal.collections is not None else ():
            read_output(output_id, principal=principal)
    except RecordNotFound as error:
        raise AssigneeRefused from error
