"""Keeps a set of services running: starts them in order, revives what dies, stops them in order."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from provenance.embedded.errors import EmbeddedError
from provenance.embedded.processes import Ending, kill_group, stop_together

FIRST_DELAY, LONGEST_DELAY = 0.5, 5.0
STEADY_SECONDS = 30.0  # a service that ran this long has recovered: its delay starts over


@dataclass
class Service:
    """One program; `start` returns when it is ready, or at once if nothing waits for it."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    ask: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    delay: float = FIRST_DELAY
    retry_at: float | None = None

    @property
    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None


class Supervisor:
    def __init__(self, *, records: Path, say: Callable[[str], None]) -> None:
        """`records` is the file that tells the next start which processes this one had."""
        self._together: list[list[Service]] = []
        self._records = records
        self._say = say

    @property
    def services(self) -> list[Service]:
        return [service for together in self._together for service in together]

    def start(self, *services: Service) -> None:
        """Services that are started together need nothing of each other, and stop together."""
        self._together.append([])
        for service in services:
            self._together[-1].append(service)
            self._launch(service)

    def look_after(self) -> None:
        """One round: notices what died, and starts it again when its delay is over."""
        for service in self.services:
            if service.has_died:
                self._note_death(service)
            if service.retry_at is not None and time.monotonic() >= service.retry_at:
                self._revive(service)

    def stop(self) -> None:
        """Stops in reverse order of starting, so that nothing loses what it depends on."""
        for together in reversed(self._together):
            endings = [
                Ending(service.process, service.ask, service.stop_seconds)
                for service in together
                if service.process is not None
            ]
            stop_together(endings)
        self._records.unlink(missing_ok=True)

    def _launch(self, service: Service) -> None:
        service.process = service.start()
        service.started_at = time.monotonic()
        service.retry_at = None
        self._write_records()

    def _note_death(self, service: Service) -> None:
        process, service.process = service.process, None
        if process is None:
            return
        kill_group(process.pid)
        ran = time.monotonic() - service.started_at
        service.delay = FIRST_DELAY if ran > STEADY_SECONDS else service.delay
        service.retry_at = time.monotonic() + service.delay
        self._say(f"{service.name} ended ({_ending(process.returncode)}); it is started again.")

    def _revive(self, service: Service) -> None:
        service.delay = min(service.delay * 2, LONGEST_DELAY)
        try:
            self._launch(service)
        except EmbeddedError as error:
            service.retry_at = time.monotonic() + service.delay
            self._say(str(error))

    def _write_records(self) -> None:
        records = [
            {"name": service.name, "pid": service.process.pid, "born": _born(service.process.pid)}
            for service in self.services
            if service.process is not None
        ]
        half_written = self._records.with_suffix(".new")
        half_written.write_text(json.dumps(records), encoding="utf-8")
        half_written.replace(self._records)


def end_leftovers(records: Path, *, spared: Sequence[str]) -> list[str]:
    """Kills what an earlier run left behind, but for the `spared`; returns the names it ended."""
    if not records.exists():
        return []
    ended = []
    for record in _read_records(records):
        # A process id alone may be somebody else's by now.
        if record["name"] not in spared and _born(record["pid"]) == record["born"]:
            kill_group(record["pid"])
            ended.append(record["name"])
    records.unlink()
    return ended


def _read_records(file: Path) -> list[dict[str, Any]]:
    """Nothing if the file was torn: only the machine's own end does that, and it ends them all."""
    try:
        read: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return []
    return read


def _born(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
