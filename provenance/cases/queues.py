"""Defines and retires the queues that bring outputs up for review."""

from uuid import UUID

from django.db import transaction

from provenance.accounts.access import Principal
from provenance.cases import words
from provenance.cases.access import require_administrator
from provenance.cases.errors import QueueUnknown
from provenance.cases.events import QueueDefined, QueueRetired, QueueRule
from provenance.eventstore import store
from provenance.eventstore.fingerprints import fingerprint
from provenance.eventstore.ids import derived_id
from provenance.eventstore.recorded import NewEvent
from provenance.eventstore.store import decides_again
from retrieval.errors import RequestRefused

WHOLE = 1_000_000


def stream_of(queue_id: UUID) -> str:
    return f"queue-{queue_id}"


@decides_again
@transaction.atomic
def define_queue(*, queue_id: UUID, name: str, rule: QueueRule, principal: Principal) -> None:
    """Raises RequestRefused, PermissionDenied."""
    require_administrator(principal)
    if rule.share is not None and not 0 < rule.share <= WHOLE:
        raise RequestRefused("share", "is a share of one million: 1 to 1,000,000")
    event_id = derived_id(queue_id, "QueueDefined")
    data = QueueDefined(
        queue_id=queue_id,
        name=words.about_case("name", name, case_id=queue_id, event_id=event_id),
        rule=rule,
    )
    new = NewEvent(
        data=data,
        stream=stream_of(queue_id),
        event_id=event_id,
        actor=principal.actor,
        fingerprint=fingerprint([name, rule.model_dump()]),
    )
    store.append([new], expected={new.stream: 0})


@decides_again
@transaction.atomic
def retire_queue(*, queue_id: UUID, principal: Principal) -> None:
    """A queue that is retired stays so. Raises QueueUnknown, PermissionDenied."""
    require_administrator(principal)
    stream = stream_of(queue_id)
    version = store.stream_version(stream)
    if version != 1:
        raise QueueUnknown(queue_id)
    new = NewEvent(
        data=QueueRetired(queue_id=queue_id),
        stream=stream,
        event_id=derived_id(queue_id, "QueueRetired"),
        actor=principal.actor,
    )
    store.append([new], expected={stream: version})
