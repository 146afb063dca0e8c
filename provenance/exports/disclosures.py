"""Opens the sealed fields of events, so that outsiders can tie each text to its event."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.eventstore.blobs import get_blobs, prefetched_blobs
from provenance.eventstore.sealed import disclose_box, prefetched_key_ids
from provenance.exports.verify import Event, blobs_named_in, boxes_in, keys_destroyed_by
from provenance.sealing.box import Box
from provenance.sealing.keys import keys_by_id

# What a sealed field is, by its name; all others are JSON.
TEXTS = frozenset(
    {
        *("delivered_text", "query", "reason", "response_id", "text", "title"),
        *("note", "printed_name", "statement", "description", "conclusion"),
    }
)
BYTES = frozenset({"content", "query_vector"})
ENDINGS = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
}


@dataclass(frozen=True)
class Field:
    """A sealed field. `salt` and `plain` are None where its key is gone.

    `erased` where an event among those of the bundle says that the key was destroyed: otherwise it
    is merely missing, as after a restore without the data keys.
    """

    event: Event
    pointer: str
    salt: bytes | None
    plain: bytes | None
    erased: bool = False

    @property
    def path(self) -> str:
        """Where the text lies in the bundle, under a name that programs on a desktop know."""
        name = self.pointer.removeprefix("/data/").replace("/", ".")
        return f"disclosed/{self.event.position}/{name}{self._ending}"

    @property
    def _ending(self) -> str:
        name = self.pointer.rpartition("/")[2]
        if name in BYTES:
            return ENDINGS.get(self.event.data.get("media_type", ""), ".bin")
        return ".txt" if name in TEXTS else ".json"

    def as_json(self) -> dict[str, Any]:
        place = {"position": self.event.position, "pointer": self.pointer}
        if self.salt is None:
            return {**place, "erased" if self.erased else "key_missing": True}
        return {**place, "path": self.path, "salt": self.salt.hex()}


def blobs_of(events: Iterable[Event], fields: Iterable[Field]) -> dict[str, bytes]:
    """Every blob that the events name, but for unread fields; one query. Raises BlobMissing."""
    unread = {(each.event.position, each.pointer) for each in fields if each.plain is None}
    return get_blobs({blob for event in events for blob in blobs_named_in(event, unread)})


def open_fields(events: Sequence[Event]) -> list[Field]:
    """Every sealed field of the events, in their order. Raises BlobMissing, BoxDamaged."""
    boxes = [
        (event, pointer, Box.model_validate(box))
        for event in events
        for pointer, box in boxes_in(event.data)
    ]
    destroyed = keys_destroyed_by(events)
    keys = keys_by_id(box.kid for _, _, box in boxes)
    blobs = {box.blob for _, _, box in boxes if box.blob is not None and keys.get(box.kid)}
    with prefetched_blobs(blobs), prefetched_key_ids({box.kid for _, _, box in boxes}):
        return [_opened(event, pointer, box, destroyed) for event, pointer, box in boxes]


def _opened(event: Event, pointer: str, box: Box, destroyed: Container[str]) -> Field:
    disclosed = disclose_box(box, event_id=event.body["id"], pointer=pointer)
    if disclosed is None:
        return Field(event, pointer, None, None, erased=box.kid in destroyed)
    return Field(event, pointer, disclosed.salt, disclosed.plain)
