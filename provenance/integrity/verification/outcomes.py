"""Verifies, and records the outcome in the log itself; says how the log stands by the last one."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from provenance.eventstore import canonical, store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, Actor, NewEvent, Recorded
from provenance.integrity.events import LogVerified
from provenance.integrity.verification.findings import Report

WHOLE, SAMPLES = "whole", "samples"
STANDING = """
    SELECT (SELECT canonical FROM eventstore_event WHERE stream = %s
            ORDER BY stream_version DESC LIMIT 1),
           (SELECT sealing_problem FROM integrity_tree ORDER BY id LIMIT 1)
"""


@dataclass(frozen=True)
class Alarm:
    """Why the log is not to be trusted as it stands; every page says so."""

    problem: str
    position: int | None = None
    noticed_at: datetime | None = None


def verify_and_record(scope: str, verify: Callable[[], Report], *, actor: Actor = SYSTEM) -> Report:
    begun = time.monotonic()
    report = verify()
    record(report, scope=scope, milliseconds=round((time.monotonic() - begun) * 1000), actor=actor)
    return report


@store.decides_again
@transaction.atomic
def record(report: Report, *, scope: str, milliseconds: int, actor: Actor = SYSTEM) -> None:
    first = report.first_broken
    data = LogVerified(
        scope=scope,
        size=report.size,
        root=report.root.hex() or None,
        checkpoints=report.checkpoints,
        whole=report.whole,
        first_broken_position=None if first is None or first.first < 0 else first.first,
        problem=None if first is None else str(first),
        milliseconds=milliseconds,
    )
    stream = _stream(scope)
    store.append(
        [NewEvent(data=data, stream=stream, event_id=new_id(), actor=actor)],
        expected={stream: store.stream_version(stream)},
    )


def last_verification(scope: str = WHOLE) -> Recorded[LogVerified] | None:
    return store.read_last(_stream(scope))


def recent_verifications(limit: int) -> list[Recorded[LogVerified]]:
    """Of the whole log and of samples, the last one first."""
    found = [
        event
        for scope in (WHOLE, SAMPLES)
        for event in store.read_newest(_stream(scope), limit=limit)
    ]
    return sorted(found, key=lambda event: event.recorded_at, reverse=True)[:limit]


def alarm() -> Alarm | None:
    """What the last whole verification found, or why nothing can be sealed; None if all is well.

    One query, since every page asks.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [_stream(WHOLE)])
        verified, problem = cursor.fetchone()
    last: Recorded[LogVerified] | None = verified and canonical.decode(verified, position=None)
    if last is not None and not last.data.whole:
        return Alarm(last.data.problem or "", last.data.first_broken_position, last.recorded_at)
    return Alarm(f"No checkpoint can be sealed: {problem}") if problem else None


def _stream(scope: str) -> str:
    return f"verification-{scope}"
