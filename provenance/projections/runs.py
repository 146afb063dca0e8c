"""Cuts a batch into runs of one event type and of others: what comes in thousands folds at once."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.recorded import Recorded


def in_runs(
    events: Iterable[Recorded[Any]], event_type: type[EventData]
) -> Iterator[tuple[bool, list[Recorded[Any]]]]:
    """In order; True with a run of that type, False with one of others."""
    wanted = name_of(event_type)
    for of_type, run in groupby(events, key=lambda event: event.type == wanted):
        yield of_type, list(run)
