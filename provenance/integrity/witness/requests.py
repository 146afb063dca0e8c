"""What a log asks of a witness (c2sp.org/tlog-witness), and when the witness must refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from provenance.integrity import base64_text
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.errors import NoteInvalid
from provenance.integrity.notes import Note, VerifierKey
from provenance.integrity.proofs import verify_consistency

MAX_HASHES = 63


class Refused(Exception):
    """The witness does not cosign; `known` is the size it has, where the log must go on from it."""

    def __init__(self, status: HTTPStatus, reason: str, *, known: int | None = None) -> None:
        super().__init__(reason)
        self.status, self.known = status, known


@dataclass(frozen=True)
class AddCheckpoint:
    """A checkpoint, and the proof that it continues the log's first `old` events."""

    old: int
    proof: Sequence[bytes]
    note: str

    def __str__(self) -> str:
        hashes = [base64_text.encode(each) for each in self.proof]
        return "\n".join([f"old {self.old}", *hashes, "", self.note])

    @classmethod
    def parse(cls, text: str) -> "AddCheckpoint":
        """Raises NoteInvalid."""
        head, gap, note = text.partition("\n\n")
        first, *hashes = head.split("\n")
        old = first.removeprefix("old ")
        if not gap or first == old or not (old.isascii() and old.isdecimal()):
            raise NoteInvalid("A request begins with the old size, and holds a checkpoint.")
        if len(hashes) > MAX_HASHES or str(int(old)) != old:
            raise NoteInvalid("A request has at most 63 hashes, and its size no leading zeros.")
        return cls(int(old), [base64_text.decode(each) for each in hashes], note)


def judge(
    request: AddCheckpoint, keys: Sequence[VerifierKey], seen: Mapping[str, Checkpoint]
) -> Checkpoint:
    """The checkpoint to be cosigned; `seen` are the last ones by origin.

    Raises Refused, NoteInvalid.
    """
    note = Note.parse(request.note)
    checkpoint = Checkpoint.parse(note.text)
    own = [key for key in keys if key.name == checkpoint.origin]
    if not own:
        raise Refused(HTTPStatus.NOT_FOUND, f"{checkpoint.origin} is not witnessed here.")
    try:
        note.signed_by(own)
    except NoteInvalid as error:
        raise Refused(HTTPStatus.FORBIDDEN, str(error)) from error
    if request.old > checkpoint.size:
        raise Refused(HTTPStatus.BAD_REQUEST, "The old size is larger than the new one.")
    last = seen.get(checkpoint.origin, Checkpoint(checkpoint.origin, 0, b""))
    _require_growth(request, checkpoint, last)
    return checkpoint


def _require_growth(request: AddCheckpoint, checkpoint: Checkpoint, last: Checkpoint) -> None:
    if request.old != last.size:
        raise Refused(HTTPStatus.CONFLICT, "Another size was seen last.", known=last.size)
    if checkpoint.size == last.size and last.size and checkpoint.root != last.root:
        raise Refused(HTTPStatus.CONFLICT, "Another root was seen at this size.", known=last.size)
    if last.size == 0 and not request.proof:
        return
    consistent = verify_consistency(
        first=last.size,
        second=checkpoint.size,
        first_root=last.root,
        second_root=checkpoint.root,
        proof=request.proof,
    )
    if not consistent:
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY, "The new checkpoint does not continue the last one."
        )
