"""`manage.py create_api_key`: makes a key and prints it once, alone on the last line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import NameRefused, create_api_key
from provenance.accounts.models import Scope


class Command(BaseCommand):
    help = "Makes an API key and prints it once, alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--application", required=True, help="whose key it is")
        parser.add_argument("--scopes", default=",".join(Scope.values), help="comma-separated")
        parser.add_argument("--collections", help="comma-separated; absent: all")

    def handle(self, *_: Any, **options: Any) -> None:
        scopes = _names(options["scopes"])
        if not scopes:
            raise CommandError(f"A key needs a scope; there are {', '.join(Scope.values)}.")
        unknown = sorted(set(scopes) - set(Scope.values))
        if unknown:
            raise CommandError(
                f"Unknown scope {unknown[0]!r}; there are {', '.join(Scope.values)}."
            )
        collections = options["collections"]
        try:
            key, plain = create_api_key(
                principal=SYSTEM_PRINCIPAL,
                application=options["application"],
                scopes=scopes,
                collections=None if collections is None else _names(collections),
            )
        except NameRefused as error:
            raise CommandError(str(error)) from error
        seen = "all collections" if key.collections is None else ", ".join(key.collections)
        self.stderr.write(f"{key.application}: {', '.join(key.scopes)} in {seen}. Shown once:")
        self.stdout.write(plain)


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
