"""Checks that an event's bytes are canonical, and that its columns are copies of them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

from provenance.eventstore.canonical import OPTIONS

PREFIX = "io.ragledger."
# What each column must say, as the text or number that stands in the bytes; none is empty text.
COLUMNS = {
    "event_id": ("event_id::text", "text"),
    "correlation_id": ("coalesce(correlation_id::text, '')", "text"),
    "causation_id": ("coalesce(causation_id::text, '')", "text"),
    "stream": ("stream", "text"),
    "stream_version": ("stream_version", "int4"),
    "type": ("type", "text"),
    "recorded_at": (
        """to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        "text",
    ),
}


@lru_cache(maxsize=1024)
def _bare_name(wire_name: str) -> str:
    """`DocumentSubmitted` of `io.ragledger.DocumentSubmitted.v1`: there are few of them."""
    return wire_name.removeprefix(PREFIX).rpartition(".v")[0]


def column_problem(canonical: bytes, columns: Sequence[Any]) -> str:
    """What is wrong, empty if nothing is; `columns` are in the order of COLUMNS."""
    try:
        event = orjson.loads(canonical)
        if orjson.dumps(event, option=OPTIONS) != canonical:
            return "its bytes are not canonical"
        said = (
            event["id"],
            event.get("correlationid", ""),
            event.get("causationid", ""),
            event["stream"],
            event["streamversion"],
            _bare_name(event["type"]),
            event["recordedtime"],
        )
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        return f"its bytes are no event: {error!r}"
    if said == columns:
        return ""
    names = zip(COLUMNS, said, columns, strict=True)
    wrong = [name for name, one, other in names if one != other]
    return f"the column {', '.join(wrong)} is not what the bytes say"
