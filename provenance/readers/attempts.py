"""Slows down whoever tries links: wrong ones are counted by address and minute, in Redis.

Without Redis everybody may try on: a link has 256 random bits, and is not guessed.
"""

import time

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

MOST_A_MINUTE = 20
WINDOW_SECONDS = 60


class TooManyAttempts(Exception):
    """Too many wrong links came from this address."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many links that open nothing came from your address.")
        self.retry_after = retry_after


def require_patience(address: str) -> None:
    """Raises TooManyAttempts."""
    window, elapsed = divmod(int(time.time()), WINDOW_SECONDS)
    try:
        failures = int(_connection().get(_name(address, window)) or 0)
    except redis.RedisError as error:
        log.warning("wrong_links_not_counted", error=str(error))
        return
    if failures >= MOST_A_MINUTE:
        raise TooManyAttempts(WINDOW_SECONDS - elapsed)


def count_failure(address: str) -> None:
    name = _name(address, int(time.time()) // WINDOW_SECONDS)
    try:
        with _connection().pipeline(transaction=False) as pipeline:
            pipeline.incr(name)
            pipeline.expire(name, 2 * WINDOW_SECONDS)
            pipeline.execute()
    except redis.RedisError as error:
        log.warning("wrong_links_not_counted", error=str(error))


_connections: dict[str, "redis.Redis"] = {}


def _connection() -> "redis.Redis":
    url = settings.REDIS_URL
    if url not in _connections:
        _connections[url] = redis.Redis.from_url(
            url, socket_timeout=0.25, socket_connect_timeout=0.25
        )
    return _connections[url]


def _name(address: str, window: int) -> str:
    return f"ragledger:wrong-links:{address}:{window}"
