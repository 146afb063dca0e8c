"""`manage.py worker`: a Celery worker for every queue that some kind of work is declared for."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from provenance.celery import app
from provenance.projections.work import work_queues


class Command(BaseCommand):
    help = "Does the pending work of every queue. Any number may run."
    # They would import every page and operation, which it has no use for.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        # One single-threaded embedding process a core is fastest.
        parser.add_argument("--concurrency", type=int, default=os.cpu_count() or 1)

    def handle(self, *_: Any, concurrency: int, **__: Any) -> None:
        queues = [*work_queues(), app.conf.task_default_queue]
        app.worker_main(
            [
                *("worker", "--pool", "prefork", "--concurrency", str(concurrency)),
                *("--queues", ",".join(queues), "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ]
        )
