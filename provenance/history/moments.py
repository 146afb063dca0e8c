"""A moment by both clocks: how much of the log counts, and for which effective time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from provenance.eventstore import store
from provenance.projections.models import Progress
from retrieval.errors import IndexBehind, IndexNotReady, RequestRefused
from retrieval.moments import effective_moment

BEFORE_THE_LOG = -1


@dataclass(frozen=True)
class Moment:
    """What was known at `position` (-1: before the first event) for the time `effective_at`."""

    position: int
    effective_at: datetime


def moment_of(
    *,
    at: int | datetime | None,
    effective_at: datetime | date | None,
    collections: Sequence[str] | None,
    field: str = "at",
) -> Moment:
    """A time means the last position given by then; absent, each clock stands at now.

    Raises RequestRefused for a position that the log has not reached, IndexBehind where the index
    has not.
    """
    reached = index_position()
    if at is None:
        position = reached
    elif isinstance(at, datetime):
        found = store.position_at(at)
        position = BEFORE_THE_LOG if found is None else found
    else:
        position = at
    if position > reached:
        if position > store.head_position():
            raise RequestRefused(field, "The log has not reached this position.")
        raise IndexBehind(position, reached)
    return Moment(position, effective_moment(effective_at, collections))


def index_position() -> int:
    """How far the index is folded. Raises IndexNotReady before it is set up."""
    position = Progress.objects.filter(name="knowledge").values_list("position", flat=True).first()
    if position is None:
        raise IndexNotReady
    return position
