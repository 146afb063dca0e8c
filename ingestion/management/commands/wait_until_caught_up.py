"""`manage.py wait_until_caught_up`: returns when nothing that was handed in waits any more."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.projections.standing import Standing, standing
from provenance.projections.work import is_unhurried

DEFAULT_SECONDS = 600
POLL_SECONDS = 0.1


class Command(BaseCommand):
    help = "Waits until all work is done and every read model is at the end of the log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--timeout", type=float, default=DEFAULT_SECONDS, help="seconds")

    def handle(self, *_: Any, **options: Any) -> None:
        until = time.monotonic() + options["timeout"]
        now = standing()
        while not is_at_rest(now):
            if time.monotonic() >= until:
                raise CommandError(f"Not caught up after {options['timeout']:g} s: {why(now)}.")
            time.sleep(POLL_SECONDS)
            now = standing()
        if options["verbosity"]:
            self.stdout.write(f"Caught up at position {now.head}.")


def is_at_rest(now: Standing) -> bool:
    """A generation of the index may still be built: no document waits for that."""
    return now.caught_up and all(is_unhurried(kind) for kind in now.waiting_work)


def why(now: Standing) -> str:
    """What is behind, and what to look at."""
    reasons = [f"{now.unplaced} events have no position (is the sequencer running?)"] * bool(
        now.unplaced
    )
    for model in now.read_models:
        if model.problem:
            reasons.append(f"{model.name} stands still: {model.problem}")
        elif model.parked:
            reasons.append(f"{model.name} has parked {model.parked} events")
        elif model.behind:
            reasons.append(f"{model.name} is {model.behind} positions behind")
    reasons += [f"{count} x {kind} waiting" for kind, count in now.waiting_work.items()]
    return "; ".join(reasons)
