"""The last rebuild of each read model: where it is, how fast it goes, how it ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection
from django.utils import timezone

from provenance.projections.models import RebuildRun

# A rebuild holds this lock with the hash of the read model's name; it goes with its process.
LOCK_CLASS = 0x7261676D
RUNNING = """
    EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND classid::bigint = %s AND objid = hashtext(name)::oid AND objsubid = 2)
"""


class RunState(StrEnum):
    """Where a rebuild is; what is broken off was begun at a terminal that is gone."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPING = "stopping"
    BROKEN_OFF = "broken_off"
    REBUILT = "rebuilt"
    FAILED = "failed"
    STOPPED = "stopped"


UNDER_WAY = frozenset({RunState.WAITING, RunState.RUNNING, RunState.STOPPING})


@dataclass(frozen=True)
class Run:
    """A rebuild: `done` of `total` positions folded, `rate` of them a second."""

    name: str
    state: RunState
    done: int
    total: int
    rate: float | None
    seconds_left: float | None
    begun_at: datetime | None
    ended_at: datetime | None
    written: int
    removed: int
    problem: str

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def folded(self) -> bool:
        """Everything is folded; what differs is being written."""
        return 0 < self.total <= self.done


def runs() -> dict[str, Run]:
    """The last rebuild of every read model that had one."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, {RUNNING} FROM projections_rebuild_run",  # noqa: S608
            [LOCK_CLASS],
        )
        running = dict(cursor.fetchall())
    rows = RebuildRun.objects.filter(name__in=running)
    return {row.name: _described(row, running=running[row.name]) for row in rows}


def run_of(name: str) -> Run:
    return runs()[name]


def _described(row: RebuildRun, *, running: bool) -> Run:
    rate = left = None
    if running and row.begun_at is not None and row.done:
        rate = row.done / max((timezone.now() - row.begun_at).total_seconds(), 0.001)
        left = max(row.total - row.done, 0) / rate
    return Run(
        row.name,
        _state_of(row, running=running),
        row.done,
        row.total,
        rate,
        left,
        row.begun_at,
        row.ended_at,
        row.written,
        row.removed,
        row.problem,
    )


def _state_of(row: RebuildRun, *, running: bool) -> RunState:
    if row.ended_at is not None:
        return RunState(row.outcome or RunState.STOPPED)
    if running:
        return RunState.STOPPING if row.to_be_stopped else RunState.RUNNING
    return RunState.WAITING if row.asked_by else RunState.BROKEN_OFF
