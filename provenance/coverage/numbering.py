"""Keeps the numbers that applications gave their records, and how many are missing before each."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from provenance.coverage.days import Days
from provenance.eventstore.recorded import Recorded

ADD = """
    INSERT INTO coverage_number (application, number, day, recorded_at, position, missing)
    SELECT *, 0
    FROM unnest(%s::text[], %s::bigint[], %s::date[], %s::timestamptz[], %s::bigint[])
    ON CONFLICT DO NOTHING RETURNING application, number
"""
# What is missing before each that was added, and before the next higher one that was there.
COUNT_MISSING = """
    WITH added AS MATERIALIZED (
        SELECT * FROM unnest(%s::text[], %s::bigint[]) AS a (application, number)
    ), concerned AS (
        SELECT application, number FROM added
        UNION
        SELECT a.application, next.number FROM added a CROSS JOIN LATERAL (
            SELECT number FROM coverage_number
            WHERE application = a.application AND number > a.number ORDER BY number LIMIT 1
        ) AS next
    ), found AS MATERIALIZED (
        SELECT n.*, COALESCE(n.number - 1 - (
            SELECT max(number) FROM coverage_number
            WHERE application = n.application AND number < n.number), 0) AS now
        FROM concerned c CROSS JOIN LATERAL (
            SELECT * FROM coverage_number
            WHERE application = c.application AND number = c.number OFFSET 0) AS n
    ), written AS (
        INSERT INTO coverage_number (application, number, day, recorded_at, position, missing)
        SELECT application, number, day, recorded_at, position, now FROM found
        WHERE missing <> now
        ON CONFLICT (application, number) DO UPDATE SET missing = excluded.missing
    )
    SELECT day, application, sum(now - missing)::bigint FROM found GROUP BY 1, 2
"""


def add_numbers(events: Iterable[Recorded[Any]], days: Days) -> None:
    """Applications numbered these records themselves; a number that comes twice counts once."""
    first: dict[tuple[str, int], tuple[Any, ...]] = {}
    for event in events:
        number, application = event.data.sequence_number, event.actor.application
        if number is not None and application:
            at = event.recorded_at
            first.setdefault((application, number), (at.date(), at, event.place))
    added = _execute(ADD, [(*key, *rest) for key, rest in first.items()])
    for day, application, change in _execute(COUNT_MISSING, added):
        days.add(day, application, missing=change)


def _execute(statement: str, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        return list(cursor.fetchall())
