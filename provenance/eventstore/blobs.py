"""Blobs: long bytes, append-only and content-addressed, stored before the event that names them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from provenance.eventstore.driver import driver_cursor
from provenance.eventstore.errors import BlobMissing

_prefetched: ContextVar[Mapping[str, bytes] | None] = ContextVar("prefetched_blobs", default=None)


def put_blob(data: bytes) -> str:
    """Stores the bytes once and returns their SHA-256 as hex."""
    digest = hashlib.sha256(data)
    with driver_cursor() as cursor:
        cursor.execute(
            "INSERT INTO eventstore_blob (digest, data) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [digest.digest(), data],
        )
    return digest.hexdigest()


def get_blob(digest: str) -> bytes:
    """The bytes of one blob. Raises BlobMissing."""
    return get_blobs([digest])[digest]


def get_blobs(digests: Iterable[str]) -> dict[str, bytes]:
    """The bytes of every given blob. Raises BlobMissing for the first that is not stored."""
    ahead = _prefetched.get() or {}
    asked = set(digests)
    wanted = asked - ahead.keys()
    known = {digest: ahead[digest] for digest in asked - wanted}
    return {**known, **(_read(wanted) if wanted else {})}


def stored_blobs(digests: Iterable[str]) -> dict[str, bytes]:
    """The bytes of those blobs that are stored."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT digest, data FROM eventstore_blob WHERE digest = ANY(%s)",
            [[bytes.fromhex(digest) for digest in sorted(set(digests))]],
            binary=True,
        )
        return {digest.hex(): data for digest, data in cursor.fetchall()}


def blob_lengths(digests: Iterable[str]) -> dict[str, int]:
    """How long each of the given blobs is, as far as they are stored; reads none of them."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT encode(digest, 'hex'), octet_length(data) FROM eventstore_blob"
            " WHERE digest = ANY(%s)",
            [[bytes.fromhex(digest) for digest in sorted(set(digests))]],
        )
        return dict(cursor.fetchall())


@contextmanager
def prefetched_blobs(digests: Iterable[str]) -> Iterator[None]:
    """Loads many blobs with one query, for the reads inside the block only. Raises BlobMissing."""
    token = _prefetched.set(get_blobs(digests))
    try:
        yield
    finally:
        _prefetched.reset(token)


def erase_blobs(*, kids: Iterable[str], streams: Iterable[str]) -> None:
    """Removes what boxes under destroyed keys kept as blobs.

    The boxes are looked for in the streams. The database refuses while one of the keys lives.
    """
    with driver_cursor() as cursor:
        cursor.execute("SELECT eventstore_erase_blobs_v1(%s, %s)", [list(kids), list(streams)])


def count_erased(kids: Iterable[str]) -> int:
    """How many blobs were ever erased with these keys, in however many attempts."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM eventstore_erased_blob WHERE kid = ANY(%s)", [list(kids)]
        )
        (erased,) = cursor.fetchone() or (0,)
        return int(erased)


def _read(wanted: set[str]) -> dict[str, bytes]:
    found = stored_blobs(wanted)
    for digest in sorted(wanted - found.keys()):
        raise BlobMissing(digest)
    return found
