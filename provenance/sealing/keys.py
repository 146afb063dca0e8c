"""Gets, makes and unwraps data keys; a destroyed key stays a row without its key."""

import os
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.conf import settings
from django.db import connection

from provenance.sealing.box import Key

KeyKind = Literal["document", "interaction", "subject", "review"]


class KeyDestroyed(Exception):
    """The key was destroyed on purpose; what it sealed can never be read again."""


def key_id(kind: KeyKind, owner: UUID | str) -> str:
    return f"{kind}:{owner}"


def key_for(kind: KeyKind, owner: UUID | str) -> Key:
    """The owner's key, made on first use, in the caller's transaction. Raises KeyDestroyed.

    Until that transaction ends the key cannot be destroyed: nothing is sealed under a dead key.
    """
    kid = key_id(kind, owner)
    dek = os.urandom(32)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sealing_key (kid, wrapped_dek) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [kid, aes_key_wrap(settings.KEY_ENCRYPTION_KEY, dek)],
        )
        if cursor.rowcount:
            return Key(kid, dek)
        cursor.execute("SELECT wrapped_dek FROM sealing_key WHERE kid = %s FOR SHARE", [kid])
        (wrapped,) = cursor.fetchone()
    if wrapped is None:
        raise KeyDestroyed(f"The {kind} {owner} was erased; nothing can be added to it.")
    return Key(kid, unwrap(wrapped))


def keys_by_id(kids: Iterable[str]) -> dict[str, Key | None]:
    """Every known key among `kids`; None stands for one that was destroyed.

    One that is missing, as after a restore without the data keys, is not among them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kid, wrapped_dek FROM sealing_key WHERE kid = ANY(%s)"
            " AND (wrapped_dek IS NOT NULL OR destroyed_at IS NOT NULL)",
            [sorted(set(kids))],
        )
        rows = cursor.fetchall()
    return {kid: None if wrapped is None else Key(kid, unwrap(wrapped)) for kid, wrapped in rows}


def living(kids: Iterable[str]) -> set[str]:
    """Those of the keys that were made and not destroyed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kid FROM sealing_key WHERE kid = ANY(%s) AND wrapped_dek IS NOT NULL",
            [sorted(set(kids))],
        )
        return {kid for (kid,) in cursor.fetchall()}


def lock_keys(kids: Iterable[str]) -> list[str]:
    """Those of the keys that still live, locked until the transaction ends, in a fixed order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kid FROM sealing_key WHERE kid = ANY(%s) AND wrapped_dek IS NOT NULL"
            " ORDER BY kid FOR UPDATE",
            [sorted(set(kids))],
        )
        return [kid for (kid,) in cursor.fetchall()]


def destroy_keys(recorded_in: Iterable[UUID]) -> None:
    """Forgets for good the keys that these SubjectKeyDestroyed events of the log name.

    The database refuses unless an approved erasure accounts for each, and lets none come back.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT eventstore_destroy_keys_v1(%s)", [list(recorded_in)])


def unwrap(wrapped: bytes | memoryview) -> bytes:
    """The data key. While the key-encryption key is rotated, some are still under the old one."""
    try:
        return aes_key_unwrap(settings.KEY_ENCRYPTION_KEY, bytes(wrapped))
    except InvalidUnwrap:
        if settings.OLD_KEY_ENCRYPTION_KEY is None:
            raise
    return aes_key_unwrap(settings.OLD_KEY_ENCRYPTION_KEY, bytes(wrapped))
