"""Writes a range of the log into an archive that proves to be all of it; nothing is unsealed.

It needs as much memory as the names of its blobs, however long the range is.
"""

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from provenance.eventstore.blobs import stored_blobs
from provenance.eventstore.feed import read_feed
from provenance.exports import verify
from provenance.exports.archive import plain_entry
from provenance.integrity import base64_text, checkpoints, tree
from provenance.integrity.models import SealedCheckpoint
from provenance.integrity.proofs import surrounding_ranges

EVENTS_AT_ONCE, BLOBS_AT_ONCE = 1000, 8
FOLDER = Path(__file__).parent


@dataclass
class Written:
    """What went into an archive, for the log's own record."""

    range_sha256: str
    events_sha256: str
    blobs: int


@dataclass
class RangeWriter:
    """Of the positions `[first, end)`, all of them under the checkpoint. Requires `first < end`."""

    first: int
    end: int
    checkpoint: SealedCheckpoint
    named: dict[str, None] = field(default_factory=dict)

    def write(self, target: Path) -> Written:
        """Raises OSError, NodeMissing."""
        description = self._description()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            events = self._write_events(archive)
            for name, data in {**self._small_files(), verify.RANGE: description}.items():
                archive.writestr(plain_entry(name), data)
            blobs = self._write_blobs(archive)
        return Written(hashlib.sha256(description).hexdigest(), events, blobs)

    def _description(self) -> bytes:
        size, encode = self.checkpoint.size, base64_text.encode
        around = tree.range_hashes(surrounding_ranges(self.first, self.end, size))
        log = {
            "origin": self.checkpoint.origin,
            "size": size,
            "root": encode(bytes(self.checkpoint.root)),
        }
        return verify.canonical_json(
            {
                "format": verify.RANGE_FORMAT,
                "first": self.first,
                "end": self.end,
                "log": log,
                "around": [encode(each) for each in around],
            }
        )

    def _small_files(self) -> dict[str, bytes]:
        keys = checkpoints.keys_of(self.checkpoint.origin)
        return {
            "README.txt": (FOLDER / "range_readme.txt").read_bytes(),
            "checkpoint": checkpoints.with_cosignatures(self.checkpoint).encode(),
            "log.vkey": "".join(f"{key}\n" for key in keys).encode(),
            "policy.txt": verify.policy_of(keys).encode(),
            "verify.py": Path(verify.__file__).read_bytes(),
        }

    def _write_events(self, archive: zipfile.ZipFile) -> str:
        digest = hashlib.sha256()
        with archive.open(plain_entry(verify.EVENTS), "w") as file:
            for position, canonical in self._events():
                line = canonical + b"\n"
                digest.update(line)
                file.write(line)
                event = verify.Event.parse(position, canonical)
                self.named |= dict.fromkeys(sorted(verify.blobs_named_in(event, ())))
        return digest.hexdigest()

    def _events(self) -> Iterator[tuple[int, bytes]]:
        after = self.first - 1
        while after < self.end - 1:
            limit = min(EVENTS_AT_ONCE, self.end - 1 - after)
            for placed in read_feed(after=after, limit=limit):
                yield placed.position, placed.canonical
            after += limit

    def _write_blobs(self, archive: zipfile.ZipFile) -> int:
        """Those that are stored: what was erased is gone, and the verifier says so."""
        names, written = sorted(self.named), 0
        for start in range(0, len(names), BLOBS_AT_ONCE):
            for name, data in stored_blobs(names[start : start + BLOBS_AT_ONCE]).items():
                archive.writestr(plain_entry(f"blobs/{name}"), data)
                written += 1
        return written
