"""Checks that events got their positions in order, at times that fit what they say of themselves.

An event's recorded time must lie between the checkpoint before its position and the moment when it
got that position. The whole block is looked at here; `times.sql` names what does not fit.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import timedelta
from operator import ge

from provenance.eventstore.driver import driver_cursor

# Clocks of several machines differ by less; a transaction may commit what it recorded that late.
CLOCK_SKEW = timedelta(seconds=30)
LATEST_COMMIT = timedelta(minutes=15)
MICROSECOND = timedelta(microseconds=1)


class TimeCheck:
    """Takes the log's blocks in order; times are microseconds as PostgreSQL keeps them."""

    def __init__(self) -> None:
        self._sizes, self._sealed = _checkpoints()
        self._before: int | None = None

    def fit(self, first: int, positioned: Sequence[int], recorded: Sequence[int]) -> bool:
        """Of the block that begins at position `first`; false also where its times are missing."""
        before, self._before = self._before, positioned[-1] if positioned else None
        if not positioned or (first and before is None):
            return False
        latest = CLOCK_SKEW // MICROSECOND
        return (
            (before is None or before <= positioned[0])
            and list(positioned) == sorted(positioned)
            and all(map(ge, (moment + latest for moment in positioned), recorded))
            and all(min(part) >= sealed for sealed, part in self._parts(first, recorded))
        )

    def _parts(self, first: int, recorded: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
        """The events between two checkpoints, with the earliest time that the first one allows."""
        start, end = first, first + len(recorded)
        number = bisect_right(self._sizes, first)
        while start < end:
            until = min(end, self._sizes[number]) if number < len(self._sizes) else end
            if number:
                earliest = self._sealed[number - 1] - LATEST_COMMIT // MICROSECOND
                yield earliest, recorded[start - first : until - first]
            start, number = until, bisect_right(self._sizes, until)


def _checkpoints() -> tuple[list[int], list[int]]:
    """The sizes that were sealed, ascending, and when."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT size, timestamptz_send(sealed_at) FROM integrity_checkpoint"
            " ORDER BY size, sealed_at",
            binary=True,
        )
        rows = cursor.fetchall()
    return [size for size, _ in rows], [int.from_bytes(at, signed=True) for _, at in rows]
