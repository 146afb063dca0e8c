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


def affected_events(keys: Iterable[tuple[str, str]]) -> list[AffectedEvent]:
    """In the order of the log; `keys` are streams with the key that sealed parts of their events.

    Events without a position yet are left out, and those that tell of the destruction itself.
    """
    owned = list(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.position, p.leaf_hash, e.type"
            " FROM unnest(%s::text[], %s::text[]) AS k (stream, named)"
            " JOIN eventstore_event e USING (stream) JOIN eventstore_position p USING (seq)"
            " WHERE e.type <> 'SubjectKeyDestroyed'"
            "  AND position(convert_to(k.named, 'UTF8') IN e.canonical) > 0"
            " ORDER BY p.position",
            [[stream for stream, _ in owned], [f'"kid":"{kid}"' for _, kid in owned]],
        )
        return [AffectedEvent(row[0], bytes(row[1]), row[2]) for row in cursor.fetchall()]
