"""Seals the fields of a record under the record's own key."""

from typing import Any

from provenance.eventstore.sealed import Sealer
from provenance.sealing.box import Box
from provenance.sealing.keys import key_for
from retrieval.recording.identity import Identity

# An output has up to six details beside its texts; the event must stay below 64 KiB.
MAX_INLINE_DETAILS = 2 * 1024


class RecordSealer:
    """Seals what was given; what was not stays absent."""

    def __init__(self, identity: Identity) -> None:
        key = key_for("interaction", identity.record_id)
        self._sealer = Sealer(event_id=identity.event_id, key=key)
        self._details = Sealer(event_id=identity.event_id, key=key, max_inline=MAX_INLINE_DETAILS)

    def text(self, path: str, plain: str) -> Box:
        return self._sealer.text(path, plain)

    def json(self, path: str, plain: Any) -> Box:
        return self._details.json(path, plain)

    def text_if(self, path: str, plain: str | None) -> Box | None:
        return None if plain is None else self.text(path, plain)

    def json_if(self, path: str, plain: Any) -> Box | None:
        return None if plain is None else self.json(path, plain)
