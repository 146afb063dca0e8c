"""The projector: keeps every read model at the end of the log and rings the bell for workers."""

import time
from functools import cache

import kombu.exceptions
import redis
import structlog
from celery import current_app
from django.conf import settings

from provenance.integrity.leadership import Pace, Stop
from provenance.projections import chores, work
from provenance.projections.projection import Projection, projections
from provenance.projections.runner import ProjectionStopped, catch_up, settled

log = structlog.get_logger()

LOCK_ID = 0x7261676C_02
STOPPED_SECONDS = 5.0
BELL_SECONDS = 0.25
FORGET_SECONDS = 30.0
# As many bells as a queue may have workers; a worker that is rung works as long as its share lasts.
MAX_BELLS = 8


class Projector:
    """One leader's term."""

    def __init__(self) -> None:
        self._projections = projections()
        self._stopped_until: dict[str, float] = {}
        self._next_bell = 0.0
        self._next_forgetting = 0.0

    def run(self, stop: Stop) -> None:
        pace = Pace(stop)
        while not stop.requested:
            done = settled()
            moved = sum(
                self._advance(each)
                for each in self._projections
                if (each.name, each.version) not in done
            )
            self.ring_bells()
            chores.do_due_chores()
            self._forget_leases()
            if moved:
                pace.quicken()
            else:
                pace.rest()

    def _advance(self, projection: Projection) -> int:
        if self._stopped_until.get(projection.name, 0) > time.monotonic():
            return 0
        try:
            return catch_up(projection)
        except ProjectionStopped:
            self._stopped_until[projection.name] = time.monotonic() + STOPPED_SECONDS
            return 0

    def ring_bells(self) -> None:
        """Tells workers that work waits. A lost bell delays: it is rung again while work waits."""
        now = time.monotonic()
        if now < self._next_bell:
            return
        self._next_bell = now + BELL_SECONDS
        try:
            for queue, count in work.waiting_queues().items():
                for _ in range(min(count, MAX_BELLS) - unheard(queue)):
                    ring(queue)
        except (kombu.exceptions.OperationalError, redis.RedisError, OSError) as error:
            log.warning("redis is away; work waits", error=str(error))

    def _forget_leases(self) -> None:
        now = time.monotonic()
        if now >= self._next_forgetting:
            self._next_forgetting = now + FORGET_SECONDS
            work.forget_closed_leases()


@cache
def _redis() -> redis.Redis:
    """Asked directly: Celery's own connection would wait for a server that is away."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def unheard(queue: str) -> int:
    """How many bells no worker has taken yet: busy workers need no more of them."""
    return _redis().llen(queue)


def ring(queue: str) -> None:
    """Sends one bell."""
    current_app.send_task(
        "projections.do_pending_work", args=[queue], queue=queue, expires=5, retry=False
    )


def fold_everything() -> int:
    """Brings every read model to the end of the log once; for commands and tests.

    Raises ProjectionStopped.
    """
    total = 0
    for each in projections():
        while moved := catch_up(each):
            total += moved
    return total
