"""`manage.py reproduce --since TIME --sample N`: runs recorded retrievals again, and reports."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.eventstore.errors import EventReleased
from provenance.history.bulk import Report, reproduce_all, sample


class Command(BaseCommand):
    help = (
        "Runs recorded retrievals again as the system was then, and compares."
        " Exit 1 if one came out otherwise and nothing explains it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", type=_moment, metavar="TIME", help="recorded since then, in UTC if no offset"
        )
        parser.add_argument(
            "--sample", type=_count, metavar="N", help="so many of them at random; all if absent"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        ids = sample(since=options["since"], size=options["sample"])
        try:
            report = reproduce_all(ids, done=lambda number: self._progress(number, len(ids)))
        except EventReleased as error:
            raise CommandError(str(error)) from error
        self._tell(report, len(ids))
        if report.unexplained:
            raise SystemExit(1)

    def _progress(self, number: int, of: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{number} of {of}", ending="\n" if number == of else "")

    def _tell(self, report: Report, of: int) -> None:
        self.stdout.write(f"{of} retrieval{'' if of == 1 else 's'} run again.")
        for (verdict, cause), count in report.counts.most_common():
            told = verdict if cause is None else f"{verdict}, {cause}"
            self.stdout.write(f"{count:>7}  {told}")
        if report.worst:
            self.stdout.write("Kept least of their answer:")
        for kept, retrieval_id, told in report.worst:
            self.stdout.write(f"  {kept:>4.0%}  {retrieval_id}  {told}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a time like 2026-01-31T09:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"{text!r} is not a number of retrievals")
    return int(text)
