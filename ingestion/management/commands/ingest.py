"""`manage.py ingest PATH...`: hands in files and folders, and waits until they can be found."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ingestion.commands import submit_document
from ingestion.errors import DocumentTooLarge, SubmissionRefused
from ingestion.media_types import UnsupportedMediaType
from ingestion.models import CatalogueVersion, Stage
from provenance.accounts.access import SYSTEM_PRINCIPAL

POLL_SECONDS = 0.2
# Without any movement for so long, the services are probably not running.
PATIENCE_SECONDS = 300


class Command(BaseCommand):
    help = "Hands in files and folders; a file's path below what was named is its external id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--collection", default="default")

    def handle(self, *_: Any, **options: Any) -> None:
        files = [each for path in options["paths"] for each in files_below(path)]
        if not files:
            raise CommandError("There is no file in what was named.")
        failed: list[str] = []
        with progress_bar() as progress:
            waiting = self._hand_in(files, options["collection"], failed, progress)
            failed += wait_for(waiting, progress)
        for line in failed:
            self.stderr.write(line)
        self.stdout.write(f"{len(files) - len(failed)} of {len(files)} files can be found.")
        if failed:
            raise CommandError(f"{len(failed)} failed.")

    def _hand_in(
        self, files: list[tuple[Path, str]], collection: str, failed: list[str], progress: Progress
    ) -> dict[UUID, str]:
        """Version ids with the names of their files."""
        task = progress.add_task("handing in", total=len(files))
        waiting: dict[UUID, str] = {}
        for path, external_id in files:
            try:
                found = submit_document(
                    principal=SYSTEM_PRINCIPAL,
                    content=read_whole(path),
                    collection=collection,
                    external_id=external_id,
                    file_name=path.name,
                )
                waiting[found.version_id] = str(path)
            except (SubmissionRefused, UnsupportedMediaType, OSError) as error:
                failed.append(f"{path}: {error}")
            progress.advance(task)
        return waiting


def read_whole(path: Path) -> bytes:
    """Raises DocumentTooLarge before a file without end fills the memory, OSError."""
    with path.open("rb") as file:
        content = file.read(settings.MAX_DOCUMENT_BYTES + 1)
    if len(content) > settings.MAX_DOCUMENT_BYTES:
        raise DocumentTooLarge(settings.MAX_DOCUMENT_BYTES)
    return content


def files_below(path: Path) -> Iterator[tuple[Path, str]]:
    """The file itself, or the files in a folder, with their external ids.

    Hidden ones are left out, and links that lead out of the folder: who filled it might not have
    been allowed to read what they lead to.
    """
    if not path.exists():
        raise CommandError(f"{path} does not exist.")
    if path.is_file():
        yield path, path.name
        return
    for each in sorted(path.rglob("*")):
        below = each.relative_to(path)
        hidden = any(part.startswith(".") for part in below.parts)
        if each.is_file() and not hidden and each.resolve().is_relative_to(path.resolve()):
            yield each, below.as_posix()


def wait_for(waiting: dict[UUID, str], progress: Progress) -> list[str]:
    """One line for each version that failed. Raises CommandError if nothing moves any more."""
    task = progress.add_task("reading and embedding", total=len(waiting))
    failed: list[str] = []
    moved = time.monotonic()
    while waiting:
        ended = CatalogueVersion.objects.filter(
            version_id__in=waiting, stage__in=(Stage.INDEXED, Stage.FAILED, Stage.QUARANTINED)
        )
        for version_id, stage, reason in ended.values_list("version_id", "stage", "reason"):
            name = waiting.pop(version_id)
            if stage == Stage.FAILED:
                failed.append(f"{name}: {reason}")
            moved = time.monotonic()
            progress.advance(task)
        if waiting and time.monotonic() - moved > PATIENCE_SECONDS:
            raise CommandError(
                f"{len(waiting)} files are handed in but not processed:"
                " are worker, sequencer and projector running?"
            )
        time.sleep(POLL_SECONDS if waiting else 0)
    return failed


def progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description:>22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
