"""The files of a bundle while it is made: on disk, so that memory holds only where each one is.

The disk's files have no names: they are gone with the process, whatever ends it. They are never
longer than twice what a bundle may be.
"""

import hashlib
import tempfile
from binascii import crc32
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from provenance.exports.archive import Part, overhead, packed
from provenance.exports.errors import EvidenceTooLarge
from provenance.exports.verify import MAX_BYTES, MAX_FILES

PIECE_BYTES = 1 << 20


class Spool(Mapping[str, bytes]):
    """The files so far, by path. What `verify.py` would refuse for its size is refused here."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed by `close`
        self._parts: dict[str, Part] = {}
        self._growing: list[Growing] = []
        self._end, self._grown = 0, 0
        self.packed_bytes = overhead([])

    def add(self, path: str, data: bytes) -> Part:
        """Requires a path that is not there. Raises EvidenceTooLarge."""
        return self.add_pieces(path, [data])

    def add_pieces(self, path: str, pieces: Iterable[bytes]) -> Part:
        """As `add`; the pieces may be made of files that lie here already."""
        begin, crc, digest = self._end, 0, hashlib.sha256()
        for piece in pieces:
            self.packed_bytes += len(piece)
            self._require_bounded()
            self._file.seek(self._end)
            self._end += self._file.write(piece)
            crc = crc32(piece, crc)
            digest.update(piece)
        part = Part(path, begin, self._end - begin, crc, digest.digest())
        self._parts[path] = part
        self.packed_bytes += overhead([path]) - overhead([])
        self._require_bounded()
        return part

    def growing(self) -> "Growing":
        """A file beside this one, which is closed with it."""
        self._growing.append(Growing(self))
        return self._growing[-1]

    def grow(self, size: int) -> None:
        """Raises EvidenceTooLarge."""
        self._grown += size
        self._require_bounded()

    def parts(self) -> list[Part]:
        """In the order of their paths."""
        return [self._parts[path] for path in sorted(self._parts)]

    def packed(self) -> Iterator[bytes]:
        """The zip file of all files, in pieces."""
        parts = self.parts()
        return packed(parts, (self._read(part) for part in parts))

    def close(self) -> None:
        for close in (*(each.close for each in self._growing), self._file.close):
            with suppress(OSError):  # a full disk has been said already
                close()

    def __getitem__(self, path: str) -> bytes:
        return b"".join(self._read(self._parts[path]))

    def __contains__(self, path: object) -> bool:
        return path in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def _require_bounded(self) -> None:
        if max(self.packed_bytes, self._grown) > MAX_BYTES or len(self._parts) > MAX_FILES:
            raise EvidenceTooLarge(MAX_BYTES, MAX_FILES)

    def _read(self, part: Part) -> Iterator[bytes]:
        at, end = part.place, part.place + part.length
        while at < end:
            self._file.seek(at)
            piece = self._file.read(min(PIECE_BYTES, end - at))
            at += len(piece)
            yield piece


class Growing:
    """A file that grows while others do, until it becomes part of the bundle."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  closed by `close`
        self.length = 0

    def write(self, data: bytes) -> None:
        """Raises EvidenceTooLarge."""
        self._spool.grow(len(data))
        self.length += self._file.write(data)

    def pieces(self) -> Iterator[bytes]:
        """Everything that was written, once."""
        self._file.seek(0)
        while piece := self._file.read(PIECE_BYTES):
            yield piece
        self.close()

    def close(self) -> None:
        self._file.close()
