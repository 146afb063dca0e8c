"""The Celery task that a bell starts: it does the waiting work of one queue."""

from celery import shared_task

from provenance.projections import work

# After so many pieces a worker takes a new bell, so that queues share the workers.
MAX_PIECES = 25


@shared_task(name="projections.do_pending_work", ignore_result=True)
def do_pending_work(queue: str) -> None:
    """Does free work of the queue until there is none, or its share is done."""
    for _ in range(MAX_PIECES):
        if not work.run_next(queue):
            return
