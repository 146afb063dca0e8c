"""The log as others read it: stored bytes in position order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

NOTED = (
    "SELECT e.event_id, e.type, e.stream, e.recorded_at, p.position"
    " FROM eventstore_event e LEFT JOIN eventstore_position p USING (seq) WHERE "
)
NOTED_BY_ID, NOTED_BY_POSITION = f"{NOTED}e.event_id = %s", f"{NOTED}p.position = %s"


@dataclass(frozen=True)
class Placed:
    """An event's bytes and its place; the bytes are empty where they lie in an archive."""

    position: int
    stream: str
    canonical: bytes

    def with_sequence(self) -> bytes:
        """The event with `sequence`: its position, which is younger than the bytes."""
        return b'%s,"sequence":"%020d"}' % (self.canonical[:-1], self.position)


def read_feed(
    *, after: int, limit: int, types: list[str] | None = None, stream: str | None = None
) -> list[Placed]:
    """The next `limit` events after a position, of the given bare type names and stream."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.position, e.stream, e.canonical FROM eventstore_position p"
            " JOIN eventstore_event e USING (seq) WHERE p.position > %s"
            " AND (%s::text[] IS NULL OR e.type = ANY(%s)) AND (%s::text IS NULL OR e.stream = %s)"
            " ORDER BY p.position LIMIT %s",
            [after, types, types, stream, stream, limit],
        )
        return [Placed(row[0], row[1], bytes(row[2])) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Noted:
    """What stands beside an event's bytes, and is there also when they lie in an archive."""

    event_id: UUID
    type: str
    stream: str
    recorded_at: datetime
    position: int | None


def read_noted(*, event_id: UUID | None = None, position: int | None = None) -> Noted | None:
    """The event with the id, or else at the position."""
    with connection.cursor() as cursor:
        if event_id is not None:
            cursor.execute(NOTED_BY_ID, [event_id])
        else:
            cursor.execute(NOTED_BY_POSITION, [position])
        row = cursor.fetchone()
    return None if row is None else Noted(*row)


def read_stored(event_id: UUID) -> tuple[str, bytes] | None:
    """The stream and the canonical bytes of an event, empty where they lie in an archive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream, canonical FROM eventstore_event WHERE event_id = %s", [event_id]
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], bytes(row[1]))


def position_of_leaf(leaf_hash: bytes) -> int | None:
    """Where the event with that leaf lies. It goes through the whole log: hashes have no index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position FROM eventstore_position WHERE leaf_hash = %s LIMIT 1", [leaf_hash]
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def read_placed(
    streams: Iterable[str], *, event_ids: Iterable[UUID | str] = ()
) -> tuple[list[Placed], int]:
    """The placed events of the streams, and those with the ids, in position order.

    Besides, how many of them have no position yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.position, e.stream, e.canonical FROM eventstore_event e"
            " LEFT JOIN eventstore_position p USING (seq)"
            " WHERE e.stream = ANY(%s) OR e.event_id = ANY(%s::uuid[]) ORDER BY p.position",
            [sorted(set(streams)), sorted(str(event_id) for event_id in event_ids)],
        )
        rows = cursor.fetchall()
    placed = [Placed(row[0], row[1], bytes(row[2])) for row in rows if row[0] is not None]
    return placed, len(rows) - len(placed)


def first_envelopes(streams: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The CloudEvents object that opened each stream: it says whose the stream is.

    Streams whose first event lies in an archive are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream, canonical FROM eventstore_event"
            " WHERE stream = ANY(%s) AND stream_version = 1 AND canonical <> ''",
            [sorted(set(streams))],
        )
        return {stream: orjson.loads(canonical) for stream, canonical in cursor.fetchall()}
