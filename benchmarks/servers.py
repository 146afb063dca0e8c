"""Servers of the benchmarks' own, in a temporary home: fully durable, nothing of yours touched."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

from provenance.embedded import postgres
from provenance.embedded.environment import complete_environment

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 180


@contextmanager
def own_home() -> Iterator[Path]:
    """A temporary home, named in the environment instead of any real server."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    folder = Path(tempfile.mkdtemp(prefix="ragledger-bench-"))
    folder.chmod(0o711)  # as root the servers' own user walks through it
    os.environ["RAGLEDGER_HOME"] = str(folder / "home")
    try:
        yield folder / "home"
    finally:
        shutil.rmtree(folder)


@contextmanager
def database_only() -> Iterator[None]:
    """PostgreSQL, migrated, and Django set up in this process; no other process of RAGLedger."""
    with own_home():
        home = complete_environment()
        assert home is not None
        running = postgres.start(home)
        try:
            _set_up_django(migrate=True)
            yield
            _close_connections()
        finally:
            running.stop()


@contextmanager
def whole_application(*, embedding_model: str) -> Iterator[str]:
    """`manage.py up` without the sample; yields its address. Django is set up in this process."""
    with own_home() as home:
        os.environ["RAGLEDGER_EMBEDDING_MODEL"] = embedding_model
        os.environ["PORT"] = str(_free_port())
        os.environ["RAGLEDGER_SAMPLE"] = "0"
        complete_environment()
        process = _start_up(home)
        try:
            _wait_until_answering(process, int(os.environ["PORT"]), home)
            _set_up_django(migrate=False)
            yield f"http://127.0.0.1:{os.environ['PORT']}"
            _close_connections()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _start_up(home: Path) -> subprocess.Popen[bytes]:
    """With only the home named: what this process has completed is for itself."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "RAGLEDGER_EMBEDDED"}
    }
    with (home / "up.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_until_answering(process: subprocess.Popen[bytes], port: int, home: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    sys.exit(f"The application did not start:\n{(home / 'up.log').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _set_up_django(*, migrate: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "provenance.settings"
    django.setup()
    if migrate:
        call_command("migrate", database="owner", verbosity=0)
        _close_connections()


def _close_connections() -> None:
    connections.close_all()
