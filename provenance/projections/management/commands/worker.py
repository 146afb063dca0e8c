"""`manage.py worker`: a Celery worker for the queues that some kind of work is declared for."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from provenance.celery import app
from provenance.projections import rebuild_requests
from provenance.projections.work import unhurried_queues, work_queues

LOWEST_PRIORITY = 19


class Command(BaseCommand):
    help = (
        "Does the pending work of every queue, but for what is unhurried. With --unhurried: nothing"
        " but that, while nobody else needs the processor. Any number may run."
    )
    # They would import every page and operation, which it has no use for.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        # One single-threaded embedding process a core is fastest.
        parser.add_argument("--concurrency", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--unhurried", action="store_true")

    def handle(self, *_: Any, concurrency: int, unhurried: bool, **__: Any) -> None:
        queues = unhurried_queues()
        name = "rebuilder@%h" if unhurried else "celery@%h"
        if unhurried:
            os.nice(LOWEST_PRIORITY)
            queues = [*queues, rebuild_requests.QUEUE]
        else:
            others = [queue for queue in work_queues() if queue not in queues]
            queues = [*others, app.conf.task_default_queue]
        app.worker_main(
            [
                *(
                    "worker",
                    "--hostname",
                    name,
                    "--pool",
                    "prefork",
                    "--concurrency",
                    str(concurrency),
                ),
                *("--queues", ",".join(queues), "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ]
        )
