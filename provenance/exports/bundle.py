"""Puts the evidence of outputs into one zip file that verifies itself, offline and for ever.

What binds what: the log's signature covers the checkpoint, the checkpoint every event, an event
the commitments to its texts and the hashes of its blobs. `trace.json` is worked out of these alone,
and `verify.py` works it out again. Only the readable forms rest on the manifest: its signature
vouches for them where the process holds the log's key, and the EvidenceExported event in any case.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from provenance.accounts.access import Principal
from provenance.exports import verify
from provenance.exports.facts import Facts
from provenance.exports.selection import CaseThen, Period
from provenance.exports.spool import Spool
from provenance.exports.views import Views
from provenance.integrity import base64_text, checkpoints, tree
from provenance.integrity.errors import NotSealedYet
from provenance.integrity.models import SealedCheckpoint
from provenance.integrity.notes import SignerKey
from provenance.integrity.signing_keys import current_seed
from provenance.integrity.tlog_proof import TlogProof

FOLDER = Path(__file__).parent
STAMP = "%Y%m%dT%H%M%SZ"
PROOFS_AT_ONCE = 500


@dataclass(frozen=True)
class Bundle:
    """A zip file, and what the log records of it; it lies on disk until it is closed."""

    name: str
    spool: Spool
    manifest_sha256: str
    checkpoint_origin: str
    checkpoint_size: int
    events: int

    @property
    def length(self) -> int:
        return self.spool.packed_bytes

    def __iter__(self) -> Iterator[bytes]:
        """The zip file in pieces."""
        return self.spool.packed()

    def close(self) -> None:
        self.spool.close()


def build(
    output_ids: Sequence[UUID],
    *,
    principal: Principal,
    period: Period | None = None,
    case: CaseThen | None = None,
) -> Bundle:
    """The same bytes for the same state of the log and the same checkpoint; close it.

    With a period or a case, the outputs are all of it. Raises RecordNotFound, NotSealedYet,
    EventReleased, BlobMissing, BoxDamaged, EvidenceBroken, EvidenceTooLarge.
    """
    with ExitStack() as until_built:
        spool = Spool()
        until_built.callback(spool.close)
        facts = Facts(output_ids, case, spool)
        facts.gather(principal)
        checkpoint = _checkpoint_over(facts.positions[-1])
        Views(facts, checkpoint, period).add()
        _add_proofs(facts, checkpoint)
        disclosures = verify.canonical_json(facts.disclosures())
        small = {"disclosures.json": disclosures, **_keys(checkpoint), **_time_stamps(checkpoint)}
        for path, data in small.items():
            spool.add(path, data)
        asked = {
            **({"period": period.as_json()} if period else {}),
            **({"case": str(case.case_id)} if case else {}),
        }
        digest = _add_manifest(spool, output_ids, checkpoint, asked)
        until_built.pop_all()
    return Bundle(
        name=_name(output_ids, checkpoint, period, case),
        spool=spool,
        manifest_sha256=digest,
        checkpoint_origin=checkpoint.origin,
        checkpoint_size=checkpoint.size,
        events=len(facts.positions),
    )


def _checkpoint_over(position: int) -> SealedCheckpoint:
    """The newest that somebody stamped, else the newest; sealed at once if this process can.

    Raises NotSealedYet.
    """
    stamped = checkpoints.newest_stamped_covering(position)
    if stamped is not None:
        return stamped
    try:
        return checkpoints.newest_covering(position)
    except NotSealedYet:
        if not settings.LOG_SIGNING_KEY:
            raise
    checkpoints.Sealer(settings.LOG_SIGNING_KEY).seal()
    return checkpoints.newest_covering(position)


def _add_proofs(facts: Facts, checkpoint: SealedCheckpoint) -> None:
    note, positions = checkpoints.with_cosignatures(checkpoint), facts.positions
    facts.spool.add("checkpoint", note.encode())
    for start in range(0, len(positions), PROOFS_AT_ONCE):
        some = positions[start : start + PROOFS_AT_ONCE]
        for position, path in zip(some, tree.inclusion_proofs(some, checkpoint.size), strict=True):
            proof = TlogProof(position, path, note)
            facts.spool.add(f"events/{position}.tlog-proof", str(proof).encode())


def _keys(checkpoint: SealedCheckpoint) -> dict[str, bytes]:
    keys = checkpoints.keys_of(checkpoint.origin)
    return {
        "log.vkey": "".join(f"{key}\n" for key in keys).encode(),
        "policy.txt": verify.policy_of(keys).encode(),
    }


def _time_stamps(checkpoint: SealedCheckpoint) -> dict[str, bytes]:
    """The answers of RFC 3161 authorities, and the very bytes that they stamped."""
    stamps = checkpoint.time_stamps.order_by("authority").values_list("response", flat=True)
    found = {verify.time_stamp_file(n): bytes(each) for n, each in enumerate(stamps, start=1)}
    return {**found, verify.STAMPED: checkpoint.note.encode()} if found else {}


def _add_manifest(
    spool: Spool,
    output_ids: Sequence[UUID],
    checkpoint: SealedCheckpoint,
    asked: Mapping[str, Any],
) -> str:
    """The SHA-256 of the manifest; a signed note goes along if this process holds the log's key."""
    signer = _signer(checkpoint)
    said = {
        "format": verify.FORMAT,
        "outputs": [str(output_id) for output_id in output_ids],
        **asked,
        "log": {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": base64_text.encode(bytes(checkpoint.root)),
        },
        "signed": signer is not None,
    }
    digest = spool.add_pieces(verify.MANIFEST, _manifest(spool, said)).sha256.hex()
    if signer is not None:
        note = signer.sign(f"{verify.FORMAT}\n{digest}\n")
        spool.add(verify.MANIFEST_NOTE, note.encode())
    return digest


def _manifest(spool: Spool, said: Mapping[str, Any]) -> Iterator[bytes]:
    """Its one spelling, file by file."""
    before, after = verify.canonical_json({**said, "files": []}).split(b'"files": []')
    yield before + b'"files": ['
    gap = b"\n  "
    for part in spool.parts():
        entry = {"path": part.path, "bytes": part.length, "sha256": part.sha256.hex()}
        yield gap + verify.indented_json(entry, 2)
        gap = b",\n  "
    yield b"\n ]" + after


def _signer(checkpoint: SealedCheckpoint) -> SignerKey | None:
    seed = current_seed()
    return SignerKey(checkpoint.origin, seed) if seed else None


def _name(
    output_ids: Sequence[UUID],
    checkpoint: SealedCheckpoint,
    period: Period | None,
    case: CaseThen | None,
) -> str:
    if case:
        return f"evidence-case-{case.case_id}-{checkpoint.size}.zip"
    if period:
        return f"evidence-{period.since:{STAMP}}-{period.until:{STAMP}}-{checkpoint.size}.zip"
    more = f"-and-{len(output_ids) - 1}-more" if len(output_ids) > 1 else ""
    return f"evidence-{output_ids[0]}{more}-{checkpoint.size}.zip"
