"""Checks that each event's bytes are canonical, and that its columns are copies of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from provenance.eventstore.canonical import OPTIONS
from provenance.eventstore.driver import driver_cursor
from provenance.integrity.verification.findings import Progress, Report, quiet

BATCH = 50_000
PREFIX = "io.ragledger."
# The column, the member that it copies, and its type where it is read.
COPIES = (
    ("event_id::text", "id", "text"),
    ("stream", "stream", "text"),
    ("stream_version", "streamversion", "int4"),
    ("correlation_id::text", "correlationid", "text"),
    ("causation_id::text", "causationid", "text"),
)
OTHERS = (("type", "text"), ("recorded_at", "timestamptz"), ("canonical", "bytea"))


def check_columns(report: Report, start: int, end: int, progress: Progress = quiet) -> None:
    """The events of `[start, end)`."""
    for first in range(start, end, BATCH):
        last = min(first + BATCH, end)
        for position, *columns in _stream(first, last):
            problem = _problem(columns)
            if problem:
                report.add("columns", problem, position)
        progress("columns", last, end)


def _problem(columns: list[Any]) -> str:
    *copies, name, recorded_at, canonical = columns
    try:
        event = orjson.loads(canonical)
        if orjson.dumps(event, option=OPTIONS) != canonical:
            return "its bytes are not canonical"
        for (column, member, _), value in zip(COPIES, copies, strict=True):
            if event.get(member) != value:
                return f"the column {column.partition(':')[0]} is not what the bytes say"
        if event["type"].rpartition(".v")[0] != PREFIX + name:
            return "the column type is not what the bytes say"
        if datetime.fromisoformat(event["recordedtime"]) != recorded_at:
            return "the column recorded_at is not what the bytes say"
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        return f"its bytes are no event: {error!r}"
    return ""


def _stream(start: int, end: int) -> Iterator[tuple[Any, ...]]:
    columns = ", ".join([*(column for column, _, _ in COPIES), *(name for name, _ in OTHERS)])
    with (
        driver_cursor() as cursor,
        cursor.copy(
            f"COPY (SELECT p.position, {columns} FROM eventstore_position AS p"  # noqa: S608
            " JOIN eventstore_event AS e USING (seq)"
            " WHERE p.position >= %s AND p.position < %s ORDER BY p.position)"
            " TO STDOUT (FORMAT BINARY)",
            [start, end],
        ) as copy,
    ):
        copy.set_types(["int8", *(kind for _, _, kind in COPIES), *(kind for _, kind in OTHERS)])
        yield from copy.rows()
