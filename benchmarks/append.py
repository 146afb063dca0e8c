"""Appending ten events a commit, against a bare insert of the same rows and `eventsourcing`."""

import secrets
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import psycopg
from django.conf import settings
from django.db import connections
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.clients import Clients, Opener
from benchmarks.harness import Figure, in_turns, ratio
from benchmarks.scale import rounds
from benchmarks.servers import database_only
from provenance.eventstore.event_types import EventData, event_type
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import Actor, NewEvent
from provenance.eventstore.store import append

EVENTS = 10
SECONDS = 0.8
ROUNDS = 7
CLIENTS = (1, 8)
GOALS = {"bare insert": 0.85, "eventsourcing": 2.5}


@event_type("BenchmarkNoted", version=1)
class BenchmarkNoted(EventData):
    """About 600 bytes of data, as a usual event has."""

    document_id: UUID
    version_number: int
    listing: list[int]
    note: str


def payload() -> dict[str, Any]:
    listing = [secrets.randbelow(1_000_000) for _ in range(12)]
    return {
        "document_id": uuid4(),
        "version_number": 7,
        "listing": listing,
        "note": secrets.token_hex(200),
    }


def figures() -> Iterator[Figure]:
    with database_only():
        make_bare_table()
        _make_eventsourcing_tables()
        variants: dict[str, Opener] = {
            "append": product,
            "bare insert": bare,
            "eventsourcing": eventsourcing,
        }
        for count in CLIENTS:
            with Clients(count, variants) as clients:
                yield from _figures(clients, count, variants)


def _figures(clients: Clients, count: int, variants: dict[str, Opener]) -> Iterator[Figure]:
    def measure(name: str) -> Callable[[], float]:
        return lambda: EVENTS * clients.commits_a_second(name, seconds=SECONDS)

    measured = in_turns({name: measure(name) for name in variants}, rounds=rounds(ROUNDS))
    benchmark = f"append, {count} client{'s' if count > 1 else ''}"
    for name in ("bare insert", "eventsourcing"):
        value = statistics.median(measured[name])
        yield Figure(benchmark, name, value, "events/s")
    for base, goal in GOALS.items():
        yield Figure(
            benchmark,
            "append",
            statistics.median(measured["append"]),
            "events/s",
            base=base,
            ratio=ratio(measured, "append", base),
            at_least=goal if count == max(CLIENTS) else None,
        )


def product() -> Callable[[], None]:
    """The log's own append: schemas, canonical bytes, expected versions, refusing triggers."""
    actor = Actor("api_key", str(uuid4()), "benchmark")
    data = [BenchmarkNoted(**payload()) for _ in range(EVENTS)]

    def commit() -> None:
        stream = f"benchmark-{uuid4()}"
        correlation = new_id()
        events = [
            NewEvent(
                data=each,
                stream=stream,
                event_id=new_id(),
                actor=actor,
                correlation_id=correlation,
            )
            for each in data
        ]
        append(events, expected={stream: 0})

    return commit


BARE = """
INSERT INTO bare_event (
    event_id, stream, stream_version, type, correlation_id, causation_id, recorded_at, canonical
)
SELECT event_id, stream, stream_version, type, correlation_id, causation_id, recorded_at,
       convert_to(canonical, 'UTF8')
FROM jsonb_to_recordset(%s::jsonb) AS e (
    event_id uuid, stream text, stream_version integer, type text,
    correlation_id uuid, causation_id uuid, recorded_at timestamptz, canonical text
)
"""


def bare() -> Callable[[], None]:
    """One prepared statement with one JSON parameter: same columns and indexes, nothing checked."""
    database = settings.DATABASES["default"]
    connection = psycopg.connect(**_connection_arguments(database), autocommit=True)
    data = [payload() for _ in range(EVENTS)]
    author = str(uuid4())

    def commit() -> None:
        stream = f"benchmark-{uuid4()}"
        correlation = new_id()
        recorded_at = datetime.now(UTC)
        rows = []
        for version, each in enumerate(data, 1):
            event_id = new_id()
            envelope = {
                "specversion": "1.0",
                "id": event_id,
                "source": "/ragledger",
                "type": "io.ragledger.BenchmarkNoted.v1",
                "time": recorded_at,
                "recordedtime": recorded_at,
                "stream": stream,
                "streamversion": version,
                "authtype": "api_key",
                "authid": author,
                "application": "benchmark",
                "correlationid": correlation,
                "datacontenttype": "application/json",
                "data": each,
            }
            rows.append(
                {
                    "event_id": event_id,
                    "stream": stream,
                    "stream_version": version,
                    "type": "BenchmarkNoted",
                    "correlation_id": correlation,
                    "causation_id": None,
                    "recorded_at": recorded_at,
                    "canonical": orjson.dumps(envelope).decode(),
                }
            )
        connection.execute(BARE, [orjson.dumps(rows).decode()], prepare=True)

    return commit


class Notes(Aggregate):
    """The peer's aggregate: one created event, then nine more."""

    @event("Created")
    def __init__(self, note: dict[str, Any]) -> None:
        self.last = note

    @event("Noted")
    def add(self, note: dict[str, Any]) -> None:
        self.last = note


def eventsourcing() -> Callable[[], None]:
    """The `eventsourcing` library, its database functions on: ten events a save."""
    application: Application[UUID] = Application(env=_eventsourcing_environment(create=False))
    data = [{**payload(), "document_id": str(uuid4())} for _ in range(EVENTS)]

    def commit() -> None:
        notes = Notes(data[0])
        for each in data[1:]:
            notes.add(each)
        application.save(notes)

    return commit


def make_bare_table() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bare_event (LIKE eventstore_event INCLUDING ALL)")
        cursor.execute("GRANT SELECT, INSERT ON bare_event TO PUBLIC")
    connections.close_all()


def _make_eventsourcing_tables() -> None:
    """Once, before the clients: its CREATE IF NOT EXISTS fails when processes race."""
    Application[UUID](env=_eventsourcing_environment(create=True)).close()


def _eventsourcing_environment(*, create: bool) -> dict[str, str]:
    owner = settings.DATABASES["owner"]
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": owner["NAME"],
        "POSTGRES_HOST": owner["HOST"],
        "POSTGRES_PORT": owner["PORT"],
        "POSTGRES_USER": owner["USER"],
        "POSTGRES_PASSWORD": owner["PASSWORD"],
        "POSTGRES_ENABLE_DB_FUNCTIONS": "yes",
        "CREATE_TABLE": "yes" if create else "no",
    }


def _connection_arguments(database: dict[str, Any]) -> dict[str, Any]:
    return {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
