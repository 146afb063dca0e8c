"""The bell: tells workers through Redis that work waits, in a thread, since Redis may be away."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any

import kombu.exceptions
import redis
import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger()

# As many bells as a queue may have workers; a worker that is rung works as long as its share lasts.
MAX_BELLS = 8
AWAY = (kombu.exceptions.OperationalError, redis.RedisError, OSError)

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bell")
_last: dict[Callable[..., None], Future[None]] = {}


def ring(send: Callable[..., None], *arguments: Any) -> None:
    """Calls `send` in the bell's thread, unless its last call still waits for Redis.

    A bell that is lost delays: whoever rings it rings again while there is reason to. Raises what
    else than the absence of Redis ended the last call.
    """
    last = _last.get(send)
    if last is not None:
        if not last.done():
            return
        last.result()
    _last[send] = _thread.submit(_try, send, arguments)


def _try(send: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    try:
        send(*arguments)
    except AWAY as error:
        log.warning("redis is away; work waits", error=str(error))


def ring_for_work(waiting: Mapping[str, int]) -> None:
    """As many bells for each queue as there are pieces of work that no bell was rung for."""
    for queue, count in waiting.items():
        for _ in range(min(count, MAX_BELLS) - unheard(queue)):
            send_task("projections.do_pending_work", queue, queue=queue, expires=5)


def unheard(queue: str) -> int:
    """How many bells no worker has taken yet: busy workers need no more of them."""
    return client().llen(queue)


def send_task(name: str, *arguments: str, expires: int, queue: str | None = None) -> None:
    current_app.send_task(name, args=arguments, queue=queue, expires=expires, retry=False)


@cache
def client() -> redis.Redis:
    """Asked directly: a queue that nobody has declared yet is no error."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
