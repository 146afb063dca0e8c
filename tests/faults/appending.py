"""A writer of the log as a process of its own: prints the id of each event that was acknowledged.

It is run beside a stack, and ends at SIGTERM; an event it got no answer for it appends again.
"""

import signal
import sys
import time
from types import FrameType
from uuid import UUID

import django
from django.db import InterfaceError, OperationalError, connection

from provenance.embedded.environment import complete_environment

PAUSE_SECONDS = 0.002
stopping = False


def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    global stopping  # noqa: PLW0603
    stopping = True


def main() -> None:
    signal.signal(signal.SIGTERM, stop)
    complete_environment()
    django.setup()
    from provenance.eventstore.ids import new_id  # noqa: PLC0415

    while not stopping:
        event_id = new_id()
        while not _is_appended(event_id):
            connection.close()
            time.sleep(0.1)
        sys.stdout.write(f"{event_id}\n")
        sys.stdout.flush()
        time.sleep(PAUSE_SECONDS)


def _is_appended(event_id: UUID) -> bool:
    """False if the database did not answer: whether it took the event is not known then."""
    from provenance.accounts.events import CollectionCreated  # noqa: PLC0415
    from provenance.eventstore.recorded import SYSTEM, NewEvent  # noqa: PLC0415
    from provenance.eventstore.store import append  # noqa: PLC0415

    stream = f"fault-{event_id}"
    data = CollectionCreated(collection="claims", time_zone="UTC")
    event = NewEvent(data=data, stream=stream, event_id=event_id, actor=SYSTEM)
    try:
        append([event], expected={stream: 0})
    except (OperationalError, InterfaceError):
        return False
    return True


if __name__ == "__main__":
    main()
