"""A writer as a process of its own: prints the ids of each fact that was acknowledged.

It is run beside a stack with `events`, `documents` or `stories`, and an API key, and ends at
SIGTERM; what it got no answer for it hands in again, as an honest application would.
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

    write, pause = {
        "events": (append_event, 0.002),
        "documents": (submit, 0.5),
        "stories": (tell, 0.1),
    }[sys.argv[1]]
    while not stopping:
        sys.stdout.write(f"{_insist(write, new_id())}\n")
        sys.stdout.flush()
        time.sleep(pause)


def _insist(write: Callable[[UUID], str], own_id: UUID) -> str:
    while True:
        try:
            return write(own_id)
        except (OperationalError, InterfaceError):
            # Whether the database took it is not known.
            connection.close()
            time.sleep(0.1)


def append_event(event_id: UUID) -> str:
    from provenance.accounts.events import CollectionCreated  # noqa: PLC0415
    from provenance.eventstore.recorded import SYSTEM, NewEvent  # noqa: PLC0415
    from provenance.eventstore.store import append  # noqa: PLC0415

    stream = f"fault-{event_id}"
    data = CollectionCreated(collection="claims", time_zone="UTC")
    event = NewEvent(data=data, stream=stream, event_id=event_id, actor=SYSTEM)
    append([event], expected={stream: 0})
    return str(event_id)


def submit(own_id: UUID) -> str:
    from ingestion.commands import submit_document  # noqa: PLC0415
    from provenance.accounts.access import SYSTEM_PRINCIPAL  # noqa: PLC0415

    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL,
        external_id=str(own_id),
        content=f"# Terms {own_id}\n\nThe waiting period is set out here.\n".encode(),
        media_type="text/markdown",
    )
    return str(submitted.document_id)


def tell(retrieval_id: UUID) -> str:
    """One retrieval, the prompt made of it, and its output: their ids, then the versions found."""
    from provenance.accounts.access import principal_of_key  # noqa: PLC0415
    from provenance.eventstore.ids import derived_id  # noqa: PLC0415
    from retrieval.commands import retrieve  # noqa: PLC0415
    from retrieval.recording.commands import report_output, report_prompt  # noqa: PLC0415

    principal = principal_of_key(sys.argv[2])
    assert principal is not None
    prompt_id, output_id = derived_id(retrieval_id, "prompt"), derived_id(retrieval_id, "output")
    question = "How long is the waiting period?"
    results = retrieve(principal=principal, query=question, retrieval_id=retrieval_id)["results"]
    passages = "\n".join(result["text"] for result in results)
    report_prompt(
        principal=principal,
        prompt_id=prompt_id,
        retrieval_ids=[retrieval_id],
        messages=[{"role": "user", "content": f"{passages}\n{question}"}],
    )
    report_output(
        principal=principal,
        output_id=output_id,
        prompt_id=prompt_id,
        text=passages or "Nothing is known.",
        model="extractive",
    )
    versions = sorted({str(result["version_id"]) for result in results})
    return " ".join([str(retrieval_id), str(prompt_id), str(output_id), *versions])


if __name__ == "__main__":
    main()
