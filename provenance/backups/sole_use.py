"""Keeps everybody else off a database while a backup is restored into it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

from provenance.backups.errors import StillRunning
from provenance.integrity import sequencer
from provenance.integrity.leadership import is_held, try_lock
from provenance.projections import projector

RESTORING = 0x7261676C_04


def is_restoring() -> bool:
    """/readyz asks this."""
    return is_held(RESTORING)


@contextmanager
def restoring() -> Iterator[None]:
    """While it lasts, /readyz says so. Raises StillRunning."""
    with _locked(RESTORING, "restoring of another backup"):
        yield


@contextmanager
def loops_kept_away() -> Iterator[None]:
    """No sequencer and no projector begins its work. Raises StillRunning if one is at it."""
    with (
        _locked(sequencer.LOCK_ID, "sequencer"),
        _locked(projector.LOCK_ID, "projector"),
    ):
        yield


def keep_writers_away() -> None:
    """Until the transaction ends nobody appends. Raises StillRunning."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE eventstore_event IN SHARE ROW EXCLUSIVE MODE NOWAIT")
    except OperationalError as error:
        raise StillRunning("application") from error


@contextmanager
def _locked(lock_id: int, holder: str) -> Iterator[None]:
    if not try_lock(lock_id):
        raise StillRunning(holder)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock_id])
