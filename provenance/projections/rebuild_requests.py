"""Has a worker that leaves the processor to everybody else rebuild the read models asked for."""

from celery import shared_task

from provenance.projections import bell
from provenance.projections.chores import chore
from provenance.projections.rebuild_listing import RunState, runs
from provenance.projections.rebuild_runs import rebuild_asked_for

QUEUE = "read_models"
TASK = "projections.rebuild_asked_for"
EXPIRES_SECONDS = 5


@chore(every_seconds=2)
def ring_for_rebuilds() -> None:
    """Also for what lost its worker: nobody runs it, and it has not ended."""
    waiting = [each.name for each in runs().values() if each.state is RunState.WAITING]
    if waiting:
        bell.ring(_send, *waiting)


def _send(*names: str) -> None:
    for name in names:
        bell.send_task(TASK, name, queue=QUEUE, expires=EXPIRES_SECONDS)


@shared_task(name=TASK, ignore_result=True)
def do_rebuild(name: str) -> None:
    rebuild_asked_for(name)
