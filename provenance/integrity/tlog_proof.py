"""A proof of one event as a file (c2sp.org/tlog-proof): index, path, and a signed checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.integrity import base64_text
from provenance.integrity.errors import NoteInvalid

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63


@dataclass(frozen=True)
class TlogProof:
    """`path` leads from the leaf at `index` to the root in the note."""

    index: int
    path: Sequence[bytes]
    note: str

    def __str__(self) -> str:
        hashes = [base64_text.encode(each) for each in self.path]
        return "\n".join([FIRST_LINE, f"index {self.index}", *hashes, "", self.note])

    @classmethod
    def parse(cls, text: str) -> "TlogProof":
        """Raises NoteInvalid."""
        head, gap, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        if first != FIRST_LINE or not gap or not lines:
            raise NoteInvalid(f"A proof begins with {FIRST_LINE} and holds a checkpoint.")
        if lines[0].startswith("extra "):
            lines = lines[1:]
        index = lines[0].removeprefix("index ") if lines else ""
        if not (index.isascii() and index.isdecimal()) or len(lines) > MAX_HASHES + 1:
            raise NoteInvalid("A proof names its index and at most 63 hashes.")
        return cls(int(index), [base64_text.decode(line) for line in lines[1:]], note)
