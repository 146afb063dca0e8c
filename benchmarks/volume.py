"""Multiplies what was recorded: documents, or interactions, once more under ids of their own.

A copy has its own events, keys, boxes and blobs, as if it had been recorded. Copied interactions
rest on the documents that the first ones rest on, which so go into very many outputs.
"""

import base64
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from django.conf import settings
from django.db import transaction

from benchmarks.harness import progress
from provenance.eventstore.blobs import get_blob, put_blob
from provenance.eventstore.canonical import OPTIONS, instant
from provenance.eventstore.driver import driver_cursor
from provenance.eventstore.event_types import parse_wire_name
from provenance.sealing.box import Box, Key, seal, unseal
from provenance.sealing.keys import keys_by_id

DOCUMENTS, INTERACTIONS = ("document",), ("retrieval", "prompt", "output")
UUIDS = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
APART = timedelta(hours=3)
RECORDED = """
SELECT e.canonical FROM eventstore_event e JOIN eventstore_position p USING (seq)
WHERE split_part(e.stream, '-', 1) = ANY(%s) ORDER BY p.position
"""
COPY = """
COPY eventstore_event
    (event_id, stream, stream_version, type, correlation_id, causation_id, recorded_at, canonical)
FROM STDIN
"""

Event = dict[str, Any]


def multiply(categories: Sequence[str], *, times: int) -> int:
    """Records `times` copies of all streams of these categories; returns how many events."""
    with driver_cursor() as cursor:
        cursor.execute(RECORDED, [list(categories)])
        world = [bytes(canonical) for (canonical,) in cursor.fetchall()]
    events = [orjson.loads(canonical) for canonical in world]
    own = {id_ for event in events for id_ in _own_ids(event)}
    kids = {kid for canonical in world for kid in re.findall(rb'"kid":"([^"]+)"', canonical)}
    old = keys_by_id(kid.decode() for kid in kids)
    for number in range(1, times + 1):
        with transaction.atomic():
            Copy(number, own, old).record(events)
        if number % max(1, times // 10) == 0:
            progress(f"{categories[0]}s copied {number} times of {times}")
    return times * len(events)


def _own_ids(event: Event) -> Iterator[str]:
    """What a copy has anew; references to other things stay."""
    yield event["id"]
    yield event["stream"].partition("-")[2]
    if "correlationid" in event:
        yield event["correlationid"]
    if event["stream"].startswith("document-"):
        for name in ("version_id", "processing_id"):
            if name in event["data"]:
                yield event["data"][name]


class Copy:
    """One copy: the same ids become the same new ones, the same keys the same new ones."""

    def __init__(self, number: int, own: set[str], old: dict[str, Key | None]) -> None:
        self._number = number
        self._own = own
        self._old = old
        self._ids: dict[str, str] = {}
        self._keys: dict[str, Key] = {}

    def record(self, events: Sequence[Event]) -> None:
        with driver_cursor() as cursor:
            rows = [self._row(event) for event in events]
            wrapped = [
                (key.kid, aes_key_wrap(settings.KEY_ENCRYPTION_KEY, key.dek))
                for key in self._keys.values()
            ]
            cursor.executemany(
                "INSERT INTO sealing_key (kid, wrapped_dek) VALUES (%s, %s)", wrapped
            )
            with cursor.copy(COPY) as copy:
                for row in rows:
                    copy.write_row(row)

    def _row(self, event: Event) -> tuple[Any, ...]:
        recorded = datetime.fromisoformat(event["recordedtime"]) + self._number * APART
        new = {name: self._named(value) for name, value in event.items() if name != "data"}
        new["recordedtime"] = new["time"] = instant(recorded)
        new["data"] = self._value(event["data"], "/data", event["id"], new["id"])
        return (
            new["id"],
            new["stream"],
            new["streamversion"],
            parse_wire_name(new["type"])[0],
            new.get("correlationid"),
            new.get("causationid"),
            recorded,
            orjson.dumps(new, option=OPTIONS),
        )

    def _value(self, value: Any, pointer: str, old_id: str, new_id: str) -> Any:
        if isinstance(value, list):
            return [
                self._value(each, f"{pointer}/{n}", old_id, new_id) for n, each in enumerate(value)
            ]
        if not isinstance(value, dict):
            return self._named(value)
        if "$enc" in value:
            return self._box(Box(**value), pointer, old_id, new_id)
        if isinstance(value.get("blob"), str):
            return {**value, "blob": put_blob(self._renamed(get_blob(value["blob"])))}
        return {
            name: self._value(each, f"{pointer}/{name}", old_id, new_id)
            for name, each in value.items()
        }

    def _box(self, box: Box, pointer: str, old_id: str, new_id: str) -> Event:
        key = self._old[box.kid]
        if key is None:
            raise RuntimeError("What was erased cannot be copied.")
        ciphertext = base64.b64decode(box.ct) if box.ct is not None else get_blob(str(box.blob))
        plain = unseal(key, box, ciphertext, event_id=old_id, pointer=pointer)
        sealed = seal(self._key(box.kid), self._renamed(plain), event_id=new_id, pointer=pointer)
        moved = box.model_copy(
            update={
                "kid": self._named(box.kid),
                "iv": base64.b64encode(sealed.iv).decode(),
                "commit": sealed.commit,
                "ct": None if box.ct is None else base64.b64encode(sealed.ciphertext).decode(),
                "blob": None if box.blob is None else put_blob(sealed.ciphertext),
            }
        )
        return moved.model_dump(by_alias=True, exclude_none=True)

    def _key(self, kid: str) -> Key:
        return self._keys.setdefault(kid, Key(self._named(kid), os.urandom(32)))

    def _named(self, value: Any) -> Any:
        return self._renamed(value.encode()).decode() if isinstance(value, str) else value

    def _renamed(self, text: bytes) -> bytes:
        return UUIDS.sub(lambda match: self._new_id(match.group().decode()).encode(), text)

    def _new_id(self, id_: str) -> str:
        if id_ not in self._own:
            return id_
        if id_ not in self._ids:
            digest = hashlib.blake2b(f"{self._number} {id_}".encode(), digest_size=16).digest()
            self._ids[id_] = str(UUID(bytes=digest, version=5))
        return self._ids[id_]
