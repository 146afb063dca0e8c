"""`manage.py sequencer`: the loop that gives events their positions; any number may run."""

from typing import Any

from django.core.management.base import BaseCommand

from provenance.integrity.leadership import Stop, lead
from provenance.integrity.sequencer import LOCK_ID, Sequencer


class Command(BaseCommand):
    help = "Gives every committed event its position. Any number may run; one leads."
    # They would import every page and operation, which it has no use for.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def handle(self, *_: Any, **__: Any) -> None:
        stop = Stop()
        stop.listen()
        lead(
            lock_id=LOCK_ID,
            name="sequencer",
            term=lambda stop: Sequencer().run(stop),
            stop=stop,
        )
