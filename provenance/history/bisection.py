"""Finds where the sources of a recorded question changed: by which event, in few searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.eventstore.event_types import known_names
from provenance.eventstore.recorded import Recorded
from provenance.history.counterfactuals import ask_otherwise, visible_collections
from provenance.history.moments import Moment
from provenance.history.recorded_questions import RecordedRetrieval
from retrieval.errors import RequestRefused
from retrieval.ranking import RankedChunk

# The positions at which anything that is searched changed.
BOUNDARIES = """
    SELECT DISTINCT at FROM retrieval_validity AS v,
         LATERAL (VALUES (v.known_from), (v.known_to)) AS ends (at)
    WHERE at > %(after)s AND at <= %(until)s
      AND (%(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s))
    ORDER BY at
"""
RECTANGLES = """
    SELECT version_id, known_from, known_to FROM retrieval_validity
    WHERE version_id = ANY(%(versions)s::uuid[]) AND (known_to IS NULL OR known_to > %(after)s)
      AND (effective_from IS NULL OR effective_from <= %(at)s)
      AND (effective_to IS NULL OR effective_to > %(at)s)
    ORDER BY version_id, known_from
"""


@dataclass(frozen=True)
class Bisection:
    """`position` is where the sources changed, None if they are at `until` what they were.

    `before` and `after` are the answers on both sides of it, `searches` how many were needed.
    """

    start: int
    until: int
    searches: int
    before: list[RankedChunk]
    after: list[RankedChunk]
    position: int | None = None
    event: Recorded[Any] | None = None


class _Asking:
    """Asks the question at positions, all at the effective time of the retrieval, and counts."""

    def __init__(self, retrieval: RecordedRetrieval, principal: Principal) -> None:
        self._retrieval, self._principal = retrieval, principal
        self._asked: dict[int, list[RankedChunk]] = {}

    @property
    def searches(self) -> int:
        return len(self._asked)

    def at(self, position: int) -> list[RankedChunk]:
        if position not in self._asked:
            moment = Moment(position, self._retrieval.effective_at)
            found = ask_otherwise(self._retrieval, moment, principal=self._principal)
            self._asked[position] = found.ranking
        return self._asked[position]


def bisect(retrieval: RecordedRetrieval, *, until: int, principal: Principal) -> Bisection:
    """Compares the passages of the answer, whatever their order, in O(log n) searches.

    The sources differ for certain where one of them ceases to count, so that the search for the
    first change ends there at the latest. Something that came and went again before that may be
    passed over. Raises QuestionErased, IndexNotReady, and RequestRefused for an `until` before it.
    """
    asking, start = _Asking(retrieval, principal), retrieval.position
    if until < start:
        raise RequestRefused("until", f"This retrieval searched at position {start}.")
    before = asking.at(start)
    collections = visible_collections(retrieval, principal)
    places = _boundaries(start, _last_place(before, retrieval, until), collections)
    if not places or _sources(asking.at(places[-1])) == _sources(before):
        after = asking.at(places[-1]) if places else before
        return Bisection(start, until, asking.searches, before, after)
    low, high = -1, len(places) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _sources(asking.at(places[middle])) == _sources(before):
            low = middle
        else:
            high = middle
    return Bisection(
        start=start,
        until=until,
        before=asking.at(places[low]) if low >= 0 else before,
        after=asking.at(places[high]),
        searches=asking.searches,
        position=places[high],
        event=_event_at(places[high]),
    )


def _sources(ranking: Sequence[RankedChunk]) -> frozenset[str]:
    return frozenset(each.chunk_id for each in ranking)


def _last_place(answer: Sequence[RankedChunk], retrieval: RecordedRetrieval, until: int) -> int:
    """`until`, or the first position at which one of the versions no longer counts."""
    ends: dict[UUID, int | None] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            RECTANGLES,
            {
                "versions": [each.version_id for each in answer],
                "after": retrieval.position,
                "at": retrieval.effective_at,
            },
        )
        for version_id, begin, end in cursor.fetchall():
            # A version that was described anew goes on in its next rectangle.
            if version_id not in ends or ends[version_id] == begin:
                ends[version_id] = end
    return min([until, *(end for end in ends.values() if end is not None)])


def _boundaries(after: int, until: int, collections: Sequence[str] | None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            BOUNDARIES,
            {
                "after": after,
                "until": until,
                "collections": None if collections is None else list(collections),
            },
        )
        return [row[0] for row in cursor.fetchall()]


def _event_at(position: int) -> Recorded[Any] | None:
    found = store.read_positions(after=position - 1, until=position, types=known_names())
    return found[0] if found else None
