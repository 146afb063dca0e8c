"""`manage.py rotate_key_encryption_key`: wraps every data key under the new RAGLEDGER_KEK."""

from typing import Any

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from provenance.sealing.rotation import OWNER, rewrap_all


class Command(BaseCommand):
    help = (
        "Wraps every data key anew under RAGLEDGER_KEK. Set RAGLEDGER_OLD_KEK to the key before it"
        " and restart every process first. May be broken off and run again."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        if OWNER not in settings.DATABASES:
            raise CommandError("Set DATABASE_OWNER_URL: only the tables' owner may change keys.")
        try:
            rewrapped = rewrap_all(report=self._report)
        except InvalidUnwrap:
            raise CommandError(
                "Neither RAGLEDGER_KEK nor RAGLEDGER_OLD_KEK unwraps a data key. Nothing is lost:"
                " set RAGLEDGER_OLD_KEK to the key that was in use before, and run this again."
            ) from None
        self.stdout.write(
            f"{rewrapped} data keys were wrapped anew. When every process runs with the new"
            " RAGLEDGER_KEK, remove RAGLEDGER_OLD_KEK and destroy the old key, also in backups."
        )

    def _report(self, seen: int, rewrapped: int) -> None:
        self.stdout.write(f"{seen} keys looked at, {rewrapped} wrapped anew")
