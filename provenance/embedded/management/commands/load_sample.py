"""`manage.py load_sample`: the sample's documents and interactions, through the real API."""

from typing import Any
from urllib.error import URLError

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from examples.rag_app import RagLedger, RequestRefused
from provenance.embedded.sample import corpus
from provenance.embedded.sample.access import KEYS, ensure_demo_access
from provenance.embedded.sample.asking import Asking
from provenance.embedded.sample.handing_in import hand_in

ACTS = (1, 2)
CATCH_UP_SECONDS = 300


class Command(BaseCommand):
    help = "Loads the sample into the running server; a second run completes what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.BASE_URL, help="where the server answers")

    def handle(self, *_: Any, **options: Any) -> None:
        access = ensure_demo_access(settings.RAGLEDGER_HOME)
        ledgers = {
            plan.application: RagLedger(
                options["url"].rstrip("/"), access.api_keys[plan.application]
            )
            for plan in KEYS
        }
        interactions = {each.id: each for each in corpus.interactions()}
        asking = Asking(ledgers, interactions)
        try:
            for act in ACTS:
                self._hand_in(ledgers["demo"], act)
                self._ask(asking, act)
        except (RequestRefused, URLError) as error:
            raise CommandError(f"{options['url']} did not take the sample: {error}") from error
        self._wait()
        access.write_announcement(options["url"].rstrip("/"))

    def _hand_in(self, ledger: RagLedger, act: int) -> None:
        """Afterwards every version of this act can be found."""
        self._wait()
        done = 0
        for document in corpus.documents():
            for line in hand_in(ledger, document, act=act):
                done += 1
                self._say(f"Handed in: {line}")
        if done:
            self._say(f"Waiting until all {done} are indexed ...")
            self._wait()

    def _ask(self, asking: Asking, act: int) -> None:
        told = [each for each in asking.interactions.values() if each.act == act]
        for number, interaction in enumerate(told, 1):
            if asking.ask(interaction):
                self._say(f"Asked {number} of {len(told)}: {interaction.question}")

    def _wait(self) -> None:
        call_command("wait_until_caught_up", timeout=CATCH_UP_SECONDS, verbosity=0)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
