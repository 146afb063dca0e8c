"""How far the verification is that a worker runs, told through Redis to whoever watches the page.

It is worth nothing once the verification has ended, and nothing waits for Redis.
"""

import time
from dataclasses import dataclass, field

import redis

from provenance.integrity.verification.leaves import LEAVES
from provenance.projections import bell

KEY = "ragledger.verification"
SECONDS_BETWEEN, SECONDS_KEPT = 0.5, 120
# Going through the events takes most of the time.
EVENTS_PERCENT = 95


@dataclass
class Teller:
    """Is called as the progress of a verification; forgets what it told when that has ended."""

    _told_at: float = field(default=float("-inf"))

    def __call__(self, check: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told_at < SECONDS_BETWEEN:
            return
        self._told_at = now
        percent = EVENTS_PERCENT * done // max(total, 1) if check == LEAVES else EVENTS_PERCENT
        try:
            bell.client().set(KEY, percent, ex=SECONDS_KEPT)
        except redis.RedisError:
            return

    def forget(self) -> None:
        try:
            bell.client().delete(KEY)
        except redis.RedisError:
            return


def percent() -> int | None:
    """Of the verification that runs; None if nothing is known of it."""
    try:
        told = bell.client().get(KEY)
    except redis.RedisError:
        return None
    return int(told) if isinstance(told, bytes) else None
