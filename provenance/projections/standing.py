"""How the pipeline stands: the end of the log, how far each read model is, what waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from provenance.eventstore import store
from provenance.eventstore.recorded import Recorded
from provenance.projections.failing import FailingWork, failing_work
from provenance.projections.models import ParkedEvent, Progress


@dataclass(frozen=True)
class ReadModelStanding:
    """`behind` counts positions, the first of them given at `behind_since`.

    `problem` is empty while the read model moves.
    """

    name: str
    position: int
    behind: int
    parked: int
    problem: str
    updated_at: datetime
    behind_since: datetime | None


@dataclass(frozen=True)
class Standing:
    """`unplaced` counts committed events without a position, up to 10,000."""

    head: int
    unplaced: int
    oldest_unplaced_at: datetime | None
    read_models: list[ReadModelStanding]
    waiting_work: dict[str, int]
    failing_work: list[FailingWork]

    @property
    def caught_up(self) -> bool:
        """Everything committed is placed, folded and nothing stands still or is parked."""
        return not self.unplaced and all(
            not each.behind and not each.parked and not each.problem for each in self.read_models
        )


def has_folded(event: Recorded[Any], names: Collection[str]) -> bool:
    """Whether the read models have come as far as the event, with nothing parked."""
    position = store.position_of(event.event_id)
    if position is None:
        return False
    folded = Progress.objects.filter(name__in=names, position__gte=position, problem="")
    parked = ParkedEvent.objects.filter(projection__in=names, position__lte=position)
    return folded.count() == len(names) and not parked.exists()


def standing() -> Standing:
    """Four queries, whatever the size of the log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT COALESCE(max(position), -1) FROM eventstore_position), count(*),"
            " min(recorded_at) FROM (SELECT e.recorded_at FROM eventstore_event e"
            " WHERE seq > (SELECT highest_seq FROM integrity_tree) LIMIT 10000) AS unplaced"
        )
        head, unplaced, oldest = cursor.fetchone()
        cursor.execute(
            "SELECT p.name, p.position, %s - p.position, count(e.position), p.problem,"
            " p.updated_at, min(next.positioned_at) FROM projections_progress p"
            " LEFT JOIN projections_parked_event e ON e.projection = p.name"
            " LEFT JOIN eventstore_position next ON next.position = p.position + 1"
            " GROUP BY p.name ORDER BY p.name",
            [head],
        )
        read_models = [ReadModelStanding(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT kind, count(*) FROM projections_pending_work GROUP BY kind ORDER BY kind"
        )
        waiting = dict(cursor.fetchall())
    return Standing(head, unplaced, oldest, read_models, waiting, failing_work())
