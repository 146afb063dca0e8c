"""`manage.py verify_log`: recomputes the log from its bytes; exit 0 whole, 1 broken, 2 not run."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from provenance.integrity.errors import NoteInvalid
from provenance.integrity.notes import VerifierKey
from provenance.integrity.verification.findings import Report
from provenance.integrity.verification.outcomes import WHOLE, verify_and_record
from provenance.integrity.verification.whole_log import verify_log

EXIT_WHOLE, EXIT_BROKEN, EXIT_NOT_RUN = 0, 1, 2


class Command(BaseCommand):
    help = "Recomputes the log from its bytes, names what is broken, and records the outcome."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="the outcome as JSON")
        parser.add_argument(
            "--checkpoint",
            action="append",
            type=Path,
            default=[],
            metavar="FILE",
            help="a checkpoint kept outside; shows that the end was cut off, or all was replaced",
        )
        parser.add_argument(
            "--trust",
            action="append",
            default=[],
            metavar="VERIFIER_KEY",
            help="a key that must have signed those checkpoints; default: the database's keys",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            verify = partial(
                verify_log,
                progress=self._progress,
                outside=[path.read_text(encoding="utf-8") for path in options["checkpoint"]],
                trusted=[VerifierKey.parse(key) for key in options["trust"]],
            )
            report = verify_and_record(WHOLE, verify)
        except (DatabaseError, NoteInvalid, OSError) as error:
            self.stderr.write(f"Could not be verified: {str(error).strip()}")
            sys.exit(EXIT_NOT_RUN)
        self.stderr.write("")
        self.stdout.write(json.dumps(as_json(report)) if options["json"] else as_text(report))
        sys.exit(EXIT_WHOLE if report.whole else EXIT_BROKEN)

    def _progress(self, check: str, done: int, total: int) -> None:
        self.stderr.write(f"\r{check}: {done:,} of {total:,}        ", ending="")
        self.stderr.flush()


def as_json(report: Report) -> dict[str, Any]:
    first = report.first_broken
    return {
        "whole": report.whole,
        "size": report.size,
        "root_hash": report.root.hex(),
        "checkpoints": report.checkpoints,
        "waiting_for_a_position": report.waiting,
        "first_broken_position": None if first is None or first.first < 0 else first.first,
        "findings": [
            {
                "first_position": None if each.first < 0 else each.first,
                "last_position": None if each.first < 0 else each.last,
                "check": each.check,
                "problem": each.problem,
            }
            for each in sorted(report.findings)
        ],
    }


def as_text(report: Report) -> str:
    if report.whole:
        return (
            f"The log is whole: {report.size:,} events, {report.checkpoints:,} checkpoints,"
            f" root {report.root.hex()}."
        )
    lines = [f"THE LOG IS BROKEN. First: {report.first_broken}."]
    return "\n".join(lines + [f"  {each}" for each in sorted(report.findings)])
