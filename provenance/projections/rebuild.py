"""Rebuilds a read model from the log beside the live one, then swaps what differs, at once.

The fold runs on temporary tables of the same names, which PostgreSQL finds before the live ones,
so the very same code fills them and no right on the live schema is needed. Readers see the old
rows until the swap commits. The tables go with their connection: a rebuild that is killed leaves
nothing behind.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from provenance.eventstore import store
from provenance.eventstore.sealed import prefetched_keys
from provenance.projections import shadows
from provenance.projections.models import ParkedEvent, Progress
from provenance.projections.projection import Projection
from provenance.projections.runner import BATCH_POSITIONS, read_batch

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Rebuilt:
    """The position reached, and how many rows of the live tables were not what they should be.

    A row that was changed counts as removed and as written.
    """

    position: int
    written: int
    removed: int


def rebuild(projection: Projection, *, report: Report | None = None) -> Rebuilt:
    """Folds the whole log anew and swaps.

    `report(done, total)` is told after every batch. Whatever it or a fold raises ends the rebuild
    and leaves the live rows as they were.
    """
    shadows.create_shadows(projection)
    try:
        reached = _fold_until_near_the_end(projection, report)
        shadows.count_rows(projection)
        with transaction.atomic():
            return _swap(projection, reached)
    finally:
        shadows.drop_shadows(projection)


def differences(projection: Projection) -> dict[str, int]:
    """How many rows differ between the live tables and a rebuild, by table; all zero when equal.

    The read model must be at rest, and caught up, while this compares.
    """
    shadows.create_shadows(projection)
    try:
        _fold_range(projection, after=-1, until=_live_position(projection), report=None)
        return shadows.differing(projection)
    finally:
        shadows.drop_shadows(projection)


def _fold_until_near_the_end(projection: Projection, report: Report | None) -> int:
    reached = -1
    while (head := store.head_position()) - reached > BATCH_POSITIONS or reached < 0 <= head:
        reached = _fold_range(projection, after=reached, until=head, report=report)
    return reached


def _fold_range(projection: Projection, *, after: int, until: int, report: Report | None) -> int:
    while after < until:
        batch_end = min(after + BATCH_POSITIONS, until)
        events = read_batch(projection, after=after, until=batch_end)
        with transaction.atomic(), prefetched_keys(events):
            projection.fold_batch(events)
        after = batch_end
        if report is not None:
            report(after + 1, until + 1)
    return after


def _swap(projection: Projection, reached: int) -> Rebuilt:
    Progress.objects.bulk_create(
        [Progress(name=projection.name, version=projection.version)], ignore_conflicts=True
    )
    progress = Progress.objects.select_for_update().get(name=projection.name)
    # The live fold waits for the row, so what it has folded since is folded here too.
    reached = _fold_range(
        projection, after=reached, until=max(progress.position, reached), report=None
    )
    written, removed = shadows.write_differing(projection)
    ParkedEvent.objects.filter(projection=projection.name).delete()
    progress.position, progress.version, progress.problem = reached, projection.version, ""
    progress.updated_at = timezone.now()
    progress.save()
    return Rebuilt(reached, written, removed)


def _live_position(projection: Projection) -> int:
    return Progress.objects.get(name=projection.name).position
