"""A zip file whose bytes depend on nothing but its files: stored, sorted, with one fixed time."""

import io
import zipfile
from collections.abc import Mapping

# The earliest that the format can say.
EPOCH = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
UNIX = 3


def packed(files: Mapping[str, bytes]) -> bytes:
    """Nothing is compressed: so the bytes depend on no library, and no bundle can be a bomb."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(plain_entry(name), files[name])
    return buffer.getvalue()


def plain_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = PLAIN_FILE
    entry.create_system = UNIX
    return entry
