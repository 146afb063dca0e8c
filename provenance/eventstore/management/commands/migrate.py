"""`manage.py migrate` as the owner role: the web role may not change the schema."""

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState


class WholeMigrations(MigrationExecutor):
    """Commits each migration together with the row that says it was applied.

    Django writes that row after the commit where constraints were deferred. A process that is
    killed in between leaves tables that every later start tries to make again, and fails.
    """

    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        with transaction.atomic(using=self.connection.alias):
            return super().apply_migration(state, migration, fake, fake_initial)

    def unapply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,
    ) -> ProjectState:
        with transaction.atomic(using=self.connection.alias):
            return super().unapply_migration(state, migration, fake)


# Django's command names its executor in its module only.
setattr(migrate, "MigrationExecutor", WholeMigrations)  # noqa: B010


class Command(migrate.Command):
    help = f"{migrate.Command.help} Runs as the owner role."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
