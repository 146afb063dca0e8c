"""Checks that the blobs that events name are stored, with the bytes of their names.

A missing one is right where its key was destroyed and the log says so.
"""

import re
from collections.abc import Callable, Sequence

from provenance.eventstore.driver import driver_cursor
from provenance.integrity.verification.findings import Report

# In canonical bytes the members of a box, or of a listing, follow in this order.
NAMED = re.compile(
    rb'"blob":"([0-9a-f]{64})"(?:,"commit":"[0-9a-f]{64}","iv":"[^"]*","kid":"([^"]+)")?'
)


class BlobCheck:
    """Notes what each event names, and then looks for all of it at once."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._noted: dict[bytes, tuple[int, bytes]] = {}
        self._destroyed: bytes | None = None

    def note(self, position: int, canonical: bytes) -> None:
        self.note_all(canonical, lambda _: position)

    def note_all(self, canonical: bytes, position_of: Callable[[int], int]) -> None:
        """Of one event, or of many in one piece, whose positions the offsets of the names tell."""
        if b'"blob":"' in canonical:
            for found in NAMED.finditer(canonical):
                self._noted[found[1]] = position_of(found.start()), found[2] or b""

    def check_noted(self) -> None:
        named, self._noted = self._noted, {}
        if not named:
            return
        for digest, changed in _damaged([bytes.fromhex(name.decode()) for name in named]):
            position, kid = named[digest.hex().encode()]
            if changed:
                self._report.add("blobs", f"the blob {digest.hex()} was changed", position)
            elif not (kid and kid in self._destroyed_keys()):
                self._report.add("blobs", f"the blob {digest.hex()} is missing", position)

    def _destroyed_keys(self) -> bytes:
        """The events that record the destruction of keys, in one piece: few of them are long."""
        if self._destroyed is None:
            with driver_cursor() as cursor:
                cursor.execute(
                    "SELECT canonical FROM eventstore_event WHERE type = 'SubjectKeyDestroyed'",
                    binary=True,
                )
                self._destroyed = b"\n".join(row[0] for row in cursor.fetchall())
        return self._destroyed


def _damaged(digests: Sequence[bytes]) -> list[tuple[bytes, bool]]:
    """Each digest whose blob is missing (False) or has other bytes (True)."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT w.digest, b.digest IS NOT NULL FROM unnest(%s::bytea[]) AS w (digest)"
            " LEFT JOIN eventstore_blob AS b USING (digest)"
            " WHERE b.digest IS NULL OR sha256(b.data) <> b.digest",
            [list(digests)],
            binary=True,
        )
        return cursor.fetchall()
