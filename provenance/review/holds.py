"""Legal holds: which of them stand, and what they cover."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from provenance.eventstore import store
from provenance.eventstore.ids import derived_id
from provenance.eventstore.sealed import reveal_text
from provenance.projections.standing import has_folded
from provenance.review.events import HoldPlaced, HoldReleased
from provenance.review.finding import Record, Target, alive, find, outputs_touching
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
    """Oldest first, straight from the log: what a read model has not folded yet counts too."""
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
    standing = standing_holds()
    wanted = alive(records) if standing else set()
    outputs = [held.thing for _, held in standing if held.scope == "interaction"]
    touched = outputs_touching(wanted, outputs) if wanted and outputs else set()
    return [
        hold_id
        for hold_id, held in standing
        if _names(held) == _names(target)
        or (held.thing in touched if held.scope == "interaction" else _covers(held, wanted))
    ]


def holds_are_folded(read_models: Collection[str]) -> bool:
    """Whether the read models know all that was recorded before the newest standing hold."""
    standing = standing_holds()
    if not standing:
        return True
    placed = store.read_event(derived_id(standing[-1][0], "HoldPlaced"))
    return placed is not None and has_folded(placed, read_models)


def _names(target: Target) -> tuple[object, ...]:
    return target.scope, target.subject, target.target_id


def _covers(held: Target, wanted: set[Record]) -> bool:
    covered = find(held)
    return not wanted.isdisjoint((*covered.records, *covered.left_out))


def hold_entries() -> list[HoldEntry]:
    """Newest first."""
    return list(HoldEntry.objects.order_by("-position"))
