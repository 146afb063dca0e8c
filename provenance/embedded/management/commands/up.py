"""`manage.py up`: everything RAGLedger needs on this machine, until Ctrl-C."""

import os
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from provenance.embedded.environment import EMBEDDED
from provenance.embedded.errors import EmbeddedError, IncompleteServers
from provenance.embedded.machine import Machine


class Command(BaseCommand):
    help = "Starts the servers, web, worker, sequencer and projector; Ctrl-C stops them all."
    # The database that checks would ask is not running yet.
    requires_system_checks: list[str] = []  # noqa: RUF012

    def handle(self, *_: Any, **__: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError(str(IncompleteServers(["DATABASE_OWNER_URL"])))
        machine = Machine(
            host=os.environ.get("RAGLEDGER_HOST", "127.0.0.1"),
            port=_port(os.environ.get("PORT", "8000")),
            embedded=EMBEDDED in os.environ,
            say=self._say,
        )
        try:
            machine.run(
                migrate=migrate_as_owner,
                load_sample=os.environ.get("RAGLEDGER_SAMPLE", "1") != "0",
            )
        except EmbeddedError as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def migrate_as_owner() -> None:
    try:
        call_command("migrate", database="owner", verbosity=0)
    except OperationalError as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"The database cannot be set up: {reason}") from error
    connections.close_all()


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 < int(value) < 2**16:
        raise CommandError(f"PORT must be a number from 1 to 65535, not '{value}'.")
    return int(value)
