"""`manage.py up` as a child process of a test, and what can be seen of it from outside."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS, STOP_SECONDS = 180, 60
# What a shell would hand on; nothing of the test session's own servers and secrets.
FOREIGN = ("DATABASE_", "REDIS_", "RAGLEDGER_", "DJANGO_")


@dataclass
class Up:
    process: subprocess.Popen[str]
    home: Path
    port: int

    @property
    def processes(self) -> dict[str, int]:
        records = json.loads((self.home / "processes.json").read_text(encoding="utf-8"))
        return {record["name"]: record["pid"] for record in records}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def family(self) -> list[psutil.Process]:
        """Every process that it started, directly or not."""
        return psutil.Process(self.process.pid).children(recursive=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_up(home: Path, port: int, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    with (home.parent / "up.log").open("a", encoding="utf-8") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=PROJECT,
            env={
                **inherited,
                "RAGLEDGER_HOME": str(home),
                "PORT": str(port),
                "RAGLEDGER_SAMPLE": "0",
                "RAGLEDGER_EMBEDDING_MODEL": "hash-test",
                **environment,
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )


def output(home: Path) -> str:
    return (home.parent / "up.log").read_text(encoding="utf-8")


@contextmanager
def up(home: Path, environment: Mapping[str, str] | None = None) -> Iterator[Up]:
    """A stack that answers; whatever the test did to it, it is stopped at the end."""
    port = free_port()
    process = start_up(home, port, environment or {})
    running = Up(process, home, port)
    try:
        wait_until(
            lambda: f"is running: {running.address}/" in output(home) or process.poll() is not None,
            seconds=START_SECONDS,
        )
        assert process.poll() is None, output(home)
        yield running
    finally:
        if process.poll() is None:
            running.stop()


def wait_until(holds: Callable[[], bool], *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not so within {seconds:.0f} s"
        time.sleep(0.1)


def manage(home: Path, *arguments: str) -> str:
    """What one of manage.py's commands prints, run beside the stack as an administrator would."""
    with start_python(home, "manage.py", *arguments) as process:
        printed = process.communicate()[0]
    assert process.returncode == 0, arguments
    return printed


def start_python(home: Path, *arguments: str) -> subprocess.Popen[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env={
            **inherited,
            "DJANGO_SETTINGS_MODULE": "provenance.settings",
            "RAGLEDGER_HOME": str(home),
            "RAGLEDGER_EMBEDDING_MODEL": "hash-test",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
