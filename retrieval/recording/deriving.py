"""Records what is computed from a recorded fact, once: its id derives from the fact's."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import transaction

from provenance.eventstore import store
from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.ids import derived_id
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.eventstore.store import append, decides_again

D = TypeVar("D", bound=EventData)


class NotRecorded(LookupError):
    """Nothing can be computed from a fact that is not in the log."""


def read_fact(stream: str, fact: type[D]) -> Recorded[D]:
    """The event that opened the stream. Raises NotRecorded."""
    events: list[Recorded[D]] = store.read_stream(stream, types=[fact])
    if not events:
        raise NotRecorded(f"{stream} has no {name_of(fact)}.")
    return events[0]


def already_derived(cause: Recorded[Any], derived: type[D]) -> D | None:
    """What was computed from the fact before."""
    event = store.read_event(derived_id(cause.event_id, name_of(derived)))
    return None if event is None else event.data


def record_derived(data: D, *, cause: Recorded[Any]) -> D:
    """Records it, unless another worker was faster: then what that one found counts."""
    record_all_derived([data], names=[name_of(type(data))], cause=cause)
    return already_derived(cause, type(data)) or data


@decides_again
@transaction.atomic
def record_all_derived(
    data: Sequence[EventData], *, names: Sequence[str], cause: Recorded[Any]
) -> None:
    """Records them in the stream of their cause, with ids derived from it and the names."""
    events = [
        NewEvent(
            data=each,
            stream=cause.stream,
            event_id=derived_id(cause.event_id, name),
            actor=SYSTEM,
            correlation_id=cause.correlation_id,
            causation_id=cause.event_id,
        )
        for each, name in zip(data, names, strict=True)
    ]
    recorded = store.read_events(event.event_id for event in events)
    missing = [event for event in events if event.event_id not in recorded]
    if missing:
        append(missing, expected={cause.stream: store.stream_version(cause.stream)})
