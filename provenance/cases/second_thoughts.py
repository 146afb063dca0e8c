"""Takes an output out of a case again, and goes on with a case that was closed; both say why."""

from uuid import UUID

from django.db import transaction

from provenance.accounts.access import Principal
from provenance.cases import gathering, words
from provenance.cases.access import require_reviewer
from provenance.cases.casework import append_to_case, read_case
from provenance.cases.events import CaseReopened, OutputRemovedFromCase
from provenance.eventstore.ids import new_id
from provenance.eventstore.store import decides_again


@decides_again
@transaction.atomic
def remove_from_case(*, case_id: UUID, output_id: UUID, reason: str, principal: Principal) -> None:
    """Raises CaseUnknown, CaseIsClosed, NotInCase, HeldWithCase, PermissionDenied."""
    require_reviewer(principal)
    events, case = read_case(case_id, principal=principal)
    gathering.require_removable(case, output_id)
    event_id = new_id()
    data = OutputRemovedFromCase(
        case_id=case_id,
        output_id=output_id,
        reason=words.about_case("reason", reason, case_id=case_id, event_id=event_id),
    )
    append_to_case(case_id, [data], head=len(events), ids=[event_id], principal=principal)


@decides_again
@transaction.atomic
def reopen_case(*, case_id: UUID, reason: str, principal: Principal) -> None:
    """Raises CaseUnknown, CaseIsOpen, PermissionDenied."""
    require_reviewer(principal)
    events, case = read_case(case_id, principal=principal)
    gathering.require_closed(case)
    event_id = new_id()
    data = CaseReopened(
        case_id=case_id,
        reason=words.about_case("reason", reason, case_id=case_id, event_id=event_id),
    )
    append_to_case(case_id, [data], head=len(events), ids=[event_id], principal=principal)
