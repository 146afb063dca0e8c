"""`manage.py restore DIR`: brings a backup back into an empty, migrated database."""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.backups.errors import BackupError
from provenance.backups.events import LogRestored
from provenance.backups.progress_line import ProgressLine
from provenance.backups.restore import Outside, fold_read_models, restore
from provenance.backups.source import open_backup
from provenance.embedded.environment import EMBEDDED
from provenance.embedded.errors import EmbeddedError, IncompleteServers
from provenance.embedded.machine import database_alone
from provenance.embedded.management.commands.up import migrate_as_owner
from provenance.integrity.errors import NoteInvalid
from provenance.integrity.notes import VerifierKey
from provenance.projections.runner import ProjectionStopped


class Command(BaseCommand):
    help = (
        "Loads a backup into an empty, migrated database, verifies it, and lets the log go on"
        " under a new name. The embedded database is started, and migrated, for it."
    )
    # The database that checks would ask may not be running yet.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--keys", type=Path, metavar="DIR", help="the data keys, if elsewhere")
        parser.add_argument("--origin", help="the log's new name; by default made from the old")
        parser.add_argument(
            "--checkpoint",
            action="append",
            type=Path,
            default=[],
            metavar="FILE",
            help="a checkpoint kept outside that the log must continue",
        )
        parser.add_argument(
            "--trust",
            action="append",
            default=[],
            metavar="VERIFIER_KEY",
            help="a key that must have signed those checkpoints; default: the backup's keys",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError(str(IncompleteServers(["DATABASE_OWNER_URL"])))
        try:
            with _database():
                restored = self._restore(options)
                self._fold()
        except (BackupError, EmbeddedError, NoteInvalid, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_as_text(restored))

    def _restore(self, options: dict[str, Any]) -> LogRestored:
        source = open_backup(options["folder"], keys=options["keys"])
        outside = Outside(
            notes=[path.read_text(encoding="utf-8") for path in options["checkpoint"]],
            trusted=[VerifierKey.parse(key) for key in options["trust"]],
        )
        line = ProgressLine("loading")
        restored = restore(
            source,
            origin=options["origin"],
            outside=outside,
            report=line,
            checking=self._say_checking,
        )
        line.end()
        return restored

    def _fold(self) -> None:
        line = ProgressLine("folding read models", unit=1, name="positions")
        try:
            fold_read_models(line)
        except ProjectionStopped as error:
            raise CommandError(
                f"The log is restored and whole, but a read model stopped: {error}"
            ) from error
        line.end()

    def _say_checking(self, check: str, done: int, total: int) -> None:
        self.stderr.write(f"\rverifying {check}: {done:,} of {total:,}        ", ending="")
        self.stderr.flush()


def _database() -> AbstractContextManager[None]:
    return database_alone(migrate_as_owner) if EMBEDDED in os.environ else nullcontext()


def _as_text(restored: LogRestored) -> str:
    lines = [
        f"The log is restored and whole: {restored.size:,} events, root {restored.root}.",
        f"It goes on as {restored.new_origin}; before it was {restored.old_origin or 'unnamed'}.",
    ]
    if restored.placed_anew:
        lines.append(f"{restored.placed_anew:,} events had no position yet and got theirs now.")
    if restored.keys_missing:
        lines.append(
            f"{restored.keys_missing:,} DATA KEYS WERE NOT IN WHAT WAS RESTORED: the texts that"
            " they sealed cannot be read any more; everything else works, and proofs hold."
        )
    return "\n".join(lines)
