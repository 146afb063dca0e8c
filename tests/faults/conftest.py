"""One running stack for all tests of this folder, with a key for its API."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
import redis

from provenance.embedded import postgres, valkey
from provenance.embedded.cluster import WEB
from provenance.embedded.home import open_home
from provenance.integrity import sequencer
from provenance.projections import projector
from tests.embedded.running_up import Up, manage, up, wait_until

START_SECONDS = 60
WORKERS = 2
COMPARE = """
import json
import shutil
from provenance.projections.projection import projection_named, projection_names
from provenance.projections.rebuild import differences
print(json.dumps({name: differences(projection_named(name)) for name in projection_names()}))
"""


@dataclass
class Stack:
    running: Up
    key: str

    def wait_until_back(self, victim: str, killed: int) -> None:
        """The supervisor has started the victim again, and every part is at work."""
        wait_until(lambda: self.running.processes.get(victim, killed) != killed, seconds=30)
        wait_until(self._is_at_work, seconds=START_SECONDS)

    def read_models_that_differ(self) -> dict[str, dict[str, int]]:
        """By read model and table, the rows that differ from a rebuild; the stack is at rest."""
        printed = manage(self.running.home, "shell", "--verbosity", "0", "-c", COMPARE)
        found: dict[str, dict[str, int]] = json.loads(printed)
        assert found
        return {name: rows for name, rows in found.items() if any(rows.values())}

    def _is_at_work(self) -> bool:
        return self._is_ready() and self._loops_lead() and self._workers_listen()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.running.address}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def _loops_lead(self) -> bool:
        url = postgres.database_url(open_home(self.running.home), WEB)
        with psycopg.connect(url) as connection:
            held = connection.execute(
                "SELECT classid::bigint << 32 | objid::bigint FROM pg_locks"
                " WHERE locktype = 'advisory' AND granted"
            )
            return {sequencer.LOCK_ID, projector.LOCK_ID} <= {key for (key,) in held}

    def _workers_listen(self) -> bool:
        """The worker and the rebuilder: one of them alone says nothing of the other."""
        with redis.Redis.from_url(valkey.redis_url(open_home(self.running.home))) as bells:
            listening = [each for each in bells.client_list() if each["cmd"] == "brpop"]
            return len(listening) >= WORKERS


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    folder = Path(tempfile.mkdtemp(prefix="ragledger-faults-"))
    folder.chmod(0o711)
    with up(folder / "home") as running:
        scopes = "ingest,retrieve,record,read"
        printed = manage(
            running.home, "create_api_key", "--application", "faults", "--scopes", scopes
        )
        yield Stack(running, printed.splitlines()[-1])
    shutil.rmtree(folder)
