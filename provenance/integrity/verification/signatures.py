"""Checks every checkpoint: who signed it, that it says what its columns say, and its root."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from provenance.eventstore.driver import driver_cursor
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.checkpoints import verifier_keys
from provenance.integrity.errors import NoteInvalid
from provenance.integrity.notes import Note, VerifierKey
from provenance.integrity.verification.findings import Report

Stored = tuple[int, str, int, bytes, str]


class SignedRoots:
    """The roots that were signed, by size, each to be compared with the recomputed one."""

    def __init__(self, report: Report, size: int) -> None:
        self._report = report
        self._size = size
        self._roots: dict[int, set[bytes]] = defaultdict(set)
        self._sizes: list[int] = []
        self._whole_until = 0
        self._missing = 0

    def read_stored(self) -> None:
        """Every checkpoint of the database, in the order in which they were signed."""
        keys = verifier_keys()
        largest = 0
        for number, row in enumerate(_stored_checkpoints(), 1):
            if row[0] != number + self._missing:
                self._report.add("checkpoints", f"checkpoint {number + self._missing} is missing")
                self._missing = row[0] - number
            checkpoint = self._checked(row, keys)
            if checkpoint is None:
                continue
            if checkpoint.size < largest:
                self._report.add(
                    "checkpoints",
                    f"a checkpoint of {checkpoint.size} events was signed after one of {largest}",
                )
            largest = max(largest, checkpoint.size)
            self._add(checkpoint)
            self._report.checkpoints += 1

    def add_outside(self, note: str, keys: Sequence[VerifierKey]) -> None:
        """A checkpoint that somebody else has kept. Raises NoteInvalid."""
        parsed = Note.parse(note)
        parsed.signed_by(keys)
        self._add(Checkpoint.parse(parsed.text))

    def sizes_between(self, first: int, last: int) -> Sequence[int]:
        """The signed sizes in `[first, last]`, ascending."""
        if len(self._sizes) != len(self._roots):
            self._sizes = sorted(self._roots)
        start, end = bisect_left(self._sizes, first), bisect_right(self._sizes, last)
        return self._sizes[start:end]

    def compare(self, size: int, root: bytes) -> None:
        if self._roots[size] == {root}:
            self._whole_until = size
            return
        self._report.add(
            "checkpoints",
            f"the root of the first {size} events is not the one that was signed",
            self._whole_until,
            size - 1,
        )

    def _add(self, checkpoint: Checkpoint) -> None:
        if checkpoint.size > self._size:
            self._report.add(
                "checkpoints",
                f"{checkpoint.size} events were signed for, and the log ends before",
                self._size,
                checkpoint.size - 1,
            )
            return
        self._roots[checkpoint.size].add(checkpoint.root)

    def _checked(self, row: Stored, keys: Sequence[VerifierKey]) -> Checkpoint | None:
        number, origin, size, root, note = row
        try:
            parsed = Note.parse(note)
            parsed.signed_by(keys)
            checkpoint = Checkpoint.parse(parsed.text)
        except NoteInvalid as error:
            self._report.add("checkpoints", f"checkpoint {number}: {error}")
            return None
        if checkpoint != Checkpoint(origin, size, root):
            self._report.add("checkpoints", f"checkpoint {number} is not what its columns say")
        return checkpoint


def _stored_checkpoints() -> Iterable[Stored]:
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT id, origin, size, root, note FROM integrity_checkpoint ORDER BY id",
            binary=True,
        )
        return cursor.fetchall()
