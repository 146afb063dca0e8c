"""The rules of a case: what it gathers, its hold, its end. Pure: it knows no database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from provenance.cases.errors import AlreadyInCase, CaseIsClosed, CaseIsHeld, CaseIsNotHeld
from provenance.cases.events import (
    CaseAssigned,
    CaseClosed,
    CaseHeld,
    CaseHoldLifted,
    CaseOpened,
    OutputAddedToCase,
)
from provenance.eventstore.event_types import EventData


@dataclass(frozen=True)
class Case:
    """A case as its stream tells it. `holds` counts how often a hold was placed."""

    case_id: UUID
    outputs: tuple[UUID, ...] = ()
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
        case CaseHeld():
            return replace(case, held=True, holds=case.holds + 1)
        case CaseHoldLifted():
            return replace(case, held=False)
        case CaseClosed():
            return replace(case, closed=True)
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
