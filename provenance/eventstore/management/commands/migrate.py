"""`manage.py migrate` as the owner role: the web role may not change the schema."""

from django.core.management.base import CommandParser
from django.core.management.commands import migrate


class Command(migrate.Command):
    help = f"{migrate.Command.help} Runs as the owner role."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
