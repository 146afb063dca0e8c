"""Rebuilds that can be watched and stopped: one at a time for each read model."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from provenance.projections.models import RebuildRun
from provenance.projections.projection import projection_named, projection_names
from provenance.projections.rebuild import Rebuilt, Report, rebuild
from provenance.projections.rebuild_listing import LOCK_CLASS, RunState, run_of

log = structlog.get_logger()

NOTE_SECONDS = 0.5
# A rebuild that costs its worker each time is not begun for ever.
MAX_ATTEMPTS = 3


class RebuildUnknown(Exception):
    """There is no read model of this name, or nothing to stop."""


class RebuildUnderWay(Exception):
    """The read model is being rebuilt already: wait for it, or stop it."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is being rebuilt already: wait for it, or stop it.")


class RebuildStopped(Exception):
    """Somebody asked for the rebuild to stop; the live rows are as they were."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The rebuild of {name} was stopped; its rows are as they were.")


def ask_for_rebuild(name: str, *, asked_by: str) -> None:
    """Has a worker rebuild the read model. Raises RebuildUnknown, RebuildUnderWay."""
    if name not in projection_names():
        raise RebuildUnknown(f"There is no read model {name}.")
    with transaction.atomic():
        RebuildRun.objects.get_or_create(name=name, defaults={"ended_at": timezone.now()})
        RebuildRun.objects.select_for_update().get(name=name)
        if run_of(name).under_way:
            raise RebuildUnderWay(name)
        _begin_anew(name, asked_by=asked_by)


def stop_rebuild(name: str) -> None:
    """Has it end at its next batch, or never begin. Raises RebuildUnknown."""
    unended = RebuildRun.objects.filter(name=name, ended_at=None)
    if not unended.update(to_be_stopped=True):
        raise RebuildUnknown(f"{name} is not being rebuilt.")
    if run_of(name).state is not RunState.STOPPING:
        _end(name, RunState.STOPPED)


def rebuild_watched(name: str, *, report: Report | None = None) -> Rebuilt:
    """Rebuilds the read model here and now.

    Raises RebuildUnderWay, RebuildStopped, and whatever a fold raises.
    """
    with _alone(name):
        _begin_anew(name, asked_by="")
        return _rebuild(name, report)


def rebuild_asked_for(name: str) -> None:
    """What a worker does: begins what waits, or begins again what lost its worker."""
    try:
        with _alone(name):
            run = RebuildRun.objects.filter(name=name, ended_at=None).first()
            if run is None:
                return
            if run.attempts >= MAX_ATTEMPTS:
                _end(name, RunState.FAILED, problem="Its worker ended in the middle of it.")
                return
            _rebuild(name, None)
    except (RebuildUnderWay, RebuildStopped) as reason:
        log.info("not rebuilt", read_model=name, reason=str(reason))


def _rebuild(name: str, report: Report | None) -> Rebuilt:
    row = RebuildRun.objects.filter(name=name)
    row.update(begun_at=timezone.now(), done=0, total=0, attempts=row.get().attempts + 1)
    try:
        rebuilt = rebuild(projection_named(name), report=_Notes(name, report))
    except RebuildStopped:
        _end(name, RunState.STOPPED)
        raise
    except (OperationalError, InterfaceError):
        # Nothing can be said in the database now; whoever comes next begins anew.
        raise
    except Exception as error:
        done = row.get().done
        # The further lines of a database's error may hold what people wrote.
        reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        _end(name, RunState.FAILED, problem=f"After {done:,} positions: {reason}")
        raise
    _end(name, RunState.REBUILT, written=rebuilt.written, removed=rebuilt.removed)
    log.info("read model rebuilt", read_model=name, written=rebuilt.written)
    return rebuilt


class _Notes:
    """A report that notes the progress now and then, and stops the rebuild when asked to."""

    def __init__(self, name: str, report: Report | None) -> None:
        self._name, self._report = name, report
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        if self._report is not None:
            self._report(done, total)
        if done < total and time.monotonic() < self._next:
            return
        self._next = time.monotonic() + NOTE_SECONDS
        row = RebuildRun.objects.filter(name=self._name)
        row.update(done=done, total=total)
        if row.get().to_be_stopped:
            raise RebuildStopped(self._name)


def _begin_anew(name: str, *, asked_by: str) -> None:
    RebuildRun.objects.update_or_create(
        name=name,
        defaults={
            "asked_by": asked_by,
            "asked_at": timezone.now(),
            "begun_at": None,
            "ended_at": None,
            "attempts": 0,
            "done": 0,
            "total": 0,
            "to_be_stopped": False,
            "outcome": "",
            "problem": "",
            "written": 0,
            "removed": 0,
        },
    )


def _end(name: str, outcome: RunState, **facts: str | int) -> None:
    RebuildRun.objects.filter(name=name).update(outcome=outcome, ended_at=timezone.now(), **facts)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Holds the read model's lock, which PostgreSQL takes back from a process that dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK_CLASS, name])
        if not cursor.fetchone()[0]:
            raise RebuildUnderWay(name)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK_CLASS, name])
