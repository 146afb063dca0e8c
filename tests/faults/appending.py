"""A writer as a process of its own: prints the id of each fact that was acknowledged.

It is run beside a stack with `events` or `documents`, and ends at SIGTERM; what it got no answer
for it hands in again, as an honest application would.
"""

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from uuid import UUID

import django
from django.db import InterfaceError, OperationalError, connection

from provenance.embedded.environment import complete_environment

stopping = False


def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    global stopping  # noqa: PLW0603
    stopping = True


def main() -> None:
    signal.signal(signal.SIGTERM, stop)
    complete_environment()
    django.setup()
    from provenance.eventstore.ids import new_id  # noqa: PLC0415

    write, pause = {"events": (append_event, 0.002), "documents": (submit, 0.5)}[sys.argv[1]]
    while not stopping:
        sys.stdout.write(f"{_insist(write, new_id())}\n")
        sys.stdout.flush()
        time.sleep(pause)


def _insist(write: Callable[[UUID], UUID], own_id: UUID) -> UUID:
    while True:
        try:
            return write(own_id)
        except (OperationalError, InterfaceError):
            # Whether the database took it is not known.
            connection.close()
            time.sleep(0.1)


def append_event(event_id: UUID) -> UUID:
    from provenance.accounts.events import CollectionCreated  # noqa: PLC0415
    from provenance.eventstore.recorded import SYSTEM, NewEvent  # noqa: PLC0415
    from provenance.eventstore.store import append  # noqa: PLC0415

    stream = f"fault-{event_id}"
    data = CollectionCreated(collection="claims", time_zone="UTC")
    event = NewEvent(data=data, stream=stream, event_id=event_id, actor=SYSTEM)
    append([event], expected={stream: 0})
    return event_id


def submit(own_id: UUID) -> UUID:
    from ingestion.commands import submit_document  # noqa: PLC0415
    from provenance.accounts.access import SYSTEM_PRINCIPAL  # noqa: PLC0415

    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL,
        external_id=str(own_id),
        content=f"# Terms {own_id}\n\nThe waiting period is set out here.\n".encode(),
        media_type="text/markdown",
    )
    return submitted.document_id


if __name__ == "__main__":
    main()
