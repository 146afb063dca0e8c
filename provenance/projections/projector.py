"""The projector: keeps every read model at the end of the log, and has workers rung for."""

import time
from collections.abc import Callable, Sequence

from django.db import connection

from provenance.integrity.leadership import Pace, Stop
from provenance.projections import bell, chores, work
from provenance.projections.projection import Projection, projections
from provenance.projections.runner import (
    BATCH_POSITIONS,
    ProjectionStopped,
    catch_up,
    pass_over,
    settled,
)

LOCK_ID = 0x7261676C_02
STOPPED_SECONDS = 5.0
BELL_SECONDS = 0.25
FORGET_SECONDS = 30.0


class Projector:
    """One leader's term."""

    def __init__(self) -> None:
        self._projections = projections()
        self._stopped_until: dict[str, float] = {}
        self._next_bell = 0.0
        self._next_forgetting = 0.0

    def run(self, stop: Stop) -> None:
        _let_the_disk_follow()
        pace = Pace(stop)
        while not stop.requested:
            behind = _behind(self._projections)
            moved = self._bring_to_the_end(behind) if behind else 0
            self._ring_for_work()
            chores.do_due_chores()
            self._forget_leases()
            if moved:
                pace.quicken()
            if moved < BATCH_POSITIONS:
                # Few events at a time would cost as many transactions as many: let some gather.
                pace.rest()

    def _bring_to_the_end(self, behind: Sequence[Projection]) -> int:
        passed = pass_over(behind)
        folding = [each for each in behind if each.name not in passed]
        return len(passed) + sum(self._advance(each) for each in folding)

    def _advance(self, projection: Projection) -> int:
        if self._stopped_until.get(projection.name, 0) > time.monotonic():
            return 0
        try:
            return catch_up(projection)
        except ProjectionStopped:
            self._stopped_until[projection.name] = time.monotonic() + STOPPED_SECONDS
            return 0

    def _ring_for_work(self) -> None:
        now = time.monotonic()
        if now >= self._next_bell:
            self._next_bell = now + BELL_SECONDS
            bell.ring(bell.ring_for_work, work.waiting_queues())

    def _forget_leases(self) -> None:
        now = time.monotonic()
        if now >= self._next_forgetting:
            self._next_forgetting = now + FORGET_SECONDS
            work.forget_closed_leases()


def _let_the_disk_follow() -> None:
    """No fold waits until it is on the disk: the log has the events, and progress goes with rows.

    Whoever records what it read here waits for its own commit, and so for all that came before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def fold_everything(report: Callable[[int], None] | None = None) -> int:
    """Brings every read model to the end of the log once; for commands and tests.

    `report` is told after every batch how many positions have been folded, all together.
    Raises ProjectionStopped.
    """
    behind = _behind(projections())
    passed = pass_over(behind)
    total, folding = len(passed), [each for each in behind if each.name not in passed]
    while folding:
        # Side by side, since they decode the same events.
        moved = {each: catch_up(each) for each in folding}
        total += sum(moved.values())
        folding = [each for each in folding if moved[each] == BATCH_POSITIONS]
        if report is not None:
            report(total)
    return total


def _behind(among: Sequence[Projection]) -> list[Projection]:
    done = settled()
    return [each for each in among if (each.name, each.version) not in done]
