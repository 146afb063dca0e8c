"""Slows a key down that asks more often than the setting allows."""

import time
from typing import Any

import redis
import structlog
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from provenance.api.authentication import principal_of
from provenance.api.problems import Problem

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60


class KeyThrottle(BaseThrottle):
    """At most RATE_LIMIT_PER_MINUTE requests a key and minute, counted over all web processes.

    Redis holds the counts. Without Redis requests pass: what is recorded does not hang on it.
    """

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002
        limit = settings.RATE_LIMIT_PER_MINUTE
        if not limit:
            return True
        window, elapsed = divmod(int(time.time()), WINDOW_SECONDS)
        try:
            asked = _count(f"ragledger:rate:{principal_of(request).actor.id}:{window}")
        except redis.RedisError as error:
            log.warning("rate_limit_not_counted", error=str(error))
            return True
        if asked <= limit:
            return True
        raise Problem(
            429,
            f"This key may ask {limit} times a minute.",
            slug="too-fast",
            title="Too fast",
            headers={"Retry-After": str(WINDOW_SECONDS - elapsed)},
        )


_connections: dict[str, "redis.Redis"] = {}


def _count(name: str) -> int:
    url = settings.REDIS_URL
    if url not in _connections:
        _connections[url] = redis.Redis.from_url(
            url, socket_timeout=0.25, socket_connect_timeout=0.25
        )
    with _connections[url].pipeline(transaction=False) as pipeline:
        pipeline.incr(name)
        pipeline.expire(name, 2 * WINDOW_SECONDS)
        return int(pipeline.execute()[0])
