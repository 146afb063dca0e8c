"""Verifies the whole log: every leaf, node, checkpoint, column, stream, cause, time and blob."""

from collections.abc import Sequence

from provenance.integrity.checkpoints import verifier_keys
from provenance.integrity.errors import NoteInvalid
from provenance.integrity.notes import VerifierKey
from provenance.integrity.verification import relations
from provenance.integrity.verification.blobs import BlobCheck
from provenance.integrity.verification.findings import Progress, Report, quiet
from provenance.integrity.verification.keys import check_keys
from provenance.integrity.verification.leaves import LeafCheck
from provenance.integrity.verification.signatures import SignedRoots
from provenance.integrity.verification.snapshot import beside, one_snapshot, tree_size
from provenance.integrity.verification.time_stamps import check_time_stamps
from provenance.integrity.verification.times import TimeCheck

RELATIONS = "streams and causes"


def verify_log(
    *,
    progress: Progress = quiet,
    outside: Sequence[str] = (),
    trusted: Sequence[VerifierKey] = (),
) -> Report:
    """Reads one snapshot of the log from end to end, in constant memory, while it goes on.

    `outside` are checkpoints that others have kept: only they show that the end was cut off, or
    that everything was replaced by somebody who has the signing key. `trusted` are the keys that
    must have signed them; by default those of the database.
    """
    report = Report()
    with one_snapshot() as snapshot:
        size = report.size = tree_size(report)
        signed = SignedRoots(report, size)
        signed.read_stored()
        for note in outside:
            _add_outside(signed, note, trusted or verifier_keys(), report)
        check_keys(report)
        check_time_stamps(report)
        related = Report()
        with beside(snapshot, lambda: relations.check_relations(related, size)) as suspected:
            LeafCheck(report, signed, BlobCheck(report), TimeCheck()).run(size, progress)
            progress(RELATIONS, 0, size)
            suspects = suspected()
            progress(RELATIONS, size, size)
    report.findings += related.findings
    relations.check_unplaced(report, suspects)
    return report


def _add_outside(
    signed: SignedRoots, note: str, keys: Sequence[VerifierKey], report: Report
) -> None:
    try:
        signed.add_outside(note, keys)
    except NoteInvalid as error:
        report.add("checkpoints", f"a checkpoint kept outside: {error}")
