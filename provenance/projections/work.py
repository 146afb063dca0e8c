"""Pending work: what follows from an event, done by workers under leases until its result is there.

The log is the queue. A row of pending work is folded from the event that asks for the work and
goes with the event that answers it; a lease lets one worker try at a time. Work that is asked for
again has another cause, and needs not wait for the end of an old lease.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from provenance.eventstore.driver import driver_cursor
from provenance.eventstore.event_types import EventData
from provenance.eventstore.recorded import Recorded

log = structlog.get_logger()

LEASE_SECONDS = 20
MAX_DELAY_SECONDS = 300
MAX_ATTEMPTS = 5
LOST_ITS_WORKER = "Its worker ended in the middle of it."
# Work that costs a worker each time waits between its attempts like other work that fails.
FREE = f"""
    (l.leased_until IS NULL OR l.leased_until < now() - CASE
        WHEN l.running AND l.attempts >= {MAX_ATTEMPTS}
        THEN interval '{MAX_DELAY_SECONDS} seconds' ELSE interval '0' END)
"""

TAKE = f"""
    WITH free AS MATERIALIZED (
        SELECT w.kind, w.subject_id, w.cause_event_id FROM projections_pending_work AS w
        LEFT JOIN projections_work_lease AS l USING (kind, subject_id, cause_event_id)
        WHERE w.queue = %(queue)s AND {FREE}
        ORDER BY w.position LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
    INSERT INTO projections_work_lease AS l
        (kind, subject_id, cause_event_id, attempts, leased_until, token, running, problem)
    SELECT kind, subject_id, cause_event_id, 1, now() + make_interval(secs => %(seconds)s),
           %(token)s, true, ''
    FROM free ON CONFLICT (kind, subject_id) DO UPDATE SET
        attempts = CASE WHEN l.cause_event_id = excluded.cause_event_id
                   THEN l.attempts + 1 ELSE 1 END,
        problem = CASE WHEN l.cause_event_id <> excluded.cause_event_id THEN ''
                  WHEN l.running THEN %(lost)s ELSE l.problem END,
        cause_event_id = excluded.cause_event_id, leased_until = excluded.leased_until,
        token = excluded.token, running = true
    WHERE l.leased_until < now() OR l.cause_event_id <> excluded.cause_event_id
    RETURNING kind, subject_id, cause_event_id, attempts, token
"""  # noqa: S608  made of constants

Subject = Callable[[Recorded[Any]], UUID | None]


class RetryLater(Exception):
    """The work cannot be done now, but may be later; its text says why."""


class LeaseLost(Exception):
    """Another worker has the work now; this one must stop without a result."""


@dataclass(frozen=True)
class WorkItem:
    """One attempt at one piece of work."""

    kind: str
    subject_id: UUID
    cause_event_id: UUID
    attempt: int
    token: UUID = field(repr=False)

    def renew(self) -> None:
        """Extends the lease; call it between the slices of long work. Raises LeaseLost."""
        with driver_cursor() as cursor:
            cursor.execute(
                "UPDATE projections_work_lease SET leased_until = now() + make_interval(secs => %s)"
                " WHERE kind = %s AND subject_id = %s AND token = %s",
                [LEASE_SECONDS, self.kind, self.subject_id, self.token],
            )
            if not cursor.rowcount:
                raise LeaseLost(f"{self.kind} {self.subject_id}")


@dataclass(frozen=True, kw_only=True)
class WorkKind:
    """A kind of work: which events ask for it and answer it, and the commands that do it.

    The mappings give the subject of an event, or None where the event asks for no such work.
    `run` calls one idempotent command. `give_up` records the failure event, with the reason, after
    `max_attempts`. Work that has no such event is never given up: it is tried on, and is shown as
    failing until it succeeds. What is `unhurried` is done by workers of its own, which leave the
    processor to everybody else; no document waits for it.
    """

    name: str
    queue: str
    opened_by: Mapping[type[EventData], Subject]
    closed_by: Mapping[type[EventData], Subject]
    run: Callable[[WorkItem], None]
    give_up: Callable[[WorkItem, str], None] | None = None
    max_attempts: int = MAX_ATTEMPTS
    unhurried: bool = False


_kinds: dict[str, WorkKind] = {}


def register_work(kind: WorkKind) -> None:
    if kind.name in _kinds:
        raise ValueError(f"The work {kind.name} is declared twice.")
    _kinds[kind.name] = kind


def work_kinds() -> list[WorkKind]:
    return list(_kinds.values())


def work_queues() -> list[str]:
    return sorted({kind.queue for kind in _kinds.values()})


def unhurried_queues() -> list[str]:
    return sorted({kind.queue for kind in _kinds.values() if kind.unhurried})


def is_unhurried(kind: str) -> bool:
    return kind in _kinds and _kinds[kind].unhurried


def waiting_queues() -> dict[str, int]:
    """How many pieces of work are free to be taken, by queue."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT w.queue, count(*) FROM projections_pending_work w"  # noqa: S608
            " LEFT JOIN projections_work_lease l USING (kind, subject_id, cause_event_id)"
            f" WHERE {FREE} GROUP BY w.queue"
        )
        return dict(cursor.fetchall())


def run_next(queue: str) -> bool:
    """Takes the oldest free work of a queue and does it; False if there was none."""
    item = _lease_next(queue)
    if item is None:
        return False
    kind = _kinds[item.kind]
    if kind.give_up is not None and item.attempt > kind.max_attempts:
        # Its last attempts never came to an end: one more would cost one more worker.
        _failed(kind, item, LOST_ITS_WORKER)
        return True
    try:
        kind.run(item)
    except LeaseLost:
        log.warning("lease lost", kind=item.kind, subject=str(item.subject_id))
    except (OperationalError, InterfaceError):
        raise
    except RetryLater as error:
        _failed(kind, item, str(error))
    except Exception as error:
        # An unforeseen error costs this piece of work, never the worker; it is logged whole.
        log.exception("work failed", kind=item.kind, subject=str(item.subject_id))
        _failed(kind, item, f"Unexpected {type(error).__name__}; the worker's log has the details.")
    else:
        _done(item)
    return True


def _lease_next(queue: str) -> WorkItem | None:
    with driver_cursor() as cursor:
        cursor.execute(
            TAKE,
            {
                "queue": queue,
                "seconds": LEASE_SECONDS,
                "token": uuid.uuid4(),
                "lost": LOST_ITS_WORKER,
            },
        )
        row = cursor.fetchone()
    return None if row is None else WorkItem(*row)


def _failed(kind: WorkKind, item: WorkItem, problem: str) -> None:
    if kind.give_up is None or item.attempt < kind.max_attempts:
        delay = min(2 ** min(item.attempt, 16), MAX_DELAY_SECONDS)
        _set_lease(item, seconds=delay, problem=problem)
    else:
        kind.give_up(item, problem)
        # A retry that is asked for later starts with a fresh count.
        with driver_cursor() as cursor:
            cursor.execute(
                "DELETE FROM projections_work_lease WHERE kind = %s AND subject_id = %s",
                [item.kind, item.subject_id],
            )


def _done(item: WorkItem) -> None:
    # Kept until the fold of the result closes the work; if it never does, it is tried again.
    with driver_cursor() as cursor:
        cursor.execute(
            "UPDATE projections_work_lease"
            " SET attempts = 0, running = false, problem = '',"
            " leased_until = now() + make_interval(secs => %s)"
            " WHERE kind = %s AND subject_id = %s AND token = %s",
            [LEASE_SECONDS, item.kind, item.subject_id, item.token],
        )


def _set_lease(item: WorkItem, *, seconds: int, problem: str) -> None:
    with driver_cursor() as cursor:
        cursor.execute(
            "UPDATE projections_work_lease"
            " SET leased_until = now() + make_interval(secs => %s), running = false, problem = %s"
            " WHERE kind = %s AND subject_id = %s AND token = %s",
            [seconds, problem, item.kind, item.subject_id, item.token],
        )


def forget_closed_leases() -> None:
    """Removes the leases of work that has been answered."""
    with driver_cursor() as cursor:
        cursor.execute(
            "DELETE FROM projections_work_lease l WHERE leased_until < now() AND NOT EXISTS"
            " (SELECT FROM projections_pending_work w"
            "  WHERE w.kind = l.kind AND w.subject_id = l.subject_id)"
        )
