"""The identity of a record: its id, its event and its stream, and whether it was made before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.eventstore.fingerprints import fingerprint
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import Recorded
from retrieval.recording.errors import IdReused

EVENT_NAMES = {
    "retrieval": "RetrievalReported",
    "prompt": "PromptReported",
    "output": "OutputReported",
}


@dataclass(frozen=True)
class Identity:
    """A record of a kind. `given` is true if the caller chose the id."""

    kind: str
    record_id: UUID
    given: bool
    fingerprint: str

    @property
    def event_id(self) -> UUID:
        return derived_id(self.record_id, EVENT_NAMES[self.kind])

    @property
    def stream(self) -> str:
        return f"{self.kind}-{self.record_id}"

    def earlier(self) -> Recorded[Any] | None:
        """The event by which the same body was recorded under this id. Raises IdReused."""
        if not self.given:
            return None
        # In this order: what another writer commits in between is a repeat, not another body.
        used = store.stream_version(self.stream) > 0
        event = store.read_event(self.event_id)
        if event is None and not used:
            return None
        if event is None or event.fingerprint != self.fingerprint:
            raise IdReused(self.kind, self.record_id)
        return event


def identify(
    kind: str, given: UUID | None, body: Mapping[str, Any], *, principal: Principal
) -> Identity:
    """The fingerprint covers whose record it is: another application's id is never a repeat."""
    print_ = fingerprint({"application": principal.application, kind: body})
    return Identity(kind, given or new_id(), given is not None, print_)
