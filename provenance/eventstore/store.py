"""The log: append events in one statement, and read them by id, stream, cause or position.

Whatever reads events raises EventReleased where the bytes of one lie in an archive.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import psycopg
from django.db import IntegrityError, connection

from provenance.eventstore import canonical, driver, released
from provenance.eventstore.append_statement import (
    APPEND,
    append_parameters,
    next_versions,
    streams_of,
)
from provenance.eventstore.clock import last_positions_by
from provenance.eventstore.errors import EventIdConflict, VersionConflict
from provenance.eventstore.event_types import EventData, UnknownEventType, name_of
from provenance.eventstore.recorded import NewEvent, Recorded

READ = (
    "SELECT e.canonical, p.position FROM eventstore_event e"
    " LEFT JOIN eventstore_position p USING (seq) WHERE "
)
IN_RANGE = (
    "SELECT e.canonical, p.position, e.type FROM eventstore_position p"
    " JOIN eventstore_event e USING (seq)"
    " WHERE p.position > %s AND p.position <= %s AND e.type = ANY(%s) ORDER BY p.position"
)
IN_RANGE_OR_UNKNOWN = IN_RANGE.replace(
    "e.type = ANY(%s)", "(e.type = ANY(%s) OR e.type <> ALL(%s))"
)
ATTEMPTS = 8

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D", bound=EventData)


def decides_again(command: Callable[P, R]) -> Callable[P, R]:
    """Runs a command again, from its reading on, when another writer was faster.

    The command must open its own transaction, so that nothing of the lost attempt stays.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(ATTEMPTS - 1):
            try:
                return command(*args, **kwargs)
            except VersionConflict:
                continue
        return command(*args, **kwargs)

    return run


def append(events: Sequence[NewEvent[Any]], *, expected: Mapping[str, int]) -> list[Recorded[Any]]:
    """Records all events or none, each stream after the version `expected` of it (0: new stream).

    The same events again (ids, types, streams and fingerprints) answer what is stored. Inside a
    transaction, leave it when an error is raised: nothing of it may be committed.
    Raises VersionConflict, EventIdConflict, EventTooLarge.
    """
    recorded_at = datetime.now(UTC)
    recorded_text = canonical.instant(recorded_at)
    versions = next_versions(events, expected)
    parts = [
        canonical.encode(event, stream_version=version, recorded_at=recorded_text)
        for event, version in zip(events, versions, strict=True)
    ]
    parameters = append_parameters(events, versions, parts, recorded_at=recorded_text)
    try:
        appended = driver.execute(APPEND, parameters) == len(events)
    except IntegrityError as error:
        raise _domain_error(error, events) from error
    if not appended:
        return _already_recorded(events)
    return [
        _as_recorded(event, version, recorded_at)
        for event, version in zip(events, versions, strict=True)
    ]


def _as_recorded(event: NewEvent[D], version: int, recorded_at: datetime) -> Recorded[D]:
    data, stream, event_id, actor, correlation_id, causation_id, occurred_at, fingerprint = event
    # By their places: to name the fields takes three times as long.
    return Recorded(
        event_id,
        name_of(type(data)),
        stream,
        version,
        None,
        occurred_at or recorded_at,
        recorded_at,
        correlation_id,
        causation_id,
        actor,
        fingerprint,
        data,
    )


def _domain_error(error: IntegrityError, events: Sequence[NewEvent[Any]]) -> Exception:
    """A racing writer shows as a unique violation: decide again, and meet what it recorded."""
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.UniqueViolation):
        return VersionConflict(streams_of(events))
    return error


def _already_recorded(events: Sequence[NewEvent[Any]]) -> list[Recorded[Any]]:
    stored = read_events(event.event_id for event in events)
    if not stored:
        raise VersionConflict(streams_of(events))
    for event in events:
        found = stored.get(event.event_id)
        same = found is not None and (found.type, found.stream, found.fingerprint) == (
            name_of(type(event.data)),
            event.stream,
            event.fingerprint,
        )
        if not same:
            raise EventIdConflict(event.event_id)
    return [stored[event.event_id] for event in events]


def read_stream(
    stream: str, *, types: Sequence[type[EventData]] | None = None
) -> list[Recorded[Any]]:
    """The events of a stream in its order."""
    return _read("e.stream = %s", [stream], types, order="e.stream_version")


def read_last(stream: str) -> Recorded[Any] | None:
    """The newest event of a stream."""
    return next(iter(read_newest(stream, limit=1)), None)


def read_newest(stream: str, *, limit: int) -> list[Recorded[Any]]:
    """The newest events of a stream, the last one first."""
    order = f"e.stream_version DESC LIMIT {limit:d}"
    return _read("e.stream = %s", [stream], None, order=order)


def read_event(event_id: UUID) -> Recorded[Any] | None:
    return read_events([event_id]).get(event_id)


def read_events(event_ids: Iterable[UUID]) -> dict[UUID, Recorded[Any]]:
    """The known events among the ids."""
    found = _read("e.event_id = ANY(%s)", [list(event_ids)], None, order="e.seq")
    return {event.event_id: event for event in found}


def read_caused_by(
    causation_id: UUID, *, types: Sequence[type[EventData]] | None = None
) -> list[Recorded[Any]]:
    """What followed directly from an event."""
    return _read("e.causation_id = %s", [causation_id], types, order="e.seq")


def read_correlated(correlation_id: UUID) -> list[Recorded[Any]]:
    """Every event that the application grouped under one correlation id."""
    return _read("e.correlation_id = %s", [correlation_id], None, order="e.seq")


def streams_told(correlation_id: UUID, fact: type[EventData]) -> list[str]:
    """The streams that hold a correlated event of the type, in the order of their events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream FROM eventstore_event WHERE correlation_id = %s AND type = %s"
            " ORDER BY seq",
            [correlation_id, name_of(fact)],
        )
        return [stream for (stream,) in cursor.fetchall()]


def read_streams(
    streams: Sequence[str], *, types: Sequence[type[EventData]] | None = None
) -> list[Recorded[Any]]:
    """The events of several streams, each stream in its order."""
    return _read("e.stream = ANY(%s)", [list(streams)], types, order="e.stream, e.stream_version")


def read_streams_here(
    streams: Sequence[str], *, types: Sequence[type[EventData]]
) -> list[Recorded[Any]]:
    """The same, without those whose bytes lie in an archive."""
    condition = "e.stream = ANY(%s) AND e.canonical <> ''"
    return _read(condition, [list(streams)], types, order="e.stream, e.stream_version")


def read_positions(
    *, after: int, until: int, types: Iterable[str], here_only: bool = False
) -> list[Recorded[Any]]:
    """The events of the given bare type names with `after < position <= until`, in order.

    With `here_only`, those whose bytes lie in an archive are left out.
    """
    rows = _fetch(IN_RANGE, [after, until, sorted(types)])
    if here_only:
        rows = [row for row in rows if row[0]]
    return [_decoded(stored, position) for stored, position, _ in rows]


def read_known_positions(
    *, after: int, until: int, types: Iterable[str], known: Collection[str]
) -> list[Recorded[Any]]:
    """The same, if every event in the range is of a known type.

    Raises UnknownEventType, EventReleased.
    """
    rows = _fetch(IN_RANGE_OR_UNKNOWN, [after, until, sorted(types), sorted(known)])
    for _, position, name in rows:
        if name not in known:
            raise UnknownEventType(
                f"The event at position {position} is of the unknown type {name}."
            )
    return [_decoded_once(bytes(stored), position) for stored, position, _ in rows]


def head_position() -> int:
    """The newest position, -1 while the log is empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(position), -1) FROM eventstore_position")
        return int(cursor.fetchone()[0])


def position_at(moment: datetime) -> int | None:
    """The last position given by then; None if there was none."""
    (position,) = last_positions_by([moment])
    return None if position < 0 else position


def position_of(event_id: UUID) -> int | None:
    """The event's position; None if there is no such event or it has none yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.position FROM eventstore_event e JOIN eventstore_position p USING (seq)"
            " WHERE e.event_id = %s",
            [event_id],
        )
        row = cursor.fetchone()
        return None if row is None else int(row[0])


def canonical_bytes(event_id: UUID) -> bytes | None:
    """The stored bytes of an event. Raises EventReleased."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT canonical FROM eventstore_event WHERE event_id = %s", [event_id])
        row = cursor.fetchone()
    if row is not None and not row[0]:
        raise released.refusal(position_of(event_id))
    return None if row is None else bytes(row[0])


def stream_version(stream: str) -> int:
    """The version of the stream's newest event, 0 for a stream that does not exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(max(stream_version), 0) FROM eventstore_event WHERE stream = %s",
            [stream],
        )
        return int(cursor.fetchone()[0])


def stream_versions(streams: Iterable[str]) -> dict[str, int]:
    """The version of each stream's newest event, of those that exist."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream, max(stream_version) FROM eventstore_event"
            " WHERE stream = ANY(%s) GROUP BY stream",
            [sorted(set(streams))],
        )
        return dict(cursor.fetchall())


def any_after(position: int, *, types: Sequence[type[EventData]]) -> bool:
    """True if an event of the types is committed and does not lie at or before the position.

    One without a position is looked for among the newest numbers: the sequencer passes a number
    over only while its transaction runs, which is never for as long as this many events take.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM eventstore_position p JOIN eventstore_event e USING (seq)"
            "  WHERE p.position > %(position)s AND e.type = ANY(%(types)s))"
            " OR EXISTS (SELECT FROM eventstore_event e LEFT JOIN eventstore_position p USING (seq)"
            "  WHERE e.seq > (SELECT max(seq) FROM eventstore_event) - 100000"
            "  AND p.position IS NULL AND e.type = ANY(%(types)s))",
            {"position": position, "types": [name_of(cls) for cls in types]},
        )
        return bool(cursor.fetchone()[0])


def read_after(position: int, *, types: Sequence[type[EventData]]) -> list[Recorded[Any]]:
    """What is committed and does not lie at or before the position, placed or not, as above."""
    unplaced = "p.position IS NULL AND e.seq > (SELECT max(seq) FROM eventstore_event) - 100000"
    names = [name_of(cls) for cls in types]
    placed = read_positions(after=position, until=head_position(), types=names)
    # Read afterwards: what gets its position in between is then in one of the two at least.
    return [*placed, *_read(unplaced, [], types, order="e.seq")]


def _read(
    condition: str,
    parameters: list[Any],
    types: Sequence[type[EventData]] | None,
    *,
    order: str,
) -> list[Recorded[Any]]:
    if types is not None:
        condition += " AND e.type = ANY(%s)"
        parameters = [*parameters, [name_of(cls) for cls in types]]
    rows = _fetch(f"{READ}{condition} ORDER BY {order}", parameters)
    return [_decoded(stored, position) for stored, position in rows]


def _decoded(stored: bytes | memoryview, position: int | None) -> Recorded[Any]:
    if not stored:
        raise released.refusal(position)
    return canonical.decode(stored, position=position)


# One read model after another folds the same events. An event has up to 64 KiB.
_decoded_once = lru_cache(maxsize=1_000)(_decoded)


def _fetch(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
