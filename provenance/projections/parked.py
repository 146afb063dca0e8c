"""Events that a read model could not fold: listed with their reason, and tried again now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from provenance.projections.models import ParkedEvent

PAGE = 25
LISTED = """
    SELECT p.projection, p.position, p.event_id, COALESCE(e.type, 'EventMissing'), p.stream,
           p.problem, p.traceback, p.attempts, p.retry_at
    FROM projections_parked_event AS p LEFT JOIN eventstore_event AS e USING (event_id)
    WHERE (p.position, p.projection) > (%s, %s)
    ORDER BY p.position, p.projection LIMIT %s
"""


@dataclass(frozen=True)
class Parked:
    """One event that one read model lacks; without a traceback it waits for an earlier one."""

    read_model: str
    position: int
    event_id: UUID
    type: str
    stream: str
    problem: str
    traceback: str
    attempts: int
    retry_at: datetime


def parked_events(*, after: tuple[int, str] = (-1, ""), limit: int = PAGE) -> list[Parked]:
    """In the order of the log, so that what holds others up stands before them."""
    with connection.cursor() as cursor:
        cursor.execute(LISTED, [*after, limit])
        return [Parked(*row) for row in cursor.fetchall()]


def try_parked_now(read_model: str) -> int:
    """Has the projector fold the read model's parked events at once; how many there are."""
    return ParkedEvent.objects.filter(projection=read_model).update(retry_at=timezone.now())
