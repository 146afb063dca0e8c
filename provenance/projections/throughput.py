"""How much the pipeline gets done: events by time, and by type of late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from provenance.eventstore.clock import last_positions_by

# By type, no more events than these are looked at, however many came in the hour.
MOST_COUNTED = 20_000
HOUR = timedelta(hours=1)
BY_TYPE = """
    SELECT e.type, count(*) FROM eventstore_position AS p JOIN eventstore_event AS e USING (seq)
    WHERE p.position > %s AND p.position <= %s AND e.type = ANY(%s) GROUP BY e.type
"""


@dataclass(frozen=True)
class Throughput:
    """Events placed in the last minute, hour and day, and in each slot of the last hour."""

    minute: int
    hour: int
    day: int
    starts: Sequence[datetime]
    counts: Sequence[int]


def throughput(now: datetime, *, head: int, slots: int) -> Throughput:
    """One query, of as many reads of an index as there are moments, times a few."""
    starts = [now - HOUR + HOUR / slots * number for number in range(slots)]
    minute, day, *places = last_positions_by(
        [now - timedelta(minutes=1), now - timedelta(days=1), *starts]
    ) or [-1] * (slots + 2)
    ends = [*places[1:], head]
    return Throughput(
        minute=head - minute,
        hour=head - places[0],
        day=head - day,
        starts=starts,
        counts=[end - start for start, end in zip(places, ends, strict=True)],
    )


def counted_by_type(types: Iterable[str], *, head: int, count: int) -> dict[str, int]:
    """How many of the last `count` events, or of the last MOST_COUNTED, are of each type."""
    after = head - min(count, MOST_COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(BY_TYPE, [after, head, sorted(types)])
        return dict(cursor.fetchall())
