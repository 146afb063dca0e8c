"""Brings the newest checkpoint to witnesses and anchors, and notes how it stands with each.

Nothing waits for it: what cannot be reached is tried again with the newest checkpoint of then.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.integrity import checkpoints
from provenance.integrity.anchors.anchor import Anchor
from provenance.integrity.anchors.configured import anchors
from provenance.integrity.errors import IntegrityError
from provenance.integrity.events import CheckpointPublished
from provenance.integrity.models import Attestor, SealedCheckpoint
from provenance.integrity.witnesses import Witness, cosigners, witnesses

log = structlog.get_logger()

WITNESS, ANCHOR = "witness", "anchor"
STREAM = "checkpoint-published"


def is_due() -> bool:
    newest = checkpoints.newest()
    return newest is not None and bool(_due_witnesses(newest) or _due_anchors(newest))


def publish() -> None:
    """Witnesses first, so that anchors keep what these said."""
    newest = checkpoints.newest()
    if newest is None:
        return
    for witness in _due_witnesses(newest):
        _cosign(witness, newest)
    reached = [each.name for each in _due_anchors(newest) if _push(each, newest)]
    if reached:
        _record(newest, reached)


def _cosign(witness: Witness, checkpoint: SealedCheckpoint) -> bool:
    standing = _standing(WITNESS, witness.key.name)
    known = standing.size if standing else 0
    return _try(
        WITNESS, witness.key.name, checkpoint, lambda: witness.cosign(checkpoint, known=known)
    )


def _push(anchor: Anchor, checkpoint: SealedCheckpoint) -> bool:
    note = checkpoints.with_cosignatures(checkpoint)
    return _try(ANCHOR, anchor.name, checkpoint, lambda: anchor.push(checkpoint, note))


def _due_witnesses(newest: SealedCheckpoint) -> list[Witness]:
    return [each for each in witnesses() if not _has(WITNESS, each.key.name, newest)]


def _due_anchors(newest: SealedCheckpoint) -> list[Anchor]:
    return [each for each in anchors() if _is_anchor_due(each.name, newest)]


def _has(kind: str, name: str, newest: SealedCheckpoint) -> bool:
    standing = _standing(kind, name)
    return standing is not None and standing.checkpoint_id >= newest.id


def _is_anchor_due(name: str, newest: SealedCheckpoint) -> bool:
    standing = _standing(ANCHOR, name)
    if standing is None:
        return True
    rested = timezone.now() - standing.tried_at >= timedelta(seconds=settings.ANCHOR_SECONDS)
    return rested and standing.size < newest.size and _grew(standing.size, newest.size)


def _grew(start: int, end: int) -> bool:
    """By more than the events that publishing itself records: they shall not cause each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM eventstore_position p JOIN eventstore_event e USING (seq)"
            " WHERE p.position >= %s AND p.position < %s AND e.type <> 'CheckpointPublished')",
            [start, end],
        )
        return bool(cursor.fetchone()[0])


def _try(kind: str, name: str, checkpoint: SealedCheckpoint, reach: Callable[[], None]) -> bool:
    now = timezone.now()
    try:
        reach()
    except IntegrityError as error:
        log.warning("not reached", kind=kind, name=name, problem=str(error))
        _note(kind, name, tried_at=now, problem=str(error))
        return False
    done = {"size": checkpoint.size, "checkpoint_id": checkpoint.id, "reached_at": now}
    _note(kind, name, tried_at=now, problem="", **done)
    return True


def _standing(kind: str, name: str) -> Attestor | None:
    return Attestor.objects.filter(kind=kind, name=name).first()


def _note(kind: str, name: str, **facts: object) -> None:
    Attestor.objects.update_or_create(kind=kind, name=name, defaults=facts)


@store.decides_again
@transaction.atomic
def _record(checkpoint: SealedCheckpoint, reached: list[str]) -> None:
    data = CheckpointPublished(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=bytes(checkpoint.root).hex(),
        anchors=reached,
        witnesses=cosigners(checkpoint),
    )
    store.append(
        [NewEvent(data=data, stream=STREAM, event_id=new_id(), actor=SYSTEM)],
        expected={STREAM: store.stream_version(STREAM)},
    )
