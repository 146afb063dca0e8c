"""Draining a backlog of events, against bare reading, hashing and inserting of the same batches."""

import hashlib
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from django.db import connection, connections, transaction

from benchmarks.harness import Figure, in_turns, ratio, seconds
from benchmarks.scale import amount, rounds
from benchmarks.servers import database_only
from provenance.eventstore.driver import driver_cursor
from provenance.integrity.sequencer import BATCH_EVENTS, Sequencer

BACKLOG_EVENTS = 40_000
ROUNDS = 5

FILL = """
INSERT INTO eventstore_event (
    event_id, stream, stream_version, type, recorded_at, canonical
)
SELECT gen_random_uuid(), 'benchmark-' || gen_random_uuid(), 1, 'BenchmarkNoted', now(),
       convert_to(rpad(md5(number::text), 900, md5((-number)::text)), 'UTF8')
FROM generate_series(1, %s) AS number
"""


def figures() -> Iterator[Figure]:
    with database_only():
        with connections["owner"].cursor() as cursor:
            cursor.execute("CREATE TABLE bare_position (LIKE eventstore_position INCLUDING ALL)")
            cursor.execute("GRANT SELECT, INSERT ON bare_position TO PUBLIC")
        backlog = amount(BACKLOG_EVENTS)
        sequencer = Sequencer()
        bare = BareSequencer()

        def product() -> float:
            _fill(backlog)
            return backlog / seconds(lambda: _until(sequencer.cycle, backlog))

        def floor() -> float:
            return backlog / seconds(lambda: _until(bare.cycle, backlog))

        # The floor follows over the same events. Both do their first backlog unmeasured.
        product(), floor()
        measured = in_turns({"sequencer": product, "bare": floor}, rounds=rounds(ROUNDS))
    yield Figure("sequencer", "bare", statistics.median(measured["bare"]), "events/s")
    yield Figure(
        "sequencer",
        "sequencer",
        statistics.median(measured["sequencer"]),
        "events/s",
        base="bare",
        ratio=ratio(measured, "sequencer", "bare"),
        at_least=0.7,
    )


def _fill(events: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [events])


def _until(cycle: Callable[[], int], events: int) -> None:
    while events > 0:
        events -= cycle()


class BareSequencer:
    """Reads, hashes and writes positions as plainly as can be: no tree, no holes, no leadership."""

    def __init__(self) -> None:
        self.highest = 0
        self.size = 0

    def cycle(self) -> int:
        with transaction.atomic(), driver_cursor() as cursor:
            cursor.execute(
                "SELECT seq, canonical FROM eventstore_event WHERE seq > %s ORDER BY seq LIMIT %s",
                [self.highest, BATCH_EVENTS],
                binary=True,
            )
            rows = cursor.fetchall()
            moment = datetime.now(UTC)
            with cursor.copy(
                "COPY bare_position (position, seq, leaf_hash, positioned_at)"
                " FROM STDIN (FORMAT BINARY)"
            ) as copy:
                copy.set_types(["int8", "int8", "bytea", "timestamptz"])
                for position, (seq, canonical) in enumerate(rows, self.size):
                    leaf = hashlib.sha256(b"\x00" + canonical).digest()
                    copy.write_row((position, seq, leaf, moment))
        self.size += len(rows)
        self.highest = rows[-1][0] if rows else self.highest
        return len(rows)
