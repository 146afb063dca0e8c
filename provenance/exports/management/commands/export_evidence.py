"""`manage.py export_evidence OUTPUT_ID --to FILE.zip`: writes what proves an output."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.exports.commands import export_evidence
from provenance.integrity.errors import NotSealedYet
from retrieval.recording.errors import RecordNotFound


class Command(BaseCommand):
    help = "Writes the evidence of outputs as a zip file that verifies offline."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("output_ids", nargs="+", type=UUID, metavar="OUTPUT_ID")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE.zip")

    def handle(self, *_: Any, **options: Any) -> None:
        target: Path = options["to"]
        try:
            bundle = export_evidence(output_ids=options["output_ids"], principal=SYSTEM_PRINCIPAL)
            target.write_bytes(bundle.content)
        except RecordNotFound as error:
            raise CommandError(str(error)) from error
        except NotSealedYet as error:
            raise CommandError(f"{error} Try again in a few seconds.") from error
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{target}: {bundle.events} events, {len(bundle.content)} bytes.")
        self.stdout.write(f"python3 -I verify.py {target} --trust KEY verifies it.")
