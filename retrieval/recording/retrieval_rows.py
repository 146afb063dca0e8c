"""Writes the rows of retrievals."""

from collections.abc import Iterable
from typing import Any

from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json, reveal_text
from retrieval.recording.models import InteractionRetrieval


def insert_retrievals(rows: Iterable[tuple[Recorded[Any], int, bool]]) -> None:
    """From their events, how many passages came back, and whether another store found them."""
    InteractionRetrieval.objects.bulk_create(
        InteractionRetrieval(
            retrieval_id=event.data.retrieval_id,
            position=event.place,
            recorded_at=event.recorded_at,
            application=event.actor.application,
            correlation_id=event.correlation_id,
            query=reveal_text(event, "query") or "",
            reported=reported,
            results=results,
            context=reveal_json(event, "context") or {},
            imported=event.data.imported,
        )
        for event, results, reported in rows
    )
