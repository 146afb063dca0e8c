"""Events whose bytes lie in an archive: what became of them, releasing them, putting them back."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection

from provenance.eventstore.errors import EventReleased


def refusal(position: int | None) -> EventReleased:
    """Why the event at the position cannot be read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT archive_sha256, released_at FROM eventstore_released_run"
            " WHERE int8range(first, until) @> %s::bigint ORDER BY released_at DESC LIMIT 1",
            [position],
        )
        archive, at = cursor.fetchone() or ("", None)
    return EventReleased(position, archive, at)


def first_released(first: int, end: int) -> int | None:
    """The first position of `[first, end)` whose bytes are not here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(p.position) FROM eventstore_released_run r"
            " JOIN eventstore_position p ON p.position >= r.first AND p.position < r.until"
            " JOIN eventstore_event e USING (seq)"
            " WHERE r.first < %s AND r.until > %s AND p.position >= %s AND p.position < %s"
            " AND e.canonical = ''",
            [end, first, first, end],
        )
        (found,) = cursor.fetchone()
        return None if found is None else int(found)


def released_streams(streams: Iterable[str]) -> set[str]:
    """Those that opened with an event whose bytes are not here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream FROM eventstore_event"
            " WHERE stream = ANY(%s) AND stream_version = 1 AND canonical = ''",
            [sorted(set(streams))],
        )
        return {stream for (stream,) in cursor.fetchall()}


def release(event_id: UUID) -> tuple[int, int]:
    """Carries out a RangeReleased of the log; returns how many events and blobs went."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT events, blobs FROM eventstore_release_v1(%s)", [event_id])
        events, blobs = cursor.fetchone()
        return int(events), int(blobs)


def put_back(events: Mapping[int, bytes]) -> int:
    """Puts bytes back where there are none; the database refuses any but those once hashed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT eventstore_put_back_v1(%s::bigint[], %s::bytea[])",
            [list(events), list(events.values())],
        )
        (count,) = cursor.fetchone()
        return int(count)
