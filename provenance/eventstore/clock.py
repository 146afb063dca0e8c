"""Between the time of the log and its positions: `positioned_at` never decreases along them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

# Halves the range of positions of every moment until it is one: the log has no index by time, and
# needs none.
LAST_BY = """
    WITH RECURSIVE halved AS (
        SELECT number, moment, -1::bigint AS low,
               (SELECT COALESCE(max(position), -1) + 1 FROM eventstore_position) AS high
        FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS asked (moment, number)
        UNION ALL
        SELECT h.number, h.moment,
               CASE WHEN p.positioned_at <= h.moment THEN p.position ELSE h.low END,
               CASE WHEN p.positioned_at <= h.moment THEN h.high ELSE p.position END
        FROM halved AS h JOIN eventstore_position AS p ON p.position = (h.low + h.high) / 2
        WHERE h.high - h.low > 1
    )
    SELECT low FROM halved WHERE high - low = 1 ORDER BY number
"""


def last_positions_by(moments: Sequence[datetime]) -> list[int]:
    """For each moment the last position given by then; -1 where there was none. One query."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_BY, [list(moments)])
        return [row[0] for row in cursor.fetchall()]


def placed_at(positions: Sequence[int]) -> dict[int, datetime]:
    """When the positions were given; those that the log has reached."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, positioned_at FROM eventstore_position WHERE position = ANY(%s)",
            [list(positions)],
        )
        return dict(cursor.fetchall())
