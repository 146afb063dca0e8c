"""Rotates the key-encryption key: wraps every data key anew, a batch in each transaction.

As the owner of the tables: the web role can change no key. Whoever reads knows both keys meanwhile,
so nothing stops; a run that is broken off is started again, and finds by trying which keys still
wait.
"""

from collections.abc import Callable

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.conf import settings
from django.db import connections, transaction

from provenance.sealing.keys import unwrap

BATCH = 1000
OWNER = "owner"

Report = Callable[[int, int], None]


def rewrap_all(*, report: Report | None = None) -> int:
    """Wraps every living key under the current key-encryption key; returns how many it had to.

    `report(looked at, wrapped anew)` is told after every batch. Raises InvalidUnwrap at a key
    that neither the current nor the old key-encryption key unwraps.
    """
    after, seen, rewrapped = "", 0, 0
    while kids := _next_kids(after):
        rewrapped += _rewrap(kids)
        seen, after = seen + len(kids), kids[-1]
        if report is not None:
            report(seen, rewrapped)
    return rewrapped


def _next_kids(after: str) -> list[str]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT kid FROM sealing_key WHERE kid > %s AND wrapped_dek IS NOT NULL"
            " ORDER BY kid LIMIT %s",
            [after, BATCH],
        )
        return [kid for (kid,) in cursor.fetchall()]


@transaction.atomic(using=OWNER)
def _rewrap(kids: list[str]) -> int:
    with connections[OWNER].cursor() as cursor:
        # Locked: a key that is destroyed meanwhile must not come back.
        cursor.execute(
            "SELECT kid, wrapped_dek FROM sealing_key"
            " WHERE kid = ANY(%s) AND wrapped_dek IS NOT NULL ORDER BY kid FOR UPDATE",
            [kids],
        )
        waiting = [(kid, bytes(wrapped)) for kid, wrapped in cursor.fetchall()]
        anew = {kid: _wrapped_anew(old) for kid, old in waiting if not _is_current(old)}
        cursor.execute(
            "UPDATE sealing_key AS k SET wrapped_dek = n.wrapped"
            " FROM unnest(%s::text[], %s::bytea[]) AS n (kid, wrapped) WHERE k.kid = n.kid",
            [list(anew), list(anew.values())],
        )
    return len(anew)


def _is_current(wrapped: bytes) -> bool:
    try:
        aes_key_unwrap(settings.KEY_ENCRYPTION_KEY, wrapped)
    except InvalidUnwrap:
        return False
    return True


def _wrapped_anew(wrapped: bytes) -> bytes:
    return aes_key_wrap(settings.KEY_ENCRYPTION_KEY, unwrap(wrapped))
