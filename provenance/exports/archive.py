"""A zip file whose bytes depend on nothing but its files: stored, sorted, with one fixed time.

`verify.py` has the packing itself, since it takes no other.
"""

import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from provenance.exports import verify

# The earliest that the format can say.
EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A file to be packed; its bytes begin at `place` of the spool."""

    path: str
    place: int
    length: int
    crc: int
    sha256: bytes


def overhead(paths: Collection[str]) -> int:
    """How many bytes the zip file has beyond those of its files."""
    around = verify.LOCAL_HEADER.size + verify.DIRECTORY_ENTRY.size
    files = sum(around + 2 * len(path) for path in paths)
    return files + len(verify.end_of_zip(len(paths), 0, 0))


def packed(parts: Sequence[Part], contents: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """The zip file in pieces. Requires the parts in the order of their paths."""
    directory, place = [], 0
    for part, pieces in zip(parts, contents, strict=True):
        header = verify.local_header(part.path, part.crc, part.length)
        directory.append(verify.directory_entry(part.path, part.crc, part.length, place))
        place += len(header) + part.length
        yield header
        yield from pieces
    yield from directory
    yield verify.end_of_zip(len(parts), sum(map(len, directory)), place)


def plain_entry(name: str) -> zipfile.ZipInfo:
    """For an archive that is written to a file with `zipfile`, in the same packing."""
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = verify.PLAIN_FILE
    entry.create_system = UNIX
    return entry
