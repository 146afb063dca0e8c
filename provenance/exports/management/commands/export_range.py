"""`manage.py export_range --to FILE.zip`: writes a range of the log, whole and still sealed."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports.commands import export_range
from provenance.exports.errors import ExportRefused
from provenance.exports.selection import parse_time, positions_between
from provenance.integrity.errors import NotSealedYet


class Command(BaseCommand):
    help = "Writes every event of a time into an archive that proves, offline, to be all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        when = "2026-11-01 or 2026-11-01T09:00+01:00; UTC where no offset is given"
        parser.add_argument("--since", type=parse_time, metavar="TIME", help=f"{when}")
        parser.add_argument("--until", type=parse_time, metavar="TIME", help="default: all sealed")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE.zip")

    def handle(self, *_: Any, **options: Any) -> None:
        target: Path = options["to"]
        half = target.with_name(f".{target.name}.part")
        try:
            first, end = positions_between(options["since"], options["until"])
            written = export_range(first=first, end=end, target=half, principal=SYSTEM_PRINCIPAL)
            half.rename(target)
        except ExportRefused as error:
            raise CommandError(str(error)) from error
        except NotSealedYet as error:
            raise CommandError(f"{error} Try again in a few seconds.") from error
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        finally:
            half.unlink(missing_ok=True)
        self.stdout.write(
            f"{target}: {written.end - written.first:,} events from position {written.first:,} on,"
            f" {written.blobs:,} long parts; nothing in it is unsealed."
        )
        self.stdout.write(f"python3 -I verify.py {target} --trust KEY verifies it.")
