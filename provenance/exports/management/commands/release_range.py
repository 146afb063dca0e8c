"""`manage.py release_range FILE.zip`: asks that old contents leave, and once approved lets them."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports.errors import ArchiveRefused
from provenance.exports.range_reading import Archive, open_archive
from provenance.exports.release_choice import Choice
from provenance.exports.releasing import carry_out, request_release, standing_release
from provenance.integrity.errors import NotSealedYet, ReleaseRefused
from provenance.integrity.releases import Release, Status

SHOWN = 10


class Command(BaseCommand):
    help = (
        "Releases the interactions of an archived range: the first run asks, an administrator"
        " approves under /reviews/releases/, and the second run empties their events."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path, metavar="FILE.zip", help="from export_range")
        parser.add_argument("--reason", default="", help="why; needed by the first run")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            archive = open_archive(options["archive"])
            release = standing_release(archive)
            if release is None:
                self._ask(archive, options["reason"].strip())
            else:
                self._go_on(archive, release)
        except (ArchiveRefused, ReleaseRefused) as error:
            raise CommandError(str(error)) from error
        except NotSealedYet as error:
            raise CommandError(f"{error} Try again in a few seconds.") from error
        except DatabaseError as error:
            raise CommandError(
                f"The database refused it, and nothing changed: {str(error).strip()}"
            ) from error
        except OSError as error:
            raise CommandError(f"{options['archive']} cannot be read: {error.strerror}.") from error

    def _ask(self, archive: Archive, reason: str) -> None:
        if not reason:
            raise CommandError("Say why with --reason: the log keeps it.")
        choice = request_release(archive=archive, reason=reason, principal=SYSTEM_PRINCIPAL)
        self._tell(choice)
        self.stdout.write(
            "Asked for; nothing is gone yet. An administrator approves it under /reviews/releases/,"
            " then run this command again."
        )

    def _go_on(self, archive: Archive, release: Release) -> None:
        if release.status == Status.REQUESTED:
            raise CommandError("This release waits for an administrator: /reviews/releases/.")
        events, blobs = carry_out(archive=archive, release=release, principal=SYSTEM_PRINCIPAL)
        self.stdout.write(
            f"{events:,} events were emptied, and {blobs:,} sealed parts removed. Keep"
            f" {archive.path}: only manage.py restore_range with it brings them back."
        )

    def _tell(self, choice: Choice) -> None:
        self.stdout.write(f"{len(choice.streams):,} interactions can go.")
        if choice.kept:
            self.stdout.write(f"{len(choice.kept):,} stay:")
        for stream, reason in list(choice.kept.items())[:SHOWN]:
            self.stdout.write(f"  {stream}: {reason}")
