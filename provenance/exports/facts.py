"""The facts about outputs that a bundle rests on, worked out by the same code that verifies it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.eventstore.blobs import total_bytes
from provenance.exports.disclosures import Field, blobs_of, open_fields
from provenance.exports.errors import EvidenceBroken, EvidenceTooLarge
from provenance.exports.gathering import gather
from provenance.exports.selection import CaseThen
from provenance.exports.verify import Event, Evidence, Problem, blobs_named_in, story_of

Json = dict[str, Any]
MAX_BLOB_BYTES = 256 * 1024**2


@dataclass(frozen=True)
class Facts:
    """The events behind outputs, their blobs and opened fields, and what they say together.

    `story` is what trace.json holds.
    """

    events: Sequence[Event]
    blobs: dict[str, bytes]
    fields: Sequence[Field]
    story: Json

    @property
    def traces(self) -> list[Json]:
        return list(self.story["outputs"])

    @property
    def erased(self) -> list[Field]:
        return [field for field in self.fields if field.erased]

    @property
    def unread(self) -> list[Field]:
        """Sealed under keys that are missing here, though nothing says that they were erased."""
        return [field for field in self.fields if field.plain is None and not field.erased]


def facts_of(
    output_ids: Sequence[UUID], *, principal: Principal, case: CaseThen | None = None
) -> Facts:
    """As the log tells them to the principal.

    Raises RecordNotFound, NotSealedYet, BlobMissing, BoxDamaged, EvidenceBroken, EvidenceTooLarge.
    """
    events = gather(output_ids, principal=principal, case=case)
    _require_bounded(events)
    fields = open_fields(events)
    blobs = blobs_of(events, fields)
    evidence = Evidence(
        events={event.position: event for event in events},
        blobs=blobs,
        texts={(field.event.position, field.pointer): field.plain for field in fields},
    )
    try:
        told = [str(output_id) for output_id in output_ids]
        story = story_of(evidence, told, str(case.case_id) if case else None)
    except Problem as problem:
        raise EvidenceBroken(f"The log does not bear out this output: {problem}.") from problem
    return Facts(events, blobs, fields, story)


def _require_bounded(events: Sequence[Event]) -> None:
    """All of a bundle lies in memory while it is made. Raises EvidenceTooLarge."""
    size = total_bytes({blob for event in events for blob in blobs_named_in(event, ())})
    if size > MAX_BLOB_BYTES:
        raise EvidenceTooLarge(size, MAX_BLOB_BYTES)
