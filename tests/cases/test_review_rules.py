"""No order of actions signs twice with one hand or changes what is signed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.cases import reviews
from provenance.cases.errors import (
    AlreadySigned,
    FindingsOpen,
    NothingSigned,
    ReadBeforeSigning,
    ReviewSigned,
    RubricUnanswered,
)
from provenance.cases.events import (
    CommentAdded,
    FindingRaised,
    FindingResolved,
    OutputSigned,
    ReviewAssigned,
    ReviewReopened,
    RubricAnswer,
    RubricAnswered,
    SignedRecord,
)
from provenance.cases.reviews import Review, Status, fold
from provenance.cases.rubric import NAME, NAMES
from provenance.eventstore.event_types import EventData
from provenance.eventstore.recorded import Actor
from provenance.review.erasures import party_of
from provenance.review.errors import ReviewRefused
from provenance.sealing.box import Box

OUTPUT, FINDING = UUID(int=1), UUID(int=2)
BOX = Box(kid="interaction:1", iv="", commit="")
RECORD = SignedRecord(event_id=UUID(int=3), position=0, leaf_hash="")
PEOPLE = [Actor("user", name) for name in ("alice", "bob", "carol")]
Told = list[tuple[Actor, EventData]]


@dataclass(frozen=True)
class Attempt:
    """Somebody tries something, having read `unread` events less than there are."""

    actor: Actor
    action: str
    four_eyes: bool
    meaning: Any
    unread: int


def answered(review: Review) -> RubricAnswered:
    answers = [RubricAnswer(question=name, answer="yes") for name in NAMES]
    return RubricAnswered(output_id=OUTPUT, round=review.round, rubric=NAME, answers=answers)


def raised(review: Review) -> FindingRaised:
    return FindingRaised(
        output_id=OUTPUT,
        round=review.round,
        finding_id=FINDING,
        severity="major",
        statement=BOX,
    )


def resolved(review: Review) -> FindingResolved:
    return FindingResolved(
        output_id=OUTPUT,
        round=review.round,
        finding_id=FINDING,
        resolution="corrected",
        note=BOX,
    )


def signed(review: Review, meaning: Any = "review", *, four_eyes: bool = False) -> OutputSigned:
    return OutputSigned(
        output_id=OUTPUT,
        round=review.round,
        meaning=meaning,
        printed_name=BOX,
        record=RECORD,
        covers=review.version,
        signatures_needed=reviews.signatures_needed(review, four_eyes=four_eyes),
        factors=["username", "password"],
    )


def decided(review: Review, attempt: Attempt) -> EventData:
    """What follows from the attempt; raises ReviewRefused."""
    match attempt.action:
        case "sign":
            reviews.require_signable(
                review,
                signer=attempt.actor,
                meaning=attempt.meaning,
                seen=review.version - attempt.unread,
            )
            return signed(review, attempt.meaning, four_eyes=attempt.four_eyes)
        case "reopen":
            reviews.require_signed(review)
            return ReviewReopened(output_id=OUTPUT, round=review.round + 1, reason=BOX)
        case "resolve":
            reviews.require_open_finding(review, FINDING)
            return resolved(review)
    reviews.require_open(review)
    if attempt.action == "assign":
        return ReviewAssigned(output_id=OUTPUT, round=review.round)
    if attempt.action == "comment":
        return CommentAdded(comment_id=OUTPUT, output_id=OUTPUT, text=BOX)
    return {"answer": answered, "raise": raised}[attempt.action](review)


ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        st.sampled_from(PEOPLE),
        st.sampled_from(
            ["sign", "sign", "answer", "raise", "resolve", "comment", "assign", "reopen"]
        ),
        st.booleans(),
        st.sampled_from(["review", "approval", "rejection"]),
        st.sampled_from([0, 0, 0, 1, 2]),
    ),
    max_size=40,
)


def happened(attempts: list[Attempt]) -> Told:
    told: Told = []
    for attempt in attempts:
        try:
            told.append((attempt.actor, decided(fold(told), attempt)))
        except ReviewRefused:
            continue
    return told


def rounds(told: Told) -> list[Told]:
    found: list[Told] = [[]]
    for actor, data in told:
        if isinstance(data, ReviewReopened):
            found.append([])
        else:
            found[-1].append((actor, data))
    return found


@given(ATTEMPTS)
def test_no_order_of_actions_lets_one_person_sign_a_round_twice(attempts: list[Attempt]) -> None:
    for told in rounds(happened(attempts)):
        signers = [party_of(actor) for actor, data in told if isinstance(data, OutputSigned)]
        assert len(signers) == len(set(signers))


@given(ATTEMPTS)
def test_nothing_is_added_after_a_signature_but_further_signatures(attempts: list[Attempt]) -> None:
    for told in rounds(happened(attempts)):
        kinds = [isinstance(data, OutputSigned) for _, data in told]
        assert kinds == sorted(kinds)


@given(ATTEMPTS)
def test_a_round_takes_exactly_the_signatures_its_first_one_asked_for(
    attempts: list[Attempt],
) -> None:
    told = happened(attempts)
    for part in rounds(told):
        signatures = [data for _, data in part if isinstance(data, OutputSigned)]
        assert len({data.signatures_needed for data in signatures}) <= 1
        assert not signatures or len(signatures) <= signatures[0].signatures_needed
    last = [data for _, data in rounds(told)[-1] if isinstance(data, OutputSigned)]
    is_signed = bool(last) and len(last) == last[0].signatures_needed
    assert (fold(told).status == Status.SIGNED) == is_signed


@given(ATTEMPTS)
def test_whoever_signed_had_read_everything_and_found_the_rubric_answered(
    attempts: list[Attempt],
) -> None:
    told: Told = []
    for attempt in attempts:
        review = fold(told)
        try:
            data = decided(review, attempt)
        except ReviewRefused:
            continue
        if isinstance(data, OutputSigned):
            assert not review.unanswered
            additions = told[review.version - attempt.unread :]
            assert all(isinstance(each, OutputSigned) for _, each in additions)
            assert data.meaning != "approval" or not review.open_findings
        told.append((attempt.actor, data))


def test_each_refusal_has_its_own_reason() -> None:
    alice, bob, _ = PEOPLE
    empty = fold([])

    def sign(
        review: Review, signer: Actor = alice, meaning: Any = "approval", seen: int = 99
    ) -> Callable[[], None]:
        return lambda: reviews.require_signable(review, signer=signer, meaning=meaning, seen=seen)

    ready: Told = [(alice, answered(empty))]
    with_finding: Told = [*ready, (bob, raised(empty))]
    once: Told = [*ready, (alice, signed(empty, four_eyes=True))]
    twice: Told = [*once, (bob, signed(fold(once)))]
    refused: dict[type[ReviewRefused], Callable[[], None]] = {
        RubricUnanswered: sign(empty),
        FindingsOpen: sign(fold(with_finding)),
        ReadBeforeSigning: sign(fold(with_finding), seen=1),
        AlreadySigned: sign(fold(once)),
        ReviewSigned: sign(fold(twice), signer=PEOPLE[2]),
        NothingSigned: lambda: reviews.require_signed(empty),
    }
    for error, attempt in refused.items():
        with pytest.raises(error):
            attempt()
    assert fold(once).status == Status.SIGNED_ONCE
    assert fold(twice).status == Status.SIGNED


def test_a_new_round_asks_the_rubric_again_and_keeps_open_findings() -> None:
    alice, bob, _ = PEOPLE
    told: Told = [(alice, raised(fold([]))), (alice, answered(fold([])))]
    told.append((alice, signed(fold(told), "rejection")))
    told.append((bob, ReviewReopened(output_id=OUTPUT, round=2, reason=BOX)))
    review = fold(told)
    assert (review.status, review.round) == (Status.IN_REVIEW, 2)
    assert list(review.unanswered) == list(NAMES)
    assert review.open_findings == {FINDING}
