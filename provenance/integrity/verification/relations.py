"""Checks in SQL how events relate: to their stream and their cause, and which times are wrong."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from provenance.integrity.verification.findings import MAX_FINDINGS, Report
from provenance.integrity.verification.times import CLOCK_SKEW, LATEST_COMMIT

FOLDER = Path(__file__).parent
# A hole that has just filled is placed in the sequencer's next cycle.
PLACING_SECONDS = 10

RELATIONS = {"streams": "streams.sql", "causes": "causes.sql"}


def check_relations(report: Report, size: int) -> set[int]:
    """Also answers the sequence numbers of events that the sequencer seems to have passed by."""
    for check, file in RELATIONS.items():
        _find(report, check, file, size=size)
    return passed_by()


def check_times(report: Report, start: int, end: int) -> None:
    # One row more to the left: a range begins by comparing with what is before it.
    _find(report, "times", "times.sql", start=start and start - 1, end=end)


def passed_by() -> set[int]:
    """The sequence numbers of events that the sequencer has passed without placing them."""
    return {row[0] for row in _rows("unplaced.sql", {})}


def check_unplaced(report: Report, suspects: set[int]) -> None:
    """Those of the suspects that are still without a position after the sequencer had its time."""
    deadline = time.monotonic() + PLACING_SECONDS
    while (left := suspects & passed_by()) and time.monotonic() < deadline:
        time.sleep(0.2)
    for seq in sorted(left):
        report.add("positions", f"the event with sequence number {seq} never got a position")


def _find(report: Report, check: str, file: str, **parameters: Any) -> None:
    limits = {"limit": MAX_FINDINGS, "skew": CLOCK_SKEW, "delay": LATEST_COMMIT}
    for position, problem in _rows(file, {**parameters, **limits}):
        report.add(check, problem, position)


def _rows(file: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute((FOLDER / file).read_text(encoding="utf-8"), parameters)
        yield from cursor.fetchall()
