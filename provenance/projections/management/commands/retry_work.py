"""`manage.py retry_work`: has the workers try failing work now, once its cause is mended."""

from typing import Any

from django.core.management.base import BaseCommand

from provenance.projections.failing import try_failing_work_now


class Command(BaseCommand):
    help = "Has the workers try at once what failed and waits for its next attempt."

    def handle(self, *_: Any, **__: Any) -> None:
        self.stdout.write(f"Pieces of work to be tried now: {try_failing_work_now()}")
