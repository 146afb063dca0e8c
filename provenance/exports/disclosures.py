"""Opens the sealed fields of events, so that outsiders can tie each text to its event."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.eventstore.blobs import blob_lengths, get_blobs, prefetched_blobs
from provenance.eventstore.sealed import disclose_box, prefetched_key_ids
from provenance.exports.verify import Event, blobs_named_in, boxes_in
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


# The sealed parts that lie in memory at a time; a longer one comes alone.
GROUP_BYTES = 8 * 1024**2


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a bundle says of a sealed field. Without a salt, its key is gone."""

    path: str
    kid: str
    salt: bytes | None

    def as_json(self, position: int, pointer: str, *, erased: bool) -> dict[str, Any]:
        """`erased` where an event of the bundle says that the key was destroyed.

        Otherwise it is merely missing, as after a restore without the data keys.
        """
        place = {"position": position, "pointer": pointer}
        if self.salt is None:
            return {**place, "erased" if erased else "key_missing": True}
        return {**place, "path": self.path, "salt": self.salt.hex()}


@dataclass(frozen=True)
class Field:
    """A sealed field. `salt` and `plain` are None where its key is gone."""

    event: Event
    pointer: str
    kid: str
    salt: bytes | None
    plain: bytes | None

    @property
    def disclosure(self) -> Disclosure:
        return Disclosure(self.path, self.kid, self.salt)

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


def groups_by_size(events: Sequence[Event]) -> Iterator[list[Event]]:
    """The events in groups whose blobs fit into memory together; one query."""
    named = {event.position: blobs_named_in(event, ()) for event in events}
    lengths = blob_lengths({blob for blobs in named.values() for blob in blobs})
    group: list[Event] = []
    size = 0
    for event in events:
        own = sum(lengths.get(blob, 0) for blob in named[event.position])
        if group and size + own > GROUP_BYTES:
            yield group
            group, size = [], 0
        group.append(event)
        size += own
    if group:
        yield group


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
    keys = keys_by_id(box.kid for _, _, box in boxes)
    blobs = {box.blob for _, _, box in boxes if box.blob is not None and keys.get(box.kid)}
    with prefetched_blobs(blobs), prefetched_key_ids({box.kid for _, _, box in boxes}):
        return [_opened(event, pointer, box) for event, pointer, box in boxes]


def _opened(event: Event, pointer: str, box: Box) -> Field:
    disclosed = disclose_box(box, event_id=event.body["id"], pointer=pointer)
    if disclosed is None:
        return Field(event, pointer, box.kid, None, None)
    return Field(event, pointer, box.kid, disclosed.salt, disclosed.plain)
