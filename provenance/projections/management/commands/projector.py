"""`manage.py projector`: the loop that keeps read models up to date; any number may run."""

from typing import Any

from django.core.management.base import BaseCommand

from provenance.integrity.leadership import Stop, lead
from provenance.projections.projector import LOCK_ID, Projector


class Command(BaseCommand):
    help = "Keeps every read model at the end of the log. Any number may run; one leads."
    # They would import every page and operation, which it has no use for.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def handle(self, *_: Any, **__: Any) -> None:
        stop = Stop()
        stop.listen()
        lead(
            lock_id=LOCK_ID,
            name="projector",
            term=lambda stop: Projector().run(stop),
            stop=stop,
        )
