"""Erasures and legal holds as JSON, and what is asked of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from provenance.api.fields import Id, no_blank
from provenance.api.problems import BadField
from provenance.api.serializers.shape import Answer, Input
from provenance.review.finding import Target

Reason = Annotated[str, StringConstraints(max_length=4000), AfterValidator(no_blank)]
Reference = Annotated[str, StringConstraints(max_length=500), AfterValidator(no_blank)]
TARGETS = ("subject", "document_id", "output_id")


class OneOf(Input):
    """One of: a person's or case's reference, as contexts give it; a document; an output."""

    subject: Reference | None = None
    document_id: Id | None = None
    output_id: Id | None = None

    def contradictions(self) -> Iterator[BadField]:
        if sum(getattr(self, name) is not None for name in TARGETS) != 1:
            yield BadField(("subject",), f"give exactly one of {', '.join(TARGETS)}")

    def target(self) -> Target:
        if self.subject is not None:
            return Target("subject", subject=self.subject)
        if self.document_id is not None:
            return Target("document", target_id=self.document_id)
        return Target("interaction", target_id=self.output_id)


class TargetIn(OneOf):
    """What to erase. With a document, the interactions that hold its words may go too."""

    with_interactions: bool = False

    def contradictions(self) -> Iterator[BadField]:
        yield from super().contradictions()
        if self.with_interactions and self.document_id is None:
            yield BadField(("with_interactions",), "goes with a document only")

    def target(self) -> Target:
        return replace(super().target(), with_interactions=self.with_interactions)


class ErasureIn(TargetIn):
    """Asks for an erasure. The reason stays: do not name the person in it."""

    reason: Reason


class HoldIn(OneOf):
    """Forbids to erase something, until the hold is released."""

    reason: Reason


class ReasonIn(Input):
    """Why."""

    reason: Reason


class ApprovalIn(Input):
    """There is nothing to say: the erasure was described when it was asked for."""


class RecordOut(Answer):
    """Something with a key of its own."""

    kind: Literal["document", "retrieval", "prompt", "output"]
    id: UUID


class CountsOut(Answer):
    """How much would go; `left_out` are prompts and retrievals that others use too."""

    documents: int
    versions: int
    passages: int
    retrievals: int
    prompts: int
    outputs: int
    left_out: int


class PreviewOut(Answer):
    """What an erasure would take, and the holds that forbid it. Lists end at 1,000."""

    counts: CountsOut
    records: list[RecordOut]
    left_out: list[RecordOut]
    holds: list[UUID]


class ErasureOut(Answer):
    """An erasure. `subject` is null once it is carried out; counts are null until they are known.

    `waits_for` says why an approved one has not gone on.
    """

    erasure_id: UUID
    status: Literal["requested", "approved", "rejected", "started", "executed", "certified"]
    scope: Literal["subject", "document", "interaction"]
    subject: str | None
    target_id: UUID | None
    with_interactions: bool
    reason: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    refusal: str | None
    records: int | None
    left_out: int | None
    keys_destroyed: int | None
    blobs_erased: int | None
    executed_at: datetime | None
    vectors_erased: int | None
    events_affected: int | None
    certificate_signed: bool | None
    certified_at: datetime | None
    waits_for: str | None


class ErasureRequestedOut(Answer):
    """The request is recorded; somebody else must approve it."""

    erasure_id: UUID
    status: str


class ErasureListOut(Answer):
    """A page of erasures, newest first."""

    data: list[ErasureOut]
    next_cursor: str | None


class HoldOut(Answer):
    """A legal hold; it stands while `released_at` is null."""

    hold_id: UUID
    scope: Literal["subject", "document", "interaction"]
    subject: str | None
    target_id: UUID | None
    reason: str
    placed_by: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None
    release_reason: str | None


class HoldPlacedOut(Answer):
    """The hold stands."""

    hold_id: UUID


class HoldListOut(Answer):
    """A page of holds, newest first."""

    data: list[HoldOut]
    next_cursor: str | None


def records_json(records: Any) -> list[dict[str, Any]]:
    return [{"kind": each.owner, "id": each.record_id} for each in records[:1000]]
