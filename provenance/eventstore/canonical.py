"""The one serialisation of an event: CloudEvents 1.0 JSON in RFC 8785's canonical form.

`orjson` with sorted keys yields RFC 8785's bytes where member names are ASCII, no float occurs and
integers stay below 2**53; event schemas guarantee the first two, the option the third. A property
test holds both serialisers to each other.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from provenance.eventstore import event_types
from provenance.eventstore.event_types import EventData, stored_fields
from provenance.eventstore.recorded import Actor, NewEvent, Recorded

# CloudEvents asks intermediaries to carry 64 KiB; what is longer belongs in a blob.
MAX_EVENT_BYTES = 64 * 1024
OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


class EventTooLarge(Exception):
    """The event is longer than 64 KiB; put its long parts into blobs."""


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, always 27 characters."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def encode(event: NewEvent[EventData], *, stream_version: int, recorded_at: str) -> bytes:
    """The canonical bytes: what is stored, hashed, exported and proved. Raises EventTooLarge.

    `recorded_at` is an `instant`, made once for all events of an append.
    """
    data, stream, event_id, actor, correlation_id, causation_id, occurred_at, fingerprint = event
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": settings.LOG_SOURCE,
        "type": event_types.wire_name(type(data)),
        "time": instant(occurred_at) if occurred_at else recorded_at,
        "recordedtime": recorded_at,
        "stream": stream,
        "streamversion": stream_version,
        "authtype": actor.type,
        "authid": actor.id,
        "datacontenttype": "application/json",
        "data": data,
    }
    if actor.application is not None:
        envelope["application"] = actor.application
    if correlation_id is not None:
        envelope["correlationid"] = correlation_id
    if causation_id is not None:
        envelope["causationid"] = causation_id
    if fingerprint is not None:
        envelope["fingerprint"] = fingerprint
    canonical = orjson.dumps(envelope, default=stored_fields, option=OPTIONS)
    if len(canonical) > MAX_EVENT_BYTES:
        raise EventTooLarge(f"{stream}: {len(canonical)} bytes of at most {MAX_EVENT_BYTES}.")
    return canonical


def decode(canonical: bytes | memoryview, *, position: int | None) -> Recorded[Any]:
    """The event that the bytes hold. Raises UnknownEventType."""
    envelope = orjson.loads(canonical)
    name, _ = event_types.parse_wire_name(envelope["type"])
    return Recorded(
        event_id=UUID(envelope["id"]),
        type=name,
        stream=envelope["stream"],
        stream_version=envelope["streamversion"],
        position=position,
        occurred_at=datetime.fromisoformat(envelope["time"]),
        recorded_at=datetime.fromisoformat(envelope["recordedtime"]),
        correlation_id=_uuid(envelope.get("correlationid")),
        causation_id=_uuid(envelope.get("causationid")),
        actor=Actor(envelope["authtype"], envelope["authid"], envelope.get("application")),
        fingerprint=envelope.get("fingerprint"),
        data=event_types.revive(envelope["type"], envelope["data"]),
    )


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
