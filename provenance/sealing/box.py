"""A box: AES-256-GCM ciphertext of one field, bound to its place, beside a salted commitment."""

import base64
import hashlib
import os
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, Field

SALT_BYTES = 32
IV_BYTES = 12


class BoxDamaged(Exception):
    """The box does not open under its key at this place: it was changed or moved."""


class Box(BaseModel):
    """One sealed field. `ct` holds the ciphertext as base64; a long one is the blob named `blob`.

    The plaintext of the cipher is `salt || plain`, and `commit` is `sha256(salt || plain)`: with
    the salt and the text disclosed, anyone can tie them to the event without AES.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    alg: Literal["A256GCM"] = Field(default="A256GCM", alias="$enc")
    kid: str
    iv: str
    commit: str
    ct: str | None = None
    blob: str | None = None


@dataclass(frozen=True)
class Key:
    """A data key in memory: `dek` is 32 bytes and never leaves the process."""

    kid: str
    dek: bytes


@dataclass(frozen=True)
class Sealed:
    """What sealing made: the ciphertext still beside its parts, to be put inline or in a blob."""

    iv: bytes
    ciphertext: bytes
    commit: str


@dataclass(frozen=True)
class Disclosed:
    """What a box holds: whoever has both can check `sha256(salt || plain)` against the event."""

    salt: bytes
    plain: bytes


def place(kid: str, event_id: str, pointer: str) -> bytes:
    """The associated data that binds a box to key, event and JSON pointer; moving it breaks it."""
    return f"ragledger/v1|{kid}|{event_id}|{pointer}".encode()


def seal(key: Key, plain: bytes, *, event_id: str, pointer: str) -> Sealed:
    salted = os.urandom(SALT_BYTES) + plain
    iv = os.urandom(IV_BYTES)
    ciphertext = AESGCM(key.dek).encrypt(iv, salted, place(key.kid, event_id, pointer))
    return Sealed(iv, ciphertext, hashlib.sha256(salted).hexdigest())


def unseal(key: Key, box: Box, ciphertext: bytes, *, event_id: str, pointer: str) -> bytes:
    """The plain bytes. Raises BoxDamaged when the box was changed, moved, or its key is another."""
    return disclose(key, box, ciphertext, event_id=event_id, pointer=pointer).plain


def disclose(key: Key, box: Box, ciphertext: bytes, *, event_id: str, pointer: str) -> Disclosed:
    """The plain bytes with the salt that ties them to the commitment. Raises BoxDamaged."""
    aad = place(box.kid, event_id, pointer)
    try:
        salted = AESGCM(key.dek).decrypt(base64.b64decode(box.iv), ciphertext, aad)
    except InvalidTag as error:
        raise BoxDamaged(f"The box at {pointer} of event {event_id} does not open.") from error
    if hashlib.sha256(salted).hexdigest() != box.commit:
        raise BoxDamaged(f"The box at {pointer} of event {event_id} breaks its commitment.")
    return Disclosed(salted[:SALT_BYTES], salted[SALT_BYTES:])
