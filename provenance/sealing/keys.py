"""Gets, makes and unwraps data keys; a destroyed key stays a row without its key."""

import os
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings
from django.db import connection

from provenance.sealing.box import Key

KeyKind = Literal["document", "interaction", "subject"]


class KeyDestroyed(Exception):
    """The key was destroyed on purpose; what it sealed can never be read again."""


def key_id(kind: KeyKind, owner: UUID | str) -> str:
    return f"{kind}:{owner}"


def key_for(kind: KeyKind, owner: UUID | str) -> Key:
    """The owner's key, made on first use, in the caller's transaction. Raises KeyDestroyed."""
    kid = key_id(kind, owner)
    dek = os.urandom(32)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sealing_key (kid, wrapped_dek) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [kid, aes_key_wrap(settings.KEY_ENCRYPTION_KEY, dek)],
        )
        if cursor.rowcount:
            return Key(kid, dek)
    key = keys_by_id([kid])[kid]
    if key is None:
        raise KeyDestroyed(f"The key of {kind} {owner} was destroyed; nothing can be added.")
    return key


def keys_by_id(kids: Iterable[str]) -> dict[str, Key | None]:
    """Every known key among `kids`; None stands for one that was destroyed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kid, wrapped_dek FROM sealing_key WHERE kid = ANY(%s)", [sorted(set(kids))]
        )
        rows = cursor.fetchall()
    return {kid: None if wrapped is None else Key(kid, unwrap(wrapped)) for kid, wrapped in rows}


def unwrap(wrapped: bytes | memoryview) -> bytes:
    return aes_key_unwrap(settings.KEY_ENCRYPTION_KEY, bytes(wrapped))
