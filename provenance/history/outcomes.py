"""How a retrieval came out when it was last run again, read from its stream."""

from collections.abc import Iterable
from typing import Any

from provenance.eventstore.recorded import Recorded
from provenance.history.events import RetrievalReproduced
from provenance.history.telling import sentence
from provenance.history.verdicts import Cause

Json = dict[str, Any]


def last_reproduction(events: Iterable[Recorded[Any]]) -> Json | None:
    """The newest outcome among the events; None if it was never run again."""
    found = [event for event in events if isinstance(event.data, RetrievalReproduced)]
    return outcome(found[-1]) if found else None


def outcome(event: Recorded[RetrievalReproduced]) -> Json:
    data = event.data
    return {
        "event_id": event.event_id,
        "recorded_at": event.recorded_at,
        "position": event.position,
        "verdict": data.verdict,
        "whole_ranking": data.whole_ranking,
        "cause": data.cause,
        "unexplained": data.cause == Cause.UNEXPLAINED,
        "detail": sentence(
            data.verdict, data.cause, run=data.search is not None, whole=data.whole_ranking
        ),
    }
