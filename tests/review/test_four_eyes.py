"""Who may decide about an erasure, whatever is tried in whatever order."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.eventstore.event_types import EventData
from provenance.eventstore.recorded import Actor
from provenance.review.erasures import Erasure, approve, fold, require_rejectable
from provenance.review.errors import AlreadyDecided, LegalHoldStands, SamePerson
from provenance.review.events import (
    ErasureApproved,
    ErasureExecuted,
    ErasureRejected,
    ErasureRequested,
)
from provenance.sealing.box import Box

ID, HOLD = UUID(int=1), UUID(int=2)
REASON = Box(kid="review:1", iv="", commit="")
ACTORS = st.builds(
    Actor,
    st.sampled_from(["user", "api_key"]),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["portal", "back office"]),
)


def asked_by(actor: Actor) -> Erasure:
    requested = ErasureRequested(erasure_id=ID, scope="subject", reason=REASON)
    erasure = fold([(actor, requested)])
    assert erasure is not None
    return erasure


@given(requester=ACTORS, approver=ACTORS, holds=st.lists(st.just(HOLD), max_size=1))
def test_an_approval_needs_another_pair_of_eyes_and_no_hold(
    requester: Actor, approver: Actor, holds: list[UUID]
) -> None:
    same_person = (requester.type, requester.id) == (approver.type, approver.id) and (
        requester.type == "user"
    )
    same_application = requester.type == approver.type == "api_key" and (
        requester.application == approver.application
    )
    if same_person or same_application:
        with pytest.raises(SamePerson):
            approve(asked_by(requester), approver=approver, holds=holds)
    elif holds:
        with pytest.raises(LegalHoldStands):
            approve(asked_by(requester), approver=approver, holds=holds)
    else:
        assert approve(asked_by(requester), approver=approver, holds=holds).erasure_id == ID


def test_two_keys_of_one_application_are_one_pair_of_eyes() -> None:
    with pytest.raises(SamePerson):
        approve(
            asked_by(Actor("api_key", "1", "portal")),
            approver=Actor("api_key", "2", "portal"),
            holds=[],
        )


LATER: list[EventData] = [
    ErasureApproved(erasure_id=ID),
    ErasureRejected(erasure_id=ID, reason=REASON),
    ErasureExecuted(erasure_id=ID, keys=0, blobs=0),
]


@given(st.lists(st.sampled_from(LATER), min_size=1))
def test_what_was_decided_is_never_decided_again(decided: list[EventData]) -> None:
    requested = ErasureRequested(erasure_id=ID, scope="subject", reason=REASON)
    carol, dave = Actor("user", "carol"), Actor("user", "dave")
    erasure = fold([(carol, requested), *((dave, each) for each in decided)])
    assert erasure is not None
    with pytest.raises(AlreadyDecided):
        approve(erasure, approver=dave, holds=[])
    with pytest.raises(AlreadyDecided):
        require_rejectable(erasure)


def test_an_empty_stream_tells_of_no_erasure() -> None:
    assert fold([]) is None
    assert fold([(Actor("user", "dave"), ErasureApproved(erasure_id=ID))]) is None
