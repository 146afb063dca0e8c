"""`manage.py export_evidence OUTPUT_ID --to FILE.zip`: writes what proves an output, or many."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore.errors import EventReleased
from provenance.exports.bundle import Bundle
from provenance.exports.commands import export_case, export_evidence, export_period
from provenance.exports.errors import ExportRefused
from provenance.exports.selection import Period, parse_time
from provenance.integrity.errors import NotSealedYet
from retrieval.recording.errors import RecordNotFound


class Command(BaseCommand):
    help = "Writes the evidence of outputs as a zip file that verifies offline."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("output_ids", nargs="*", type=UUID, metavar="OUTPUT_ID")
        parser.add_argument(
            "--case",
            type=UUID,
            metavar="CASE_ID",
            help="a case: its outputs, and what happened in it",
        )
        when = "2026-11-01 or 2026-11-01T09:00+01:00; UTC where no offset is given"
        parser.add_argument(
            "--since",
            type=parse_time,
            metavar="TIME",
            help=f"all outputs recorded since, {when}",
        )
        parser.add_argument(
            "--until", type=parse_time, metavar="TIME", help="and before this time; default: now"
        )
        parser.add_argument("--to", type=Path, required=True, metavar="FILE.zip")

    def handle(self, *_: Any, **options: Any) -> None:
        target: Path = options["to"]
        try:
            with closing(_bundle(options)) as bundle, target.open("wb") as file:
                file.writelines(bundle)
        except (RecordNotFound, ExportRefused, EventReleased) as error:
            raise CommandError(str(error)) from error
        except NotSealedYet as error:
            raise CommandError(f"{error} Try again in a few seconds.") from error
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{target}: {bundle.events} events, {bundle.length} bytes.")
        self.stdout.write(f"python3 -I verify.py {target} --trust KEY verifies it.")


def _bundle(options: Mapping[str, Any]) -> Bundle:
    """Of exactly one of: outputs, a case, a period. Raises what `commands` raises."""
    output_ids, case_id, since = options["output_ids"], options["case"], options["since"]
    if [bool(output_ids), case_id is not None, since is not None].count(True) != 1:
        raise CommandError("Name outputs, or a --case, or a period by --since and --until.")
    if since is not None:
        period = Period(since, options["until"] or datetime.now(UTC))
        return export_period(period=period, principal=SYSTEM_PRINCIPAL)
    if case_id is not None:
        return export_case(case_id=case_id, principal=SYSTEM_PRINCIPAL)
    return export_evidence(output_ids=output_ids, principal=SYSTEM_PRINCIPAL)
