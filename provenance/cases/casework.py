"""Opens, assigns, fills, holds, discusses and closes cases."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from provenance.accounts.access import Principal
from provenance.cases import gathering, words
from provenance.cases.access import (
    may_read_all,
    require_administrator,
    require_assignable,
    require_reviewer,
    reviewable_output,
)
from provenance.cases.errors import CaseUnknown
from provenance.cases.events import (
    CaseAssigned,
    CaseClosed,
    CaseHeld,
    CaseHoldLifted,
    CaseOpened,
    CommentAdded,
    OutputAddedToCase,
)
from provenance.cases.gathering import Case
from provenance.eventstore import store
from provenance.eventstore.event_types import EventData
from provenance.eventstore.fingerprints import fingerprint
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import NewEvent, Recorded
from provenance.eventstore.store import decides_again
from provenance.review.commands import place_hold, release_hold
from provenance.review.errors import AlreadyReleased, HoldUnknown
from provenance.review.finding import Target
from provenance.review.holds import lock_holds
from retrieval.errors import RequestRefused

MAX_OUTPUTS = 500


def stream_of(case_id: UUID) -> str:
    return f"case-{case_id}"


def read_case(case_id: UUID, *, principal: Principal) -> tuple[list[Recorded[Any]], Case]:
    """Raises CaseUnknown, also where an output of it is kept from the principal."""
    events = store.read_stream(stream_of(case_id))
    case = gathering.fold(event.data for event in events)
    gathered = {*case.outputs, *case.removed} if case else set()
    # What was said of an output that was taken out still stands in the case.
    if case is None or not may_read_all(gathered, principal=principal):
        raise CaseUnknown(case_id)
    return events, case


@decides_again
@transaction.atomic
def open_case(
    *,
    case_id: UUID,
    title: str,
    description: str = "",
    outputs: Iterable[UUID] = (),
    principal: Principal,
) -> None:
    """Raises RecordNotFound, OutputErased, RequestRefused, PermissionDenied."""
    require_reviewer(principal)
    chosen = list(dict.fromkeys(outputs))
    _require_room(len(chosen))
    for output_id in chosen:
        reviewable_output(output_id, principal=principal)
    event_id = derived_id(case_id, "CaseOpened")
    opened = CaseOpened(
        case_id=case_id,
        title=words.about_case("title", title, case_id=case_id, event_id=event_id),
        description=words.about_case("description", description, case_id=case_id, event_id=event_id)
        if description
        else None,
    )
    said = [title, description, [str(output_id) for output_id in chosen]]
    facts: list[EventData] = [opened]
    facts += [OutputAddedToCase(case_id=case_id, output_id=output_id) for output_id in chosen]
    ids = [event_id, *(_addition_id(Case(case_id), output_id) for output_id in chosen)]
    append_to_case(case_id, facts, head=0, ids=ids, principal=principal, said=said)


@decides_again
@transaction.atomic
def add_to_case(*, case_id: UUID, output_id: UUID, principal: Principal) -> None:
    """Of a case under a hold, the output is held from here on too.

    Raises CaseUnknown, RecordNotFound, OutputErased, CaseIsClosed, AlreadyInCase, RequestRefused,
    PermissionDenied: what is held is added by administrators.
    """
    reviewable_output(output_id, principal=principal)
    lock_holds()
    events, case = read_case(case_id, principal=principal)
    to_hold = gathering.added(case, output_id)
    _require_room(len(case.outputs) + 1)
    _hold(case, to_hold, number=case.holds, reason=f"Case {case_id}", principal=principal)
    append_to_case(
        case_id,
        [OutputAddedToCase(case_id=case_id, output_id=output_id)],
        head=len(events),
        ids=[_addition_id(case, output_id)],
        principal=principal,
    )


@decides_again
@transaction.atomic
def assign_case(
    *, case_id: UUID, assignee: UUID | None, due_on: date | None = None, principal: Principal
) -> None:
    """Raises CaseUnknown, CaseIsClosed, AssigneeRefused, PermissionDenied."""
    require_reviewer(principal)
    events, case = read_case(case_id, principal=principal)
    gathering.require_open(case)
    require_assignable(assignee, outputs=case.outputs)
    data = CaseAssigned(
        case_id=case_id, assignee=assignee, due_on=due_on.isoformat() if due_on else None
    )
    append_to_case(case_id, [data], head=len(events), principal=principal)


@decides_again
@transaction.atomic
def comment_on_case(*, case_id: UUID, comment_id: UUID, text: str, principal: Principal) -> None:
    """Raises CaseUnknown, CaseIsClosed, PermissionDenied."""
    require_reviewer(principal)
    events, case = read_case(case_id, principal=principal)
    gathering.require_open(case)
    event_id = derived_id(comment_id, "CommentAdded")
    data = CommentAdded(
        comment_id=comment_id,
        case_id=case_id,
        text=words.about_case("text", text, case_id=case_id, event_id=event_id),
    )
    append_to_case(
        case_id, [data], head=len(events), ids=[event_id], principal=principal, said=text
    )


@decides_again
@transaction.atomic
def hold_case(*, case_id: UUID, reason: str, principal: Principal) -> None:
    """Nothing of the case can be erased from here on.

    Raises CaseUnknown, CaseIsHeld, PermissionDenied.
    """
    require_administrator(principal)
    lock_holds()
    events, case = read_case(case_id, principal=principal)
    to_hold = gathering.held(case)
    _hold(case, to_hold, number=case.holds + 1, reason=reason, principal=principal)
    event_id = new_id()
    sealed = words.about_case("reason", reason, case_id=case_id, event_id=event_id)
    append_to_case(
        case_id,
        [CaseHeld(case_id=case_id, reason=sealed)],
        head=len(events),
        ids=[event_id],
        principal=principal,
    )


@decides_again
@transaction.atomic
def lift_hold(*, case_id: UUID, reason: str, principal: Principal) -> None:
    """Ends the holds that the case placed; others on the same outputs stand.

    Raises CaseUnknown, CaseIsNotHeld, PermissionDenied.
    """
    require_administrator(principal)
    lock_holds()
    events, case = read_case(case_id, principal=principal)
    for output_id in gathering.lifted(case):
        try:
            release_hold(
                hold_id=hold_id(case_id, case.holds, output_id),
                reason=reason,
                principal=principal,
            )
        except (AlreadyReleased, HoldUnknown):
            continue
    event_id = new_id()
    sealed = words.about_case("reason", reason, case_id=case_id, event_id=event_id)
    append_to_case(
        case_id,
        [CaseHoldLifted(case_id=case_id, reason=sealed)],
        head=len(events),
        ids=[event_id],
        principal=principal,
    )


@decides_again
@transaction.atomic
def close_case(*, case_id: UUID, conclusion: str, principal: Principal) -> None:
    """Raises CaseUnknown, CaseIsClosed, PermissionDenied."""
    require_reviewer(principal)
    events, case = read_case(case_id, principal=principal)
    gathering.require_open(case)
    event_id = new_id()
    sealed = words.about_case("conclusion", conclusion, case_id=case_id, event_id=event_id)
    append_to_case(
        case_id,
        [CaseClosed(case_id=case_id, conclusion=sealed)],
        head=len(events),
        ids=[event_id],
        principal=principal,
    )


def hold_id(case_id: UUID, number: int, output_id: UUID) -> UUID:
    """The hold that the case placed on one output, the `number`th time it was held."""
    return derived_id(case_id, f"hold/{number}/{output_id}")


def _hold(
    case: Case, outputs: Sequence[UUID], *, number: int, reason: str, principal: Principal
) -> None:
    for output_id in outputs:
        place_hold(
            Target("interaction", target_id=output_id),
            reason=reason,
            principal=principal,
            hold_id=hold_id(case.case_id, number, output_id),
        )


def _require_room(count: int) -> None:
    if count > MAX_OUTPUTS:
        raise RequestRefused("outputs", f"a case gathers at most {MAX_OUTPUTS} outputs")


def _addition_id(case: Case, output_id: UUID) -> UUID:
    """Of its own each time that the output comes back."""
    again = case.removed.count(output_id)
    name = f"OutputAddedToCase/{output_id}"
    return derived_id(case.case_id, f"{name}/{again}" if again else name)


def append_to_case(
    case_id: UUID,
    facts: Sequence[EventData],
    *,
    head: int,
    ids: Sequence[UUID] = (),
    principal: Principal,
    said: object = None,
) -> None:
    stream = stream_of(case_id)
    told = None if said is None else fingerprint([principal.actor.id, said])
    events = [
        NewEvent(
            data=data,
            stream=stream,
            event_id=event_id,
            actor=principal.actor,
            fingerprint=told,
        )
        for data, event_id in zip(facts, ids or [new_id() for _ in facts], strict=True)
    ]
    store.append(events, expected={stream: head})
