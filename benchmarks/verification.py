"""Verifying the log, against bare COPY of the stored bytes and hashing; and proofs of one event."""

import hashlib
import random
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import orjson

from benchmarks.harness import Figure, in_turns, median_milliseconds, progress, ratio, seconds
from benchmarks.scale import amount, rounds
from benchmarks.servers import database_only
from provenance.eventstore.canonical import OPTIONS, instant
from provenance.eventstore.driver import driver_cursor
from provenance.integrity import tree
from provenance.integrity.checkpoints import seal
from provenance.integrity.sequencer import Sequencer
from provenance.integrity.verification.blobs import BlobCheck
from provenance.integrity.verification.findings import Report, quiet
from provenance.integrity.verification.leaves import LeafCheck
from provenance.integrity.verification.signatures import SignedRoots
from provenance.integrity.verification.whole_log import verify_log

EVENTS = 200_000
BATCH = 20_000
ROUNDS = 3
PROOFS = 50


def figures() -> Iterator[Figure]:
    with database_only():
        size = amount(EVENTS)
        _fill(size)
        measured = in_turns(
            {
                "bare COPY and hashing": lambda: size / seconds(_bare),
                "leaves, tree and signatures": lambda: size / seconds(lambda: _leaves(size)),
                "everything": lambda: size / seconds(_everything),
            },
            rounds=rounds(ROUNDS),
        )
        chance = random.Random(5)  # noqa: S311
        proof = median_milliseconds(
            lambda: tree.inclusion_proof(chance.randrange(size), size), times=PROOFS
        )
    benchmark = f"verify_log, {size:,} events"
    bare = "bare COPY and hashing"
    yield Figure(benchmark, bare, statistics.median(measured[bare]), "events/s")
    for name, goal in (("leaves, tree and signatures", 0.7), ("everything", 0.3)):
        yield Figure(
            benchmark,
            name,
            statistics.median(measured[name]),
            "events/s",
            base=bare,
            ratio=ratio(measured, name, bare),
            at_least=goal,
        )
    yield Figure(f"proof of one of {size:,} events", "inclusion", proof, "ms", at_most=10)


def _fill(size: int) -> None:
    """Events of about 900 bytes with causes and correlations, as an application's are."""
    chance = random.Random(3)  # noqa: S311
    sequencer = Sequencer()
    for start in range(0, size, BATCH):
        progress(f"filling the log: {start:,} of {size:,}")
        rows = [_row(chance) for _ in range(start, min(start + BATCH, size))]
        with (
            driver_cursor() as cursor,
            cursor.copy(
                "COPY eventstore_event (event_id, stream, stream_version, type, correlation_id,"
                " recorded_at, canonical) FROM STDIN"
            ) as copy,
        ):
            for row in rows:
                copy.write_row(row)
        while sequencer.cycle():
            pass
        seal(bytes(32))


def _row(chance: random.Random) -> tuple[object, ...]:
    event_id, correlation, stream = str(uuid4()), str(uuid4()), f"benchmark-{uuid4()}"
    recorded_at = datetime.now(UTC)
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/ragledger",
        "type": "io.ragledger.BenchmarkNoted.v1",
        "time": instant(recorded_at),
        "recordedtime": instant(recorded_at),
        "stream": stream,
        "streamversion": 1,
        "authtype": "api_key",
        "authid": event_id,
        "correlationid": correlation,
        "datacontenttype": "application/json",
        "data": {"note": chance.randbytes(200).hex(), "numbers": [chance.randrange(10**6)] * 9},
    }
    canonical = orjson.dumps(event, option=OPTIONS)
    return event_id, stream, 1, "BenchmarkNoted", correlation, recorded_at, canonical


def _bare() -> None:
    with (
        driver_cursor() as cursor,
        cursor.copy("COPY (SELECT canonical FROM eventstore_event) TO STDOUT (FORMAT BINARY)") as c,
    ):
        c.set_types(["bytea"])
        for (canonical,) in c.rows():
            hashlib.sha256(b"\x00" + canonical).digest()


def _leaves(size: int) -> None:
    report = Report()
    signed = SignedRoots(report, size)
    signed.read_stored()
    LeafCheck(report, signed, BlobCheck(report)).run(size, quiet)
    assert report.whole


def _everything() -> None:
    assert verify_log().whole
