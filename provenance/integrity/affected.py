"""The events that hold something sealed under certain keys, by position and leaf hash."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class AffectedEvent:
    """An event of which a part can be read no longer; its bytes and its leaf stay."""

    position: int
    leaf_hash: bytes
    type: str


def affected_events(*, kids: Iterable[str], streams: Iterable[str]) -> list[AffectedEvent]:
    """Of the streams, in the order of the log; those without a position yet are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.position, p.leaf_hash, e.type FROM eventstore_event e"
            " JOIN eventstore_position p USING (seq)"
            " WHERE e.stream = ANY(%s) AND EXISTS (SELECT FROM unnest(%s::text[]) AS k (kid)"
            "  WHERE split_part(k.kid, ':', 2) = right(e.stream, 36)"
            "  AND position(convert_to('\"kid\":\"' || k.kid || '\"', 'UTF8') IN e.canonical) > 0)"
            " ORDER BY p.position",
            [list(streams), list(kids)],
        )
        return [AffectedEvent(row[0], bytes(row[1]), row[2]) for row in cursor.fetchall()]
