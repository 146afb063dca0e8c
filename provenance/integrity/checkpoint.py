"""A checkpoint (c2sp.org/tlog-checkpoint): size and root of a log, the body of a signed note."""

from dataclasses import dataclass

from provenance.integrity import base64_text
from provenance.integrity.errors import NoteInvalid
from provenance.integrity.merkle import HASH_BYTES

BODY_LINES = 3


@dataclass(frozen=True)
class Checkpoint:
    """What the log commits itself to: its first `size` events have the Merkle root `root`."""

    origin: str
    size: int
    root: bytes

    @property
    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64_text.encode(self.root)}\n"

    @classmethod
    def parse(cls, body: str) -> "Checkpoint":
        """Raises NoteInvalid. Lines after the third are extensions, which this log never writes."""
        lines = body.split("\n")
        if len(lines) <= BODY_LINES:
            raise NoteInvalid("A checkpoint has an origin, a size and a root.")
        origin, size, encoded = lines[:BODY_LINES]
        root = base64_text.decode(encoded)
        if not origin or not _is_decimal(size) or len(root) != HASH_BYTES:
            raise NoteInvalid("A checkpoint has an origin, a decimal size and a SHA-256 root.")
        return cls(origin, int(size), root)


def _is_decimal(text: str) -> bool:
    return text.isascii() and text.isdecimal() and (text == "0" or text[0] != "0")
