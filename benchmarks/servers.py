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
from django.apps import apps
from django.core.management import call_command
from django.db import connections

from provenance.embedded import postgres
from provenance.embedded.environment import complete_environment
from provenance.embedded.home import open_home

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 180


@contextmanager
def prepared_process() -> Iterator[Path]:
    """A temporary home instead of any real server, and Django set up for it.

    Inside of it another one is the same: a process can be set up for one home only.
    """
    if apps.ready:
        yield Path(os.environ["RAGLEDGER_HOME"])
        return
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    folder = Path(tempfile.mkdtemp(prefix="ragledger-bench-"))
    folder.chmod(0o711)  # as root the servers' own user walks through it
    os.environ["RAGLEDGER_HOME"] = str(folder / "home")
    os.environ["RAGLEDGER_EMBEDDING_MODEL"] = "minilm"
    os.environ["RAGLEDGER_SAMPLE"] = "0"
    os.environ["PORT"] = str(_free_port())
    os.environ["DJANGO_SETTINGS_MODULE"] = "provenance.settings"
    try:
        complete_environment()
        django.setup()
        yield folder / "home"
    finally:
        shutil.rmtree(folder)


@contextmanager
def database_only() -> Iterator[None]:
    """PostgreSQL, migrated; no other process of RAGLedger."""
    with prepared_process() as home:
        running = postgres.start(open_home(home))
        try:
            call_command("migrate", database="owner", verbosity=0)
            connections.close_all()
            yield
            connections.close_all()
        finally:
            running.stop()


@contextmanager
def whole_application() -> Iterator[str]:
    """`manage.py up` without the sample; yields its address."""
    with prepared_process() as home:
        process = _start_up(home)
        port = int(os.environ["PORT"])
        try:
            _wait_until_answering(process, port, home / "up.log")
            yield f"http://127.0.0.1:{port}"
            connections.close_all()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


@contextmanager
def second_web_server(application: str) -> Iterator[str]:
    """Another WSGI application on the servers of `whole_application`; yields its address."""
    port = _free_port()
    log = Path(os.environ["RAGLEDGER_HOME"]) / "second.log"
    command = [
        *(sys.executable, "-m", "gunicorn", application),
        *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
        *("--workers", "2", "--threads", "4", "--no-control-socket"),
    ]
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=PROJECT, stdout=file, stderr=file)
    try:
        _wait_until_answering(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


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


def _wait_until_answering(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
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
    sys.exit(f"The application did not start:\n{log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
