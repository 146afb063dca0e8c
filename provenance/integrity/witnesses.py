"""The log's side of witnessing: brings a checkpoint to a witness, and keeps what it answers."""

from dataclasses import dataclass
from http import HTTPStatus

import httpx
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from provenance.integrity import tree
from provenance.integrity.cosignature import COSIGNATURE, cosigned_line
from provenance.integrity.errors import NoteInvalid, NotReached
from provenance.integrity.models import SealedCheckpoint
from provenance.integrity.notes import VerifierKey
from provenance.integrity.witness.requests import AddCheckpoint

SECONDS = 5.0
MAX_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Witness:
    """Where somebody else's witness answers, and the key by which it is known."""

    address: str
    key: VerifierKey

    def cosign(self, checkpoint: SealedCheckpoint, *, known: int) -> None:
        """Stores its cosignature; `known` is the size that it saw last, as far as is known here.

        Raises NotReached.
        """
        answer = self._ask(checkpoint, known)
        if answer.status_code == HTTPStatus.CONFLICT:
            answer = self._ask(checkpoint, self._size_it_saw(answer, checkpoint))
        if answer.status_code != HTTPStatus.OK:
            raise NotReached(f"answered {answer.status_code}: {answer.text[:200].strip()}")
        try:
            line = cosigned_line(checkpoint.note + answer.text[:MAX_ANSWER], self.key)
        except NoteInvalid as error:
            raise NotReached(f"its answer cannot be read: {error}") from error
        if line is None:
            raise NotReached("its answer holds no valid cosignature of its key")
        _store(checkpoint, self.key.name, line)

    def _ask(self, checkpoint: SealedCheckpoint, old: int) -> httpx.Response:
        proof = tree.consistency_proof(old, checkpoint.size) if old else []
        request = AddCheckpoint(old, proof, checkpoint.note)
        try:
            return httpx.post(
                f"{self.address.rstrip('/')}/add-checkpoint",
                content=str(request).encode(),
                timeout=SECONDS,
            )
        except httpx.HTTPError as error:
            raise NotReached(f"{type(error).__name__}: no answer") from error

    def _size_it_saw(self, answer: httpx.Response, checkpoint: SealedCheckpoint) -> int:
        said = answer.text.strip()
        if not (said.isascii() and said.isdecimal() and len(said) < len(str(2**63))):
            raise NotReached("it named no size that it saw last")
        if int(said) > checkpoint.size:
            raise NotReached(
                f"it saw {said} events of this log, which has {checkpoint.size}: the log was set"
                " back to an older state"
            )
        return int(said)


def witnesses() -> list[Witness]:
    """Raises NoteInvalid for a key of the settings that is none."""
    found = []
    for address, key in settings.WITNESSES:
        parsed = VerifierKey.parse(key)
        if parsed.kind != COSIGNATURE:
            raise NoteInvalid(f"{key} is no witness's key: its kind is {parsed.kind}.")
        found.append(Witness(address, parsed))
    return found


def refuse_malformed() -> None:
    """Raises ImproperlyConfigured unless the settings name each witness by address and key."""
    try:
        witnesses()
    except (NoteInvalid, ValueError) as error:
        raise ImproperlyConfigured(
            f"RAGLEDGER_WITNESSES lists 'address verifier-key' for each witness: {error}"
        ) from error


def cosigners(checkpoint: SealedCheckpoint) -> list[str]:
    return sorted(each.witness for each in checkpoint.cosignatures.all())


def _store(checkpoint: SealedCheckpoint, witness: str, line: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrity_cosignature (checkpoint_id, witness, line)"
            " VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [checkpoint.id, witness, line],
        )
