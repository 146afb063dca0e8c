"""`manage.py rebuild_index`: has a generation of the index built from the log, and watches."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from ingestion.chunking import CHUNKERS
from provenance.accounts.access import SYSTEM_PRINCIPAL
from retrieval.errors import GenerationRefused, RequestRefused
from retrieval.generations import commands, loading_progress
from retrieval.models import ENDED, IndexGeneration, State

POLL_SECONDS = 0.3
# Without any news for so long, the services are probably not running.
PATIENCE_SECONDS = 600


class Command(BaseCommand):
    help = (
        "Builds a new generation of the index from the log, by the workers. Ctrl-C stops watching,"
        " not the building; the same command watches on. Exit 1 if it failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--embedding-model", metavar="NAME", help="the active one's if absent")
        parser.add_argument(
            "--reprocess",
            metavar="CHUNKER",
            choices=["", *sorted(CHUNKERS)],
            help="cut all passages anew by this chunker; '' brings back those first made",
        )
        parser.add_argument(
            "--read-anew",
            metavar="WHEN",
            choices=["", commands.TODAY],
            help="'today': read anew what other parsers read; '' takes texts as first processed",
        )
        parser.add_argument(
            "--activate", action="store_true", help="have searches use it once it is verified"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        number = self._number(
            options["embedding_model"],
            options["reprocess"],
            options["read_anew"],
            activate=options["activate"],
        )
        try:
            row = watch(number)
        except KeyboardInterrupt:
            raise CommandError(f"Generation {number} is built on without being watched.") from None
        if row.state in ENDED:
            raise CommandError(f"Generation {number} {row.state}. {row.problem}")
        self.stdout.write(
            f"Generation {number} under {row.embedding_model} is {row.state}:"
            f" {row.chunks} passages of {row.versions} versions, root {row.root}."
        )
        if options["activate"]:
            self._activate(row)

    def _number(
        self, model: str | None, chunker: str | None, reading: str | None, *, activate: bool
    ) -> int:
        """That of a generation that is being built so already, or of a new one."""
        unfinished = IndexGeneration.objects.filter(state__in=(State.BUILDING, State.BUILT))
        row = unfinished.exclude(built_position=None, state=State.BUILT).first()
        alike = (
            row
            and model in {None, row.embedding_model}
            and chunker in {None, row.chunker}
            and (reading is None or (reading == commands.TODAY) == bool(row.reading))
        )
        if row is not None and alike:
            self.stderr.write(f"Generation {row.generation} is being built already.")
            if row.paused:
                commands.resume_generation(row.generation, principal=SYSTEM_PRINCIPAL)
            return row.generation
        try:
            return commands.start_generation(
                embedding_model=model,
                activate_when_verified=activate,
                principal=SYSTEM_PRINCIPAL,
                chunker=chunker,
                reading=reading,
            )
        except (RequestRefused, GenerationRefused) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _activate(self, row: IndexGeneration) -> None:
        active, asked = row.state == State.ACTIVE, bool(row.activation_requested_by)
        if not active and not asked:
            try:
                active = commands.activate_generation(row.generation, principal=SYSTEM_PRINCIPAL)
            except GenerationRefused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write("Searches use it now." if active else "Somebody else has to agree.")


def watch(number: int) -> IndexGeneration:
    """The generation once it is verified or has ended. Raises CommandError if nothing moves."""
    with _bar() as bar:
        task = bar.add_task("waiting", total=None, left="")
        seen: tuple[str, int] | None = None
        moved = time.monotonic()
        while True:
            row = IndexGeneration.objects.filter(generation=number).first()
            if row is not None and row.state not in {State.BUILDING, State.BUILT}:
                return row
            if row is not None and (now := _show(bar, task, row)) != seen:
                seen, moved = now, time.monotonic()
            if time.monotonic() - moved > PATIENCE_SECONDS:
                raise CommandError("Nothing moves: are rebuilder, sequencer and projector running?")
            time.sleep(POLL_SECONDS)


def _show(bar: Progress, task: TaskID, row: IndexGeneration) -> tuple[str, int]:
    now = loading_progress.progress_of(row, row.chunks or 0)
    left = "" if now.eta_seconds is None else f"{now.rate:,.0f}/s, {now.eta_seconds:,.0f} s left"
    phase = "paused" if row.paused else now.phase
    bar.update(task, description=phase, completed=now.done, total=now.total, left=left)
    return now.phase, now.done


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
