"""The rules of a case: what it gathers, its hold, its end. Pure: it knows no database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from provenance.cases.errors import (
    AlreadyInCase,
    CaseIsClosed,
    CaseIsHeld,
    CaseIsNotHeld,
    CaseIsOpen,
    HeldWithCase,
    NotInCase,
)
from provenance.cases.events import (
    CaseAssigned,
    CaseClosed,
    CaseHeld,
    CaseHoldLifted,
    CaseOpened,
    CaseReopened,
    OutputAddedToCase,
    OutputRemovedFromCase,
)
from provenance.eventstore.event_types import EventData


@dataclass(frozen=True)
class Case:
    """A case as its stream tells it. `holds` counts how often a hold was placed.

    `removed` names an output once for each time that it was taken out.
    """

    case_id: UUID
    outputs: tuple[UUID, ...] = ()
    removed: tuple[UUID, ...] = ()
    assignee: UUID | None = None
    due_on: str | None = None
    closed: bool = False
    held: bool = False
    holds: int = 0


def fold(events: Iterable[EventData]) -> Case | None:
    """The case that events in stream order tell; None for an empty stream."""
    case: Case | None = None
    for data in events:
        if isinstance(data, CaseOpened):
            case = Case(data.case_id)
        elif case is not None:
            case = _after(case, data)
    return case


def _after(case: Case, data: EventData) -> Case:
    match data:
        case CaseAssigned(assignee=assignee, due_on=due_on):
            return replace(case, assignee=assignee, due_on=due_on)
        case OutputAddedToCase(output_id=output_id):
            return replace(case, outputs=(*case.outputs, output_id))
        case OutputRemovedFromCase(output_id=output_id):
            left = tuple(each for each in case.outputs if each != output_id)
            return replace(case, outputs=left, removed=(*case.removed, output_id))
        case _:
            return _turned(case, data)


def _turned(case: Case, data: EventData) -> Case:
    """Its hold and its end, which come and go."""
    match data:
        case CaseHeld():
            return replace(case, held=True, holds=case.holds + 1)
        case CaseHoldLifted():
            return replace(case, held=False)
        case CaseClosed():
            return replace(case, closed=True)
        case CaseReopened():
            return replace(case, closed=False)
        case _:
            return case


def require_open(case: Case) -> None:
    """Raises CaseIsClosed."""
    if case.closed:
        raise CaseIsClosed


def added(case: Case, output_id: UUID) -> list[UUID]:
    """The outputs that have to be held along with adding this one.

    Raises CaseIsClosed, AlreadyInCase.
    """
    require_open(case)
    if output_id in case.outputs:
        raise AlreadyInCase
    return [output_id] if case.held else []


def require_removable(case: Case, output_id: UUID) -> None:
    """Raises CaseIsClosed, NotInCase, HeldWithCase."""
    require_open(case)
    if output_id not in case.outputs:
        raise NotInCase
    if case.held:
        raise HeldWithCase


def require_closed(case: Case) -> None:
    """Raises CaseIsOpen."""
    if not case.closed:
        raise CaseIsOpen


def held(case: Case) -> tuple[UUID, ...]:
    """The outputs that have to be held along with holding the case. Raises CaseIsHeld.

    A closed case may be held too: a claim often comes later.
    """
    if case.held:
        raise CaseIsHeld
    return case.outputs


def lifted(case: Case) -> tuple[UUID, ...]:
    """The outputs whose holds end. Raises CaseIsNotHeld."""
    if not case.held:
        raise CaseIsNotHeld
    return case.outputs
