"""Seals the log: signs how long it is and what it holds, and serves what has been signed.

A checkpoint is signed under the lock on the tree's row, only if the stored tree proves that it
continues the last one, and is committed before anybody can read it. So whatever crashes when, no
two checkpoints that contradict each other are ever served.
"""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction

from provenance.integrity import tree
from provenance.integrity.anchors.folder import Folder
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.errors import (
    AnchoredAhead,
    Inconsistent,
    IntegrityError,
    NotSealedYet,
    WrongSigningKey,
)
from provenance.integrity.merkle import CompactRange
from provenance.integrity.models import LogKey, SealedCheckpoint
from provenance.integrity.notes import SignerKey, VerifierKey
from provenance.integrity.proofs import verify_consistency
from provenance.integrity.signing_keys import seed_of
from provenance.integrity.tlog_proof import TlogProof

log = structlog.get_logger()


@dataclass
class Sealer:
    """Seals every few seconds while the log grows; one a sequencer, on the sequencer's connection.

    What it cannot seal it says beside the tree, for everybody to see, and tries again.
    """

    seed: bytes
    due: float = 0.0
    confirmed: bool = False

    def seal_if_due(self) -> None:
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + settings.CHECKPOINT_SECONDS
        try:
            self.seal()
        except IntegrityError as error:
            log.warning("nothing can be sealed", problem=str(error))
            _note_problem(str(error))

    def seal(self) -> SealedCheckpoint | None:
        """As `seal`, with the newest key after a rotation.

        Begins only once no checkpoint kept outside says more than the database.
        """
        if not self.confirmed:
            _require_nothing_ahead(self.seed)
            self.confirmed = True
        try:
            return seal(self.seed)
        except WrongSigningKey as error:
            self.seed = seed_of(error.current)
            return seal(self.seed)


@transaction.atomic
def seal(seed: bytes) -> SealedCheckpoint | None:
    """Signs the log as it is; None if it has not grown since the last checkpoint.

    Raises Inconsistent if the log does not continue what was signed, WrongSigningKey if another
    key signs it, NodeMissing.
    """
    size, packed, problem = _locked_tree()
    last = newest()
    key = signer(seed)
    if size == 0 or (last is not None and last.size == size and not _rotated_since(last)):
        return None
    root = CompactRange.from_bytes(size, packed).root()
    if last is not None:
        _require_continuation(last, size, root)
    if problem:
        _note_problem("")
    checkpoint = Checkpoint(key.name, size, root)
    return _store(checkpoint, key.sign(checkpoint.body))


def newest() -> SealedCheckpoint | None:
    return SealedCheckpoint.objects.order_by("-id").first()


def newest_covering(position: int) -> SealedCheckpoint:
    """The newest checkpoint, which must cover the position. Raises NotSealedYet."""
    found = newest()
    if found is None or found.size <= position:
        raise NotSealedYet(f"No checkpoint covers position {position} yet.")
    return found


def newest_stamped_covering(position: int) -> SealedCheckpoint | None:
    """The newest checkpoint over the position that an RFC 3161 authority stamped."""
    current = newest()
    if current is None:
        return None
    found = SealedCheckpoint.objects.filter(origin=current.origin, size__gt=position)
    return found.filter(time_stamps__isnull=False).order_by("-id").first()


def listed(*, before: int | None, limit: int) -> list[SealedCheckpoint]:
    """Newest first, older than the one of the id `before`."""
    found = SealedCheckpoint.objects.order_by("-id").prefetch_related("cosignatures", "time_stamps")
    return list((found if before is None else found.filter(id__lt=before))[:limit])


def proof_of(position: int) -> TlogProof:
    """The event at the position proved against the newest checkpoint. Raises NotSealedYet."""
    checkpoint = newest_covering(position)
    path = tree.inclusion_proof(position, checkpoint.size)
    return TlogProof(position, path, with_cosignatures(checkpoint))


def with_cosignatures(checkpoint: SealedCheckpoint) -> str:
    """The note as it is served: the log's signature, then the witnesses'."""
    given = sorted(checkpoint.cosignatures.all(), key=lambda each: each.added_at)
    return checkpoint.note + "".join(each.line for each in given)


def verifier_keys() -> list[VerifierKey]:
    """Every key that has signed this log, the current one last."""
    keys = LogKey.objects.order_by("id").values_list("verifier_key", flat=True)
    return [VerifierKey.parse(key) for key in keys]


def keys_of(origin: str) -> list[str]:
    """The verifier keys that have signed under the name, the current one last."""
    return [str(key) for key in verifier_keys() if key.name == origin]


def go_on_as(origin: str, key: VerifierKey, *, since_size: int) -> None:
    """Names the log anew, from a size on, under a key's public half."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrity_log_key (origin, verifier_key, since_size) VALUES (%s, %s, %s)",
            [origin, str(VerifierKey(origin, key.public)), since_size],
        )


def signer(seed: bytes) -> SignerKey:
    """The key under the log's name; the first that seals becomes the log's.

    Raises WrongSigningKey.
    """
    current = LogKey.objects.order_by("-id").first()
    if current is None:
        key = SignerKey(settings.LOG_ORIGIN or origin_of(seed), seed)
        go_on_as(key.name, key.verifier, since_size=0)
        return key
    key = SignerKey(current.origin, seed)
    if str(key.verifier) != current.verifier_key:
        raise WrongSigningKey(current.verifier_key)
    return key


def _require_nothing_ahead(seed: bytes) -> None:
    """Raises AnchoredAhead."""
    if not settings.ANCHOR_FOLDER:
        return
    current = LogKey.objects.order_by("-id").first()
    origin = current.origin if current else settings.LOG_ORIGIN or origin_of(seed)
    outside = Folder(Path(settings.ANCHOR_FOLDER)).newest(origin)
    if outside is None:
        return
    last = newest()
    sealed = last.size if last else 0
    if outside.size > sealed:
        raise AnchoredAhead(
            f"{settings.ANCHOR_FOLDER} holds a checkpoint of {outside.size} events, and the"
            f" database was sealed up to {sealed}: it is an older state. Restore the newest"
            " backup, or go on under a new origin."
        )
    if tree.root(outside.size) != outside.root:
        raise AnchoredAhead(
            f"The checkpoint of {outside.size} events in {settings.ANCHOR_FOLDER} has another root"
            " than the database: these are two histories."
        )


def origin_of(seed: bytes) -> str:
    """The name of a log that was given none."""
    public = SignerKey("new", seed).verifier.public
    return f"ragledger.invalid/{hashlib.sha256(public).hexdigest()[:12]}"


def _rotated_since(last: SealedCheckpoint) -> bool:
    return LogKey.objects.filter(added_at__gt=last.sealed_at).exists()


def _require_continuation(last: SealedCheckpoint, size: int, root: bytes) -> None:
    if size < last.size:
        raise Inconsistent(f"{last.size} events were sealed, and the log has only {size}.")
    continues = verify_consistency(
        first=last.size,
        second=size,
        first_root=bytes(last.root),
        second_root=root,
        proof=tree.consistency_proof(last.size, size),
    )
    if not continues:
        raise Inconsistent(f"The log of {size} events does not continue the {last.size} sealed.")


def _store(checkpoint: Checkpoint, note: str) -> SealedCheckpoint:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrity_checkpoint (id, origin, size, root, note)"
            " SELECT COALESCE(max(id), 0) + 1, %s, %s, %s, %s FROM integrity_checkpoint"
            " RETURNING id",
            [checkpoint.origin, checkpoint.size, checkpoint.root, note],
        )
        (number,) = cursor.fetchone()
    return SealedCheckpoint.objects.get(id=number)


def _locked_tree() -> tuple[int, bytes, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, compact_range, sealing_problem FROM integrity_tree WHERE id = 1"
            " FOR UPDATE"
        )
        size, packed, problem = cursor.fetchone()
        return size, bytes(packed), problem


def _note_problem(problem: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE integrity_tree SET sealing_problem = %s WHERE id = 1", [problem])
