"""Replaces the key that signs the log: the old one endorses the new one, and the log records it."""

from django.db import connection, transaction

from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.integrity.errors import NotSealedYet, WrongSigningKey
from provenance.integrity.events import SigningKeyRotated
from provenance.integrity.models import LogKey
from provenance.integrity.notes import Note, SignerKey, VerifierKey

STREAM = "log-keys"
FORMAT = "ragledger-key-rotation/1"


@store.decides_again
@transaction.atomic
def rotate(*, old_seed: bytes, new_seed: bytes) -> VerifierKey:
    """From now on the new key signs; nothing is sealed in between.

    Raises NotSealedYet where no key has signed yet, WrongSigningKey if the old one is not the
    log's.
    """
    size = _locked_size()
    current = LogKey.objects.order_by("-id").first()
    if current is None:
        raise NotSealedYet("No key has signed this log yet: the first one needs no rotation.")
    old, new = SignerKey(current.origin, old_seed), SignerKey(current.origin, new_seed).verifier
    if str(old.verifier) != current.verifier_key:
        raise WrongSigningKey(current.verifier_key)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrity_log_key (origin, verifier_key, since_size) VALUES (%s, %s, %s)",
            [current.origin, str(new), size],
        )
    data = SigningKeyRotated(
        origin=current.origin,
        since_size=size,
        old_key=current.verifier_key,
        new_key=str(new),
        endorsement=old.sign(_statement(old.name, size, new)),
    )
    store.append(
        [NewEvent(data=data, stream=STREAM, event_id=new_id(), actor=SYSTEM)],
        expected={STREAM: store.stream_version(STREAM)},
    )
    return new


def is_endorsed(endorsement: str, *, old: VerifierKey, new: VerifierKey) -> bool:
    """Whether the old key signed that the new one follows it. Raises NoteInvalid."""
    note = Note.parse(endorsement)
    form, origin, _, named, *_ = [*note.text.split("\n"), "", "", ""]
    says_so = (form, origin, named) == (FORMAT, old.name, str(new))
    return says_so and bool(note.signed_by([old]))


def _statement(origin: str, size: int, new: VerifierKey) -> str:
    return f"{FORMAT}\n{origin}\n{size}\n{new}\n"


def _locked_size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM integrity_tree WHERE id = 1 FOR UPDATE")
        return int(cursor.fetchone()[0])
