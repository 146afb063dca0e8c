"""The one statement that appends events, and what it is given."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson

from provenance.eventstore.event_types import name_of
from provenance.eventstore.recorded import NewEvent

APPEND = (Path(__file__).parent / "append.sql").read_text(encoding="utf-8")


def streams_of(events: Sequence[NewEvent[Any]]) -> list[str]:
    return sorted({event.stream for event in events})


def next_versions(events: Sequence[NewEvent[Any]], expected: Mapping[str, int]) -> list[int]:
    """The stream version of each event, counted on from the heads that are expected."""
    heads = dict(expected)
    versions = []
    for event in events:
        heads[event.stream] = version = heads[event.stream] + 1
        versions.append(version)
    return versions


def append_parameters(
    events: Sequence[NewEvent[Any]],
    versions: Sequence[int],
    parts: Sequence[bytes],
    *,
    recorded_at: str,
) -> dict[str, Any]:
    """What `APPEND` asks for; `parts` are the canonical bytes of each event."""
    rows = _rows(events, versions, parts, recorded_at)
    return {"events": orjson.dumps(rows).decode(), "canonical": b"".join(parts)}


def _rows(
    events: Sequence[NewEvent[Any]],
    versions: Sequence[int],
    parts: Sequence[bytes],
    recorded_at: str,
) -> list[dict[str, Any]]:
    """The columns of each event, and where its bytes lie among those of all, counted from 1.

    By stream and version: writers that took streams in any order could deadlock.
    """
    rows, start, begun = [], 1, set()
    for event, version, part in zip(events, versions, parts, strict=True):
        row = {
            "event_id": event.event_id,
            "stream": event.stream,
            "stream_version": version,
            "type": name_of(type(event.data)),
            "correlation_id": event.correlation_id,
            "causation_id": event.causation_id,
            "recorded_at": recorded_at,
            "start": start,
            "length": len(part),
        }
        if event.stream not in begun:
            begun.add(event.stream)
            row["head"] = version - 1
        rows.append(row)
        start += len(part)
    rows.sort(key=itemgetter("stream"))
    return rows
