"""`manage.py restore_range FILE.zip`: puts back what was released to an archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports.errors import ArchiveRefused
from provenance.exports.releasing import restore_range


class Command(BaseCommand):
    help = "Puts the events and sealed parts of an archive back where they were released."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, metavar="FILE.zip", help="from export_range")

    def handle(self, *_: Any, **options: Any) -> None:
        path: Path = options["archive"]
        try:
            restored = restore_range(path=path, principal=SYSTEM_PRINCIPAL)
        except ArchiveRefused as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database refused it: {str(error).strip()}") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        self.stdout.write(
            f"{restored.events:,} events were put back, each with the hash that it had."
        )
