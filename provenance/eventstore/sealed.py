"""Seals the personal fields of an event before it is recorded, and reveals them while keys live."""

import base64
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel

from provenance.eventstore.blobs import get_blob, put_blob
from provenance.eventstore.listings import Listing
from provenance.eventstore.recorded import Recorded
from provenance.sealing.box import Box, Disclosed, Key, disclose, seal
from provenance.sealing.keys import keys_by_id

# A longer ciphertext goes into a blob, so that an event of several boxes stays below 64 KiB.
MAX_INLINE_BYTES = 8 * 1024

# The keys that were asked for, and those of them that are known.
_prefetched: ContextVar[tuple[Set[str], dict[str, Key | None]] | None] = ContextVar(
    "prefetched_keys", default=None
)


class Sealer:
    """Seals fields of one event under one key; a path is "query" or "results/0/text"."""

    def __init__(self, *, event_id: UUID, key: Key, max_inline: int = MAX_INLINE_BYTES) -> None:
        self._event_id = str(event_id)
        self._key = key
        self._max_inline = max_inline

    def bytes(self, path: str, plain: bytes) -> Box:
        sealed = seal(self._key, plain, event_id=self._event_id, pointer=f"/data/{path}")
        box = Box(kid=self._key.kid, iv=base64.b64encode(sealed.iv).decode(), commit=sealed.commit)
        if len(sealed.ciphertext) > self._max_inline:
            return box.model_copy(update={"blob": put_blob(sealed.ciphertext)})
        return box.model_copy(update={"ct": base64.b64encode(sealed.ciphertext).decode()})

    def text(self, path: str, plain: str) -> Box:
        return self.bytes(path, plain.encode())

    def json(self, path: str, plain: Any) -> Box:
        return self.bytes(path, orjson.dumps(plain))


def reveal_bytes(event: Recorded[Any], path: str) -> bytes | None:
    """The plain bytes of a field; None if the field is absent or its key was destroyed.

    Raises BoxDamaged and BlobMissing when the log was tampered with.
    """
    box = box_at(event.data, path)
    if box is None:
        return None
    disclosed = disclose_box(box, event_id=str(event.event_id), pointer=f"/data/{path}")
    return None if disclosed is None else disclosed.plain


def disclose_box(box: Box, *, event_id: str, pointer: str) -> Disclosed | None:
    """What the box at a place of an event holds, with its salt; None if its key is gone.

    Raises BoxDamaged and BlobMissing when the log was tampered with.
    """
    key = _known(box.kid).get(box.kid)
    if key is None:
        return None
    ciphertext = base64.b64decode(box.ct) if box.ct is not None else get_blob(str(box.blob))
    return disclose(key, box, ciphertext, event_id=event_id, pointer=pointer)


def reveal_text(event: Recorded[Any], path: str) -> str | None:
    plain = reveal_bytes(event, path)
    return None if plain is None else plain.decode()


def reveal_json(event: Recorded[Any], path: str) -> Any | None:
    plain = reveal_bytes(event, path)
    return None if plain is None else orjson.loads(plain)


def was_erased(event: Recorded[Any], path: str) -> bool:
    """True if the field was given and its key has been destroyed since."""
    box = box_at(event.data, path)
    return box is not None and key_is_destroyed(box.kid)


def key_is_destroyed(kid: str) -> bool:
    """On purpose: a key that is merely missing, as after a restore without keys, is not."""
    known = _known(kid)
    return kid in known and known[kid] is None


def box_at(data: BaseModel, path: str) -> Box | None:
    """The box at a path of an event's data; None where an optional field is absent."""
    value: Any = data
    for step in path.split("/"):
        value = value[int(step)] if isinstance(value, list | tuple) else getattr(value, step)
        if value is None:
            return None
    if not isinstance(value, Box):
        raise TypeError(f"{path} of {type(data).__name__} is not a sealed field.")
    return value


@contextmanager
def prefetched_keys(events: Iterable[Recorded[Any]]) -> Iterator[None]:
    """Loads the keys of many events with one query, for the reveals inside the block only."""
    with prefetched_key_ids({box.kid for event in events for box in boxes_in(event.data)}):
        yield


@contextmanager
def prefetched_key_ids(kids: Set[str]) -> Iterator[None]:
    """Loads the keys of these ids with one query, for the reveals inside the block only.

    What a block around this one has loaded is not asked for again.
    """
    known, found = _prefetched.get() or (frozenset[str](), {})
    wanted = kids - known
    token = _prefetched.set((kids | known, {**found, **(keys_by_id(wanted) if wanted else {})}))
    try:
        yield
    finally:
        _prefetched.reset(token)


def boxes_in(value: Any) -> Iterator[Box]:
    """Every box in an event's data."""
    if isinstance(value, Box):
        yield value
    elif isinstance(value, Listing):
        return  # nothing of a person, and long
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from boxes_in(getattr(value, name))
    elif isinstance(value, list | tuple):
        if value and not isinstance(value[0], BaseModel | list | tuple):
            return
        for item in value:
            yield from boxes_in(item)


def _known(kid: str) -> dict[str, Key | None]:
    """Keys by id, as `keys_by_id` answers, at least about this one."""
    prefetched = _prefetched.get()
    if prefetched is not None and kid in prefetched[0]:
        return prefetched[1]
    return keys_by_id([kid])
