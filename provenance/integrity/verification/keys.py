"""Checks that each key that signed the log was endorsed by the one before it."""

from itertools import pairwise

import orjson

from provenance.eventstore.driver import driver_cursor
from provenance.integrity.checkpoints import verifier_keys
from provenance.integrity.errors import NoteInvalid
from provenance.integrity.notes import VerifierKey
from provenance.integrity.rotation import STREAM, is_endorsed
from provenance.integrity.verification.findings import Report


def check_keys(report: Report) -> None:
    """A key of another origin begins another history, which its own first checkpoint tells."""
    notes = _endorsements()
    for old, new in pairwise(verifier_keys()):
        if old.name == new.name and not any(_endorses(each, old, new) for each in notes):
            report.add("keys", f"nobody who held {old} endorsed the key {new}")


def _endorses(note: str, old: VerifierKey, new: VerifierKey) -> bool:
    try:
        return is_endorsed(note, old=old, new=new)
    except NoteInvalid:
        return False


def _endorsements() -> list[str]:
    """The notes of the rotations; an event whose bytes are none is found by another check."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT canonical FROM eventstore_event WHERE stream = %s", [STREAM], binary=True
        )
        found = []
        for (canonical,) in cursor.fetchall():
            try:
                found.append(str(orjson.loads(canonical)["data"]["endorsement"]))
            except (ValueError, KeyError, TypeError):
                continue
        return found
