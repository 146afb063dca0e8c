"""A process that appends events as fast as it is answered, and prints the id of each that was."""

import signal
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

import django
from django.db import InterfaceError, OperationalError, connection

from provenance.embedded.environment import complete_environment
from tests.embedded.running_up import start_python

PAUSE_SECONDS = 0.002
END_SECONDS = 60


class Appender:
    """Runs this module while its `with` block lasts; what was begun is brought to its end."""

    def __init__(self, home: Path) -> None:
        self.acknowledged: list[str] = []
        self._process = start_python(home, "-m", "tests.faults.appending")
        # Read all the time: a pipe that nobody reads is full at 64 KiB, and stops its writer.
        self._reader = threading.Thread(target=self._read)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            self.acknowledged.extend(line.rstrip("\n") for line in lines)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._reader.join(END_SECONDS)
        assert self._process.wait(END_SECONDS) == 0


def main() -> None:
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    complete_environment()
    django.setup()
    from provenance.eventstore.ids import new_id  # noqa: PLC0415

    while not stopping.wait(PAUSE_SECONDS):
        event_id = new_id()
        _insist_on(event_id)
        sys.stdout.write(f"{event_id}\n")
        sys.stdout.flush()


def _insist_on(event_id: UUID) -> None:
    """Appends until the database says that it did, as an honest application would."""
    while True:
        try:
            return _append(event_id)
        except (OperationalError, InterfaceError):
            # Whether the database took it is not known.
            connection.close()
            time.sleep(0.1)


def _append(event_id: UUID) -> None:
    from provenance.accounts.events import CollectionCreated  # noqa: PLC0415
    from provenance.eventstore.recorded import SYSTEM, NewEvent  # noqa: PLC0415
    from provenance.eventstore.store import append  # noqa: PLC0415

    stream = f"fault-{event_id}"
    data = CollectionCreated(collection="claims", time_zone="UTC")
    event = NewEvent(data=data, stream=stream, event_id=event_id, actor=SYSTEM)
    append([event], expected={stream: 0})


if __name__ == "__main__":
    main()
