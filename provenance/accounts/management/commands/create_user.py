"""`manage.py create_user`: gives a person an account, and prints a password once."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import NameRefused, create_user
from provenance.accounts.models import Role

PASSWORD_BYTES = 12


class Command(BaseCommand):
    help = "Gives a person an account; prints a password, once, alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values, default=Role.AUDITOR.value)
        parser.add_argument("--collections", help="comma-separated; absent: all")

    def handle(self, *_: Any, **options: Any) -> None:
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        collections = options["collections"]
        try:
            user = create_user(
                principal=SYSTEM_PRINCIPAL,
                username=options["username"],
                password=password,
                role=Role(options["role"]),
                collections=None if collections is None else collections.split(","),
            )
        except NameRefused as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"{user.username} is {user.role}. The password, shown once:")
        self.stdout.write(password)
