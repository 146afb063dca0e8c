"""Leader election: of any number of equal loops one works, the one that holds an advisory lock."""

import signal
import time
from collections.abc import Callable
from types import FrameType

import structlog
from django.db import InterfaceError, OperationalError, connection

log = structlog.get_logger()

STANDBY_SECONDS = 0.5
RECONNECT_SECONDS = 0.5
SHORTEST_REST, LONGEST_REST = 0.02, 0.1


class Stop:
    """Turns true at SIGTERM or SIGINT; a loop looks at it between two steps."""

    def __init__(self) -> None:
        self.requested = False

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request)

    def _request(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.requested = True

    def wait(self, seconds: float) -> None:
        """Sleeps, but no longer than until a stop is requested."""
        deadline = time.monotonic() + seconds
        while not self.requested and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))


class Pace:
    """How long a loop rests that found nothing to do: longer the longer it has been idle.

    Work seldom comes alone, so that right after some the next is looked for soonest.
    """

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        self._rest = SHORTEST_REST

    def rest(self) -> None:
        self._stop.wait(self._rest)
        self._rest = min(self._rest * 1.2, LONGEST_REST)

    def quicken(self) -> None:
        self._rest = SHORTEST_REST


def lead(*, lock_id: int, name: str, term: Callable[[Stop], None], stop: Stop) -> None:
    """Runs `term` while this process holds the lock, on the connection that holds it.

    The lock dies with its connection, so a leader that lost the database cannot write on: it
    stands for election again, and begins its next term with nothing in memory.
    """
    while not stop.requested:
        try:
            if try_lock(lock_id):
                log.info("leading", loop=name)
                term(stop)
                return
            stop.wait(STANDBY_SECONDS)
        except (OperationalError, InterfaceError) as error:
            log.warning("database lost", loop=name, error=str(error).strip())
            connection.close()
            stop.wait(RECONNECT_SECONDS)


def is_held(lock_id: int) -> bool:
    """Whether some process has the lock at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid::bigint = %s AND objid::bigint = %s AND objsubid = 1)",
            [lock_id >> 32, lock_id & 0xFFFFFFFF],
        )
        return bool(cursor.fetchone()[0])


def try_lock(lock_id: int) -> bool:
    """Takes the lock for as long as the connection lasts, unless another process has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock_id])
        return bool(cursor.fetchone()[0])
