"""The rules of a review: who may add, sign and begin anew, and when. Pure: it knows no database.

A round is open until the first signature. From then on nothing in it changes: only another person
may sign it too, where four eyes are asked for, and only a new round goes on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from provenance.cases.errors import (
    AlreadySigned,
    FindingsOpen,
    FindingUnknown,
    NothingSigned,
    ReadBeforeSigning,
    ReviewSigned,
    RubricUnanswered,
)
from provenance.cases.events import (
    FindingRaised,
    FindingResolved,
    Meaning,
    OutputSigned,
    ReviewAssigned,
    ReviewReopened,
    RubricAnswered,
)
from provenance.cases.rubric import NAMES
from provenance.eventstore.event_types import EventData
from provenance.eventstore.recorded import Actor
from provenance.review.erasures import party_of


class Status(StrEnum):
    """How far the review of an output is."""

    UNREVIEWED = "unreviewed"
    IN_REVIEW = "in_review"
    SIGNED_ONCE = "signed_once"
    SIGNED = "signed"


@dataclass(frozen=True)
class Review:
    """A review as its stream tells it; `version` counts its events, `signers` those of the round.

    `last_addition` is the version of the newest event that is not a signature.
    """

    version: int = 0
    last_addition: int = 0
    round: int = 1
    assignee: UUID | None = None
    due_on: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    open_findings: frozenset[UUID] = frozenset()
    signers: tuple[str, ...] = ()
    needed: int = 1

    @property
    def status(self) -> Status:
        if len(self.signers) >= self.needed:
            return Status.SIGNED
        if self.signers:
            return Status.SIGNED_ONCE
        return Status.IN_REVIEW if self.version else Status.UNREVIEWED

    @property
    def unanswered(self) -> Sequence[str]:
        return [name for name in NAMES if name not in self.answers]


def fold(events: Iterable[tuple[Actor, EventData]]) -> Review:
    """The review that (actor, data) pairs in stream order tell."""
    review = Review()
    for actor, data in events:
        review = after(review, actor, data)
    return review


def after(review: Review, actor: Actor, data: EventData) -> Review:
    """The review with one more event."""
    change = CHANGES.get(type(data))
    version = review.version + 1
    told = replace(review, version=version)
    if not isinstance(data, OutputSigned):
        told = replace(told, last_addition=version)
    return told if change is None else change(told, actor, data)


def require_open(review: Review) -> None:
    """Raises ReviewSigned."""
    if review.signers:
        raise ReviewSigned


def require_open_finding(review: Review, finding_id: UUID) -> None:
    """Raises ReviewSigned, FindingUnknown."""
    require_open(review)
    if finding_id not in review.open_findings:
        raise FindingUnknown(finding_id)


def require_signable(review: Review, *, signer: Actor, meaning: Meaning, seen: int) -> None:
    """`seen` is the version that the signer has read.

    Raises ReviewSigned, AlreadySigned, ReadBeforeSigning, RubricUnanswered, FindingsOpen.
    """
    if party_of(signer) in review.signers:
        raise AlreadySigned
    if review.status == Status.SIGNED:
        raise ReviewSigned
    if seen < review.last_addition:
        raise ReadBeforeSigning
    if review.unanswered:
        raise RubricUnanswered(review.unanswered)
    if meaning == "approval" and review.open_findings:
        raise FindingsOpen(len(review.open_findings))


def signatures_needed(review: Review, *, four_eyes: bool) -> int:
    """What the first signature of a round asked for stands, whatever is configured later."""
    if review.signers:
        return review.needed
    return 2 if four_eyes else 1


def require_signed(review: Review) -> None:
    """Raises NothingSigned."""
    if not review.signers:
        raise NothingSigned


def _assigned(review: Review, _: Actor, data: ReviewAssigned) -> Review:
    return replace(review, assignee=data.assignee, due_on=data.due_on)


def _answered(review: Review, _: Actor, data: RubricAnswered) -> Review:
    return replace(review, answers={each.question: each.answer for each in data.answers})


def _raised(review: Review, _: Actor, data: FindingRaised) -> Review:
    return replace(review, open_findings=review.open_findings | {data.finding_id})


def _resolved(review: Review, _: Actor, data: FindingResolved) -> Review:
    return replace(review, open_findings=review.open_findings - {data.finding_id})


def _signed(review: Review, actor: Actor, data: OutputSigned) -> Review:
    return replace(
        review, signers=(*review.signers, party_of(actor)), needed=data.signatures_needed
    )


def _reopened(review: Review, _: Actor, data: ReviewReopened) -> Review:
    """Findings that are open stay so; what was answered is asked again."""
    return replace(review, round=data.round, answers={}, signers=(), needed=1, due_on=None)


CHANGES: Mapping[type[EventData], Callable[[Review, Actor, Any], Review]] = {
    ReviewAssigned: _assigned,
    RubricAnswered: _answered,
    FindingRaised: _raised,
    FindingResolved: _resolved,
    OutputSigned: _signed,
    ReviewReopened: _reopened,
}
