"""How a person or a case is looked up: by the keyed hash of the reference that contexts give."""

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.eventstore.fingerprints import keyed_hash


def subject_hash(reference: str) -> str:
    return keyed_hash(reference, purpose="subject")


def subject_hashes(context: Mapping[str, Any]) -> Iterator[str]:
    """Of everybody whom a context names: its user and its claims or cases."""
    references = {context.get("user_ref"), *(context.get("subject_refs") or ())}
    for reference in sorted(each for each in references if isinstance(each, str) and each):
        yield subject_hash(reference)
