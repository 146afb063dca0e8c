"""Keeps a lease while one long statement runs, on a connection of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog
from django.db import DatabaseError, connection

from provenance.projections.work import LEASE_SECONDS, LeaseLost, WorkItem

log = structlog.get_logger()


@contextmanager
def keeping(item: WorkItem) -> Iterator[None]:
    """Renews the lease every few seconds until the block ends."""
    ended = Event()
    thread = Thread(target=_renew, args=(item, ended), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _renew(item: WorkItem, ended: Event) -> None:
    try:
        while not ended.wait(LEASE_SECONDS / 4):
            item.renew()
    except (LeaseLost, DatabaseError) as error:
        # Whoever has the work now meets the lock of the one statement, and then its result.
        log.warning("lease not renewed", kind=item.kind, error=str(error))
    finally:
        connection.close()
