"""Records that somebody is shown a record, before it is shown.

Only what people see is a view. An application that reads its own records over the interface is not
recorded: it wrote them.
"""

from uuid import UUID

from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import Actor, NewEvent
from provenance.eventstore.store import append
from provenance.readers.events import RecordKind, RecordViewed


def record_view(*, kind: RecordKind, record_id: UUID, actor: Actor) -> None:
    """One statement, in a stream of its own: two people who look at one moment never wait."""
    event_id = new_id()
    viewed = NewEvent(
        data=RecordViewed(kind=kind, record_id=record_id),
        stream=f"view-{event_id}",
        event_id=event_id,
        actor=actor,
    )
    append([viewed], expected={viewed.stream: 0})
