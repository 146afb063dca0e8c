"""`manage.py backup --to DIR`: a backup of the log while it runs; its keys apart."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.backups.backup import back_up
from provenance.backups.errors import BackupError
from provenance.backups.progress_line import ProgressLine
from provenance.backups.source import KEYS


class Command(BaseCommand):
    help = (
        "Writes the log, and all that does not follow from it, to a new folder, while everything"
        " runs. The data keys lie apart in it; the key that wraps them, the hash key and the"
        " signing key are in no backup: keep them yourself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", type=Path, required=True, metavar="DIR", help="a folder that does not exist"
        )
        parser.add_argument(
            "--keys-to", type=Path, metavar="DIR", help=f"where the data keys go; else DIR/{KEYS}"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        folder, keys = options["to"], options["keys_to"]
        line = ProgressLine("backup")
        try:
            manifest = back_up(folder, keys=keys, report=line)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"The backup could not be written: {error.filename or folder}: {error.strerror}."
            ) from error
        line.end()
        size = manifest.log.size if manifest.log else 0
        self.stdout.write(
            f"{folder} holds a backup of {size:,} events, {manifest.total_bytes / 1e6:,.1f} MB.\n"
            f"The data keys are in {keys or folder / KEYS}: delete them there as soon as erasures"
            " must count. RAGLEDGER_KEK, RAGLEDGER_HASH_KEY and RAGLEDGER_LOG_SIGNING_KEY are not"
            " in it, and without the first two it cannot be used."
        )
