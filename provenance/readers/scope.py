"""Which outputs a guest may read."""

from uuid import UUID

from django.db.models import QuerySet

from provenance.accounts.access import Principal
from provenance.accounts.models import Role, Scope
from provenance.cases.reading import gathered
from provenance.readers.guests import Guest
from provenance.readers.inviting import actor_of
from retrieval.recording.models import InteractionOutput


def outputs_of(guest: Guest) -> QuerySet[InteractionOutput]:
    """In no order; `position` is unique."""
    scope = guest.scope
    if scope.case_id is not None:
        outputs = gathered().filter(case_id=scope.case_id).values("output_id")
        return InteractionOutput.objects.filter(output_id__in=outputs)
    return InteractionOutput.objects.filter(
        recorded_at__gte=scope.since, recorded_at__lt=scope.until
    )


def may_read(guest: Guest, output_id: UUID) -> bool:
    return outputs_of(guest).filter(output_id=output_id).exists()


def principal_of(guest: Guest) -> Principal:
    """Reads what auditors read: only for an output that `may_read` has let pass."""
    return Principal(
        actor=actor_of(guest.guest_id), scopes=frozenset({Scope.READ}), role=Role.AUDITOR
    )
