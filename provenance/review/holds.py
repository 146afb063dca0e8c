"""Legal holds: which of them stand, and what they cover."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from provenance.eventstore import store
from provenance.eventstore.sealed import reveal_text
from provenance.review.events import HoldPlaced, HoldReleased
from provenance.review.finding import Record, Target, find
from provenance.review.models import HoldEntry

# All that decides about holds takes this lock; whoever destroys keys shares it.
LOCK = 0x7261676C_11
STREAM = "holds"


def lock_holds() -> None:
    """Until the transaction ends, nothing is destroyed under a hold that is being placed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def share_holds() -> None:
    """Until the transaction ends, no hold is placed or released."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])


def standing_holds() -> list[tuple[UUID, Target]]:
    """Straight from the log: what a read model has not folded yet counts too."""
    standing: dict[UUID, Target] = {}
    for event in store.read_stream(STREAM, types=[HoldPlaced, HoldReleased]):
        if isinstance(event.data, HoldReleased):
            standing.pop(event.data.hold_id, None)
        elif isinstance(event.data, HoldPlaced):
            subject = reveal_text(event, "subject") if event.data.subject else None
            standing[event.data.hold_id] = Target(event.data.scope, subject, event.data.target_id)
    return list(standing.items())


def holds_on(records: Iterable[Record], target: Target) -> list[UUID]:
    """The standing holds that cover one of the records, or the very same target.

    A hold on an output covers its prompt and retrievals also where others use them.
    """
    wanted = set(records)
    found = []
    for hold_id, held in standing_holds():
        if (held.scope, held.subject, held.target_id) == (
            target.scope,
            target.subject,
            target.target_id,
        ):
            found.append(hold_id)
            continue
        covered = find(held)
        if not wanted.isdisjoint((*covered.records, *covered.left_out)):
            found.append(hold_id)
    return found


def hold_entries() -> list[HoldEntry]:
    """Newest first."""
    return list(HoldEntry.objects.order_by("-position"))
