"""`manage.py rotate_signing_key`: from now on a new key signs the log, endorsed by the old one."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from provenance.integrity.errors import IntegrityError
from provenance.integrity.models import LogKey
from provenance.integrity.notes import SignerKey
from provenance.integrity.rotation import rotate
from provenance.integrity.signing_keys import current_seed, rotated_file, write_seed

SEED_BYTES = 32


class Command(BaseCommand):
    help = "Makes a new signing key, has the old one endorse it, and records the rotation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--write",
            type=Path,
            metavar="FILE",
            help="where the new key is put; default: beside RAGLEDGER_LOG_SIGNING_KEY_FILE",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        old_seed, current = current_seed(), LogKey.objects.order_by("-id").first()
        if old_seed is None or current is None:
            raise CommandError(
                "The log's present key is needed: set RAGLEDGER_LOG_SIGNING_KEY, or its _FILE, to"
                " the key that signs now, once it has signed."
            )
        new_seed = secrets.token_bytes(SEED_BYTES)
        file = self._file(options["write"], SignerKey(current.origin, new_seed))
        try:
            # On the disk before anything says that it signs from now on.
            write_seed(file, new_seed)
            new = rotate(old_seed=old_seed, new_seed=new_seed)
        except (IntegrityError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{new}\n")
        self.stderr.write(f"This key signs from now on; it lies in {file}: back it up.")
        if options["write"]:
            self.stderr.write("Set it as RAGLEDGER_LOG_SIGNING_KEY and restart the sequencer.")
        self.stderr.write("Hand the new verifier key to witnesses and auditors.")

    def _file(self, chosen: Path | None, new: SignerKey) -> Path:
        if chosen is not None:
            return chosen
        if not settings.LOG_SIGNING_KEY_FILE:
            raise CommandError(
                "RAGLEDGER_LOG_SIGNING_KEY is no file: name one for the new key with --write."
            )
        return rotated_file(Path(settings.LOG_SIGNING_KEY_FILE), new.verifier)
