"""Which positions may lack their bytes: those that an approved release of the log accounts for."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from provenance.eventstore import store
from provenance.eventstore.errors import BlobMissing, EventReleased
from provenance.eventstore.event_types import UnknownEventType
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.integrity.events import RangeReleased
from provenance.integrity.releases import STREAM, Status, fold


class Accounted:
    """Reads the releases when it is first asked, or told to; no other query may run meanwhile."""

    def __init__(self) -> None:
        self._runs: list[tuple[int, int]] | None = None

    def read(self) -> None:
        self._runs = _joined(_runs())

    def covers(self, position: int) -> bool:
        if self._runs is None:
            self.read()
        runs = self._runs or []
        place = bisect_right(runs, position, key=itemgetter(0)) - 1
        return place >= 0 and position < runs[place][1]


def _runs() -> list[tuple[int, int]]:
    """Nothing is accounted for where somebody tampered with the releases themselves."""
    try:
        return _told(store.read_stream(STREAM))
    except (BlobMissing, EventReleased, UnknownEventType, LookupError, TypeError, ValueError):
        return []


def _told(events: Sequence[Recorded[Any]]) -> list[tuple[int, int]]:
    releases = fold((event.actor, event.data) for event in events)
    done = {id_ for id_, release in releases.items() if release.status == Status.RELEASED}
    return [
        run
        for event in events
        if isinstance(event.data, RangeReleased) and event.data.release_id in done
        for run in _runs_of(event.data)
    ]


def _runs_of(data: RangeReleased) -> list[tuple[int, int]]:
    listed = read_listing(data.released)
    return [(first, until) for first, until in listed if data.first <= first < until <= data.end]


def _joined(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ascending and disjoint."""
    joined: list[tuple[int, int]] = []
    for first, until in sorted(runs):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], until)
        else:
            joined.append((first, until))
    return joined
