"""The Celery task that a bell starts: it does the waiting work of one queue."""

import time

from celery import shared_task

from provenance.projections import work

# After so long a worker takes a new bell, so that queues share the workers: pieces of one queue
# may take a hundred times as long as those of another.
SHARE_SECONDS = 2.0


@shared_task(name="projections.do_pending_work", ignore_result=True)
def do_pending_work(queue: str) -> None:
    """Does free work of the queue until there is none, or its share is done."""
    until = time.monotonic() + SHARE_SECONDS
    while work.run_next(queue) and time.monotonic() < until:
        pass
