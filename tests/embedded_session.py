"""The servers of a test session: embedded in a folder of their own, unless real ones are named."""

import base64
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from provenance.embedded import postgres, valkey
from provenance.embedded.environment import uses_embedded_servers
from provenance.embedded.home import open_home


@dataclass
class Session:
    """A database of its own on some server, made and dropped by the owner role."""

    maintenance_url: str
    database: str
    stops: list[Callable[[], None]] = field(default_factory=list)

    @property
    def template(self) -> str:
        return f"{self.database}_template"

    def keep_as_template(self) -> None:
        self._run("CREATE DATABASE {template} TEMPLATE {database}")

    def restore_template(self) -> None:
        # Without FORCE: the owner may not end other roles' connections, and PostgreSQL waits five
        # seconds for those that are just closing.
        self._run(
            "DROP DATABASE IF EXISTS {database}",
            "CREATE DATABASE {database} TEMPLATE {template}",
        )

    def create(self) -> None:
        self._run("CREATE DATABASE {database}")

    def stop(self) -> None:
        self._run(
            "DROP DATABASE IF EXISTS {database} WITH (FORCE)",
            "DROP DATABASE IF EXISTS {template} WITH (FORCE)",
        )
        for stop in self.stops:
            stop()

    def _run(self, *statements: str) -> None:
        names = {"database": self.database, "template": self.template}
        identifiers = {key: sql.Identifier(name) for key, name in names.items()}
        with psycopg.connect(self.maintenance_url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement).format(**identifiers))


def start_session(environment: MutableMapping[str, str]) -> Session:
    """Starts what is needed and points `environment` at a new, empty database."""
    stops = _start_servers(environment) if uses_embedded_servers(environment) else []
    session = Session(
        maintenance_url=environment["DATABASE_OWNER_URL"],
        database=f"test_ragledger_{os.getpid()}_{secrets.token_hex(3)}",
        stops=stops,
    )
    session.create()
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        parts = urlsplit(environment[name])
        environment[name] = urlunsplit(parts._replace(path=f"/{session.database}"))
    environment.setdefault("RAGLEDGER_EMBEDDING_MODEL", "hash-test")
    environment.setdefault("RAGLEDGER_SECRET_KEY", "a key for tests only")
    for name in ("RAGLEDGER_KEK", "RAGLEDGER_HASH_KEY"):
        environment.setdefault(name, base64.b64encode(secrets.token_bytes(32)).decode())
    return session


def _start_servers(environment: MutableMapping[str, str]) -> list[Callable[[], None]]:
    folder = Path(tempfile.mkdtemp(prefix="ragledger-tests-"))
    folder.chmod(0o711)  # as root the servers' own user walks through it
    home = open_home(folder / "home")
    environment["RAGLEDGER_HOME"] = str(home.root)
    database, redis = postgres.start(home, durable=False), valkey.start(home)
    environment["DATABASE_URL"] = database.web_url
    environment["DATABASE_OWNER_URL"] = database.owner_url
    environment["REDIS_URL"] = redis.url
    return [redis.stop, database.stop, lambda: shutil.rmtree(folder)]
