"""`manage.py rebuild_projection NAME`: folds a read model anew beside the live one and swaps it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.eventstore.errors import EventReleased
from provenance.projections.projection import projection_names
from provenance.projections.rebuild_runs import (
    RebuildStopped,
    RebuildUnderWay,
    rebuild_watched,
)


class Command(BaseCommand):
    help = "Rebuilds one read model from the log beside the live one, then swaps it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the read model's name")

    def handle(self, *_: Any, **options: Any) -> None:
        name = options["name"]
        if name not in projection_names():
            raise CommandError(
                f"No read model {name!r}; there are {', '.join(projection_names())}."
            )
        started = time.monotonic()

        def report(done: int, total: int) -> None:
            elapsed = time.monotonic() - started
            left = elapsed / done * (total - done)
            self.stderr.write(
                f"\r{name}: {done:,} of {total:,} positions, {done / elapsed:,.0f}/s,"
                f" {left:.0f} s left ",
                ending="",
            )
            self.stderr.flush()

        try:
            rebuilt = rebuild_watched(name, report=report)
        except (RebuildUnderWay, RebuildStopped, EventReleased) as reason:
            raise CommandError(str(reason)) from reason
        finally:
            self.stderr.write("")
        self.stdout.write(
            f"{name} is rebuilt, at position {rebuilt.position}:"
            f" {rebuilt.written:,} rows written, {rebuilt.removed:,} removed."
        )
