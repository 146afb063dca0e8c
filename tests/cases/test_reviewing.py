"""A review from its assignment to its signature, in the log and in the lists of work."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from ingestion.errors import DocumentUnknown
from provenance.accounts.access import Principal
from provenance.cases import reading, signing
from provenance.cases.errors import (
    AlreadySigned,
    AssigneeRefused,
    OutputErased,
    PasswordWrong,
    ReviewSigned,
    TooManyFailures,
)
from provenance.cases.events import FindingRaised, OutputSigned, SignatureRefused
from provenance.cases.models import ReviewEntry
from provenance.cases.projections import Workplace
from provenance.cases.reviewing import (
    answer_rubric,
    assign_review,
    comment_on_output,
    raise_finding,
    read_review,
    reopen_review,
    resolve_finding,
)
from provenance.cases.reviews import Status
from provenance.cases.rubric import NAMES
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.sealed import reveal_text
from provenance.integrity import base64_text
from provenance.integrity.merkle import leaf_hash
from provenance.projections.rebuild import differences
from provenance.review.finding import Target
from retrieval.errors import RequestRefused
from retrieval.recording.errors import RecordNotFound
from tests.cases.conftest import TEXT, Cast, Step
from tests.review.conftest import erase

__all__ = ["erase"]
pytestmark = pytest.mark.django_db


def answer(output_id: UUID, principal: Principal) -> None:
    answer_rubric(
        output_id=output_id, answers=dict.fromkeys(NAMES, "yes"), note="Read.", principal=principal
    )


def sign(output_id: UUID, principal: Principal, **more: Any) -> None:
    _, review = read_review(output_id)
    given: dict[str, Any] = {
        "meaning": "approval",
        "printed_name": "Alice Example",
        "reason": "Well supported.",
        "seen": review.version,
        "confirms": lambda: True,
        **more,
    }
    signing.sign_output(output_id=output_id, principal=principal, **given)


def pin(output_id: UUID, principal: Principal, **more: Any) -> UUID:
    finding_id = new_id()
    raise_finding(
        output_id=output_id,
        finding_id=finding_id,
        statement="Nothing says so.",
        severity="major",
        principal=principal,
        **more,
    )
    return finding_id


def require_bound(output_id: UUID, *, signer: Principal) -> None:
    """The newest signature names its signer, and the leaf of the output it is bound to."""
    signed = store.read_last(f"review-{output_id}")
    assert signed is not None
    assert isinstance(signed.data, OutputSigned)
    assert signed.actor == signer.actor
    assert reveal_text(signed, "printed_name") == "Alice Example"
    record = signed.data.record
    stored = store.canonical_bytes(record.event_id)
    assert stored is not None
    assert record.leaf_hash == base64_text.encode(leaf_hash(stored))
    assert record.position == store.position_of(record.event_id)
    assert signed.data.covers == signed.stream_version - 1


def test_a_review_goes_from_assignment_to_a_signature_bound_to_its_leaf(
    output_id: UUID, cast: Cast, run_work: Step
) -> None:
    assign_review(output_id=output_id, assignee=UUID(cast.alice.actor.id), principal=cast.carol)
    run_work()
    assert [each.output_id for each in reading.assigned_to(cast.alice)] == [output_id]
    assert not reading.assigned_to(cast.bob)
    answer(output_id, cast.alice)
    finding_id = pin(output_id, cast.alice, start=53, end=len(TEXT))
    comment_id = new_id()
    for _ in range(2):  # An honest repeat is recorded once.
        comment_on_output(
            output_id=output_id, comment_id=comment_id, text="Look at this.", principal=cast.bob
        )
    resolve_finding(
        output_id=output_id,
        finding_id=finding_id,
        resolution="accepted",
        note="Harmless.",
        principal=cast.bob,
    )
    sign(output_id, cast.alice)
    require_bound(output_id, signer=cast.alice)
    run_work()

    row = ReviewEntry.objects.get()
    assert (row.status, row.findings, row.comments) == (Status.SIGNED, 1, 1)
    assert row.meanings == ["approval"]
    assert not reading.assigned_to(cast.alice)
    assert not any(differences(Workplace()).values())


def test_what_is_signed_takes_nothing_more_until_a_new_round(output_id: UUID, cast: Cast) -> None:
    answer(output_id, cast.alice)
    sign(output_id, cast.alice)
    with pytest.raises(ReviewSigned):
        pin(output_id, cast.bob)
    with pytest.raises(ReviewSigned):
        comment_on_output(output_id=output_id, comment_id=new_id(), text="?", principal=cast.bob)
    reopen_review(output_id=output_id, reason="A new policy came.", principal=cast.bob)
    pin(output_id, cast.bob)
    assert read_review(output_id)[1].round == 2


def test_four_eyes_ask_for_a_second_person(
    output_id: UUID, cast: Cast, run_work: Step, settings: Any
) -> None:
    settings.FOUR_EYES_SIGN_OFF = True
    answer(output_id, cast.alice)
    sign(output_id, cast.alice)
    with pytest.raises(AlreadySigned):
        sign(output_id, cast.alice)
    run_work()
    assert [each.output_id for each in reading.half_signed(cast.bob)] == [output_id]
    assert not reading.half_signed(cast.alice)
    settings.FOUR_EYES_SIGN_OFF = False
    sign(output_id, cast.bob)
    assert read_review(output_id)[1].status == Status.SIGNED


def test_a_wrong_password_signs_nothing_is_recorded_and_soon_no_longer_tried(
    output_id: UUID, cast: Cast
) -> None:
    answer(output_id, cast.alice)
    for _ in range(signing.MAX_FAILURES):
        with pytest.raises(PasswordWrong):
            sign(output_id, cast.alice, confirms=lambda: False)
    with pytest.raises(TooManyFailures):
        sign(output_id, cast.alice)
    failures = store.read_stream(f"signing-{cast.alice.actor.id}", types=[SignatureRefused])
    assert len(failures) == signing.MAX_FAILURES
    sign(output_id, cast.bob)


def test_an_erasure_takes_along_what_reviewers_wrote_and_leaves_who_signed(
    output_id: UUID, cast: Cast, erase: Callable[[Target], UUID]
) -> None:
    answer(output_id, cast.alice)
    pin(output_id, cast.alice)
    sign(output_id, cast.alice, meaning="review")
    erase(Target("interaction", target_id=output_id))

    events, _ = read_review(output_id)
    (finding,) = [event for event in events if isinstance(event.data, FindingRaised)]
    assert reveal_text(finding, "statement") is None
    assert reveal_text(events[-1], "reason") is None
    assert reveal_text(events[-1], "printed_name") == "Alice Example"
    assert ReviewEntry.objects.get().erased
    assert not any(differences(Workplace()).values())
    with pytest.raises(OutputErased):
        reopen_review(output_id=output_id, reason="Again.", principal=cast.bob)


def test_a_finding_is_pinned_inside_the_text(output_id: UUID, cast: Cast) -> None:
    outside = ({"start": 5}, {"start": 5, "end": 5}, {"start": 0, "end": 999}, {"end": 4})
    for pinned in outside:
        with pytest.raises(RequestRefused):
            pin(output_id, cast.alice, **pinned)
    with pytest.raises(RequestRefused):
        pin(output_id, cast.alice, chunk_id=new_id())
    with pytest.raises(DocumentUnknown):
        pin(output_id, cast.alice, version_id=new_id())
    assert not read_review(output_id)[0]


def test_only_those_who_may_read_an_output_and_edit_review_it(output_id: UUID, cast: Cast) -> None:
    with pytest.raises(RecordNotFound):
        pin(output_id, cast.mallory)
    with pytest.raises(PermissionDenied):
        pin(output_id, cast.eve)
    with pytest.raises(PermissionDenied):
        sign(output_id, cast.eve)
    for nobody in (cast.eve, cast.mallory):
        with pytest.raises(AssigneeRefused):
            assign_review(output_id=output_id, assignee=UUID(nobody.actor.id), principal=cast.alice)
