"""Checks that an event's bytes are canonical, and that its columns are copies of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from provenance.eventstore.canonical import OPTIONS

PREFIX = "io.ragledger."
# How the columns are read, beside the bytes: ids as 16 bytes, times as PostgreSQL keeps them.
COLUMNS = {
    "event_id": "bytea",
    "correlation_id": "bytea",
    "causation_id": "bytea",
    "stream": "text",
    "stream_version": "int4",
    "type": "text",
    "recorded_at": "int8",
}
EPOCH, MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def column_problem(canonical: bytes, columns: Sequence[Any]) -> str:
    """What is wrong, empty if nothing is; `columns` are in the order of COLUMNS."""
    try:
        event = orjson.loads(canonical)
        if orjson.dumps(event, option=OPTIONS) != canonical:
            return "its bytes are not canonical"
        said = (
            _id(event["id"]),
            _id(event.get("correlationid")),
            _id(event.get("causationid")),
            event["stream"],
            event["streamversion"],
            event["type"].removeprefix(PREFIX).rpartition(".v")[0],
            (datetime.fromisoformat(event["recordedtime"]) - EPOCH) // MICROSECOND,
        )
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        return f"its bytes are no event: {error!r}"
    if said == columns:
        return ""
    names = zip(COLUMNS, said, columns, strict=True)
    wrong = [name for name, one, other in names if one != other]
    return f"the column {', '.join(wrong)} is not what the bytes say"


def _id(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text.replace("-", ""))
