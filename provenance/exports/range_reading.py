"""Reads an archive of a range, holding it to what the log recorded and to the log's own leaves.

It needs as much memory as the names of the blobs, however long the range is.
"""

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.db import connection

from provenance.eventstore import canonical
from provenance.exports import verify
from provenance.exports.errors import ArchiveRefused
from provenance.exports.events import RangeExported
from provenance.integrity.merkle import leaf_hash

EVENTS_AT_ONCE = 1000
PIECE = 1 << 20
BLOBS = "blobs/"


@dataclass(frozen=True)
class Archive:
    """A file whose range and events are those of a RangeExported in the log."""

    path: Path
    sha256: str
    exported: RangeExported

    def events(self) -> Iterator[dict[int, bytes]]:
        """Batches by position, each compared with its leaf hash. Raises ArchiveRefused."""
        numbered = enumerate(self._lines(), self.exported.first)
        while batch := dict(islice(numbered, EVENTS_AT_ONCE)):
            leaves = _leaves(batch)
            for position, stored in batch.items():
                if leaves.get(position) != leaf_hash(stored):
                    raise ArchiveRefused(f"{self.path}: position {position} is not the log's.")
            yield batch

    def blobs(self) -> Iterator[tuple[str, bytes]]:
        """Each under its SHA-256. Raises ArchiveRefused."""
        with zipfile.ZipFile(self.path) as archive:
            for name in archive.namelist():
                if not name.startswith(BLOBS):
                    continue
                data, digest = archive.read(name), name.removeprefix(BLOBS)
                if hashlib.sha256(data).hexdigest() != digest:
                    raise ArchiveRefused(f"{self.path}: {name} was changed.")
                yield digest, data

    def check(self) -> None:
        """Reads all of it once. Raises ArchiveRefused."""
        count = sum(len(batch) for batch in self.events())
        if count != self.exported.end - self.exported.first:
            raise ArchiveRefused(f"{self.path} holds {count:,} events, not all of its range.")
        parts = sum(1 for _ in self.blobs())
        if parts != self.exported.blobs:
            raise ArchiveRefused(f"{self.path} holds {parts:,} long parts, not all that it had.")

    def _lines(self) -> Iterator[bytes]:
        longest = canonical.MAX_EVENT_BYTES + 1
        with zipfile.ZipFile(self.path) as archive, archive.open(verify.EVENTS) as file:
            while line := file.readline(longest):
                yield line.removesuffix(b"\n")


def open_archive(path: Path) -> Archive:
    """Raises ArchiveRefused, OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            described = hashlib.sha256(archive.read(verify.RANGE)).hexdigest()
            with archive.open(verify.EVENTS) as file:
                events = _sha256(file)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ArchiveRefused(f"{path} is not an archive of export_range.") from error
    exported = _exported(described, events)
    if exported is None:
        raise ArchiveRefused(f"The log records no export of a range with the contents of {path}.")
    with path.open("rb") as whole:
        return Archive(path, _sha256(whole), exported)


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _exported(range_sha256: str, events_sha256: str) -> RangeExported | None:
    """The log's own record of the archive; it goes through the log, for types have no index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT canonical FROM eventstore_event WHERE type = 'RangeExported'"
            " AND position(convert_to(%s, 'UTF8') IN canonical) > 0",
            [range_sha256],
        )
        found = [canonical.decode(row[0], position=None).data for row in cursor.fetchall()]
    same = (
        data
        for data in found
        if (data.range_sha256, data.events_sha256) == (range_sha256, events_sha256)
    )
    return next(same, None)


def _leaves(batch: dict[int, bytes]) -> dict[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, leaf_hash FROM eventstore_position"
            " WHERE position >= %s AND position <= %s",
            [min(batch), max(batch)],
        )
        return {position: bytes(leaf) for position, leaf in cursor.fetchall()}
