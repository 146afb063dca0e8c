"""Puts the evidence of outputs into one zip file that verifies itself, offline and for ever.

What binds what: the log's signature covers the checkpoint, the checkpoint every event, an event
the commitments to its texts and the hashes of its blobs. `trace.json` is worked out of these alone,
and `verify.py` works it out again. Only the readable forms rest on the manifest: its signature
vouches for them where the process holds the log's key, and the EvidenceExported event in any case.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from provenance.accounts.access import Principal
from provenance.exports import report_page, report_pdf, verify, w3c_prov
from provenance.exports.archive import packed
from provenance.exports.facts import Facts, facts_of
from provenance.exports.report import report_of
from provenance.exports.selection import CaseThen, Period
from provenance.integrity import base64_text, checkpoints, tree
from provenance.integrity.errors import NotSealedYet
from provenance.integrity.models import SealedCheckpoint
from provenance.integrity.notes import SignerKey
from provenance.integrity.signing_keys import current_seed
from provenance.integrity.tlog_proof import TlogProof

FOLDER = Path(__file__).parent
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Bundle:
    """A zip file, and what the log records of it."""

    name: str
    content: bytes
    manifest_sha256: str
    checkpoint_origin: str
    checkpoint_size: int
    events: int


def build(
    output_ids: Sequence[UUID],
    *,
    principal: Principal,
    period: Period | None = None,
    case: CaseThen | None = None,
) -> Bundle:
    """The same bytes for the same state of the log and the same checkpoint.

    With a period or a case, the outputs are all of it. Raises RecordNotFound, NotSealedYet,
    BlobMissing, BoxDamaged, EvidenceBroken, EvidenceTooLarge.
    """
    facts = facts_of(output_ids, principal=principal, case=case)
    checkpoint = _checkpoint_over(facts.events[-1].position)
    files = {
        **_proofs(facts, checkpoint),
        **{f"blobs/{digest}": data for digest, data in facts.blobs.items()},
        **{field.path: field.plain for field in facts.fields if field.plain is not None},
        "disclosures.json": verify.canonical_json([field.as_json() for field in facts.fields]),
        "trace.json": verify.canonical_json(facts.story),
        **_keys(checkpoint),
        **_time_stamps(checkpoint),
        **_views(facts, checkpoint, period),
    }
    asked = {
        **({"period": period.as_json()} if period else {}),
        **({"case": str(case.case_id)} if case else {}),
    }
    manifest, note = _manifest(files, output_ids, checkpoint, asked)
    files[verify.MANIFEST] = manifest
    if note is not None:
        files[verify.MANIFEST_NOTE] = note
    return Bundle(
        name=_name(output_ids, checkpoint, period, case),
        content=packed(files),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        checkpoint_origin=checkpoint.origin,
        checkpoint_size=checkpoint.size,
        events=len(facts.events),
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


def _proofs(facts: Facts, checkpoint: SealedCheckpoint) -> dict[str, bytes]:
    note = checkpoints.with_cosignatures(checkpoint)
    positions = [event.position for event in facts.events]
    files = {"checkpoint": note.encode()}
    paths = tree.inclusion_proofs(positions, checkpoint.size)
    for event, path in zip(facts.events, paths, strict=True):
        proof = TlogProof(event.position, path, note)
        files[f"events/{event.position}.json"] = event.raw
        files[f"events/{event.position}.tlog-proof"] = str(proof).encode()
    return files


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


def _views(facts: Facts, checkpoint: SealedCheckpoint, period: Period | None) -> dict[str, bytes]:
    """What people and other programs read: each says again what the events say."""
    report = report_of(facts, checkpoint, period)
    graph = w3c_prov.document_of(facts.traces)
    return {
        "README.txt": (FOLDER / "bundle_readme.txt").read_bytes(),
        "prov.json": w3c_prov.as_json(graph),
        "prov.provn": w3c_prov.as_provn(graph),
        "report.html": report_page.rendered(report),
        "report.pdf": report_pdf.rendered(report),
        "verify.py": Path(verify.__file__).read_bytes(),
    }


def _manifest(
    files: Mapping[str, bytes],
    output_ids: Sequence[UUID],
    checkpoint: SealedCheckpoint,
    asked: Mapping[str, Any],
) -> tuple[bytes, bytes | None]:
    """The manifest, and the signed note over it if this process holds the log's key."""
    signer = _signer(checkpoint)
    manifest = verify.canonical_json(
        {
            "format": verify.FORMAT,
            "outputs": [str(output_id) for output_id in output_ids],
            **asked,
            "log": {
                "origin": checkpoint.origin,
                "size": checkpoint.size,
                "root": base64_text.encode(bytes(checkpoint.root)),
            },
            "signed": signer is not None,
            "files": [
                {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for path, data in sorted(files.items())
            ],
        }
    )
    if signer is None:
        return manifest, None
    digest = hashlib.sha256(manifest).hexdigest()
    return manifest, signer.sign(f"{verify.FORMAT}\n{digest}\n").encode()


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
