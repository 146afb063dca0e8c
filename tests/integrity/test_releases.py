"""A release needs a request, another person's approval, and the archive that was asked for."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.eventstore.listings import Listing
from provenance.eventstore.recorded import Actor
from provenance.integrity.errors import ReleaseDecided, ReleaseNeedsAnother
from provenance.integrity.events import (
    RangeReleaseApproved,
    RangeReleased,
    RangeReleaseRejected,
    RangeReleaseRequested,
)
from provenance.integrity.releases import Status, approve, fold
from provenance.sealing.box import Box

ID = UUID(int=1)
REASON = Box.model_construct(kid="review:1", iv="", commit="")
RANGE: dict[str, Any] = {"release_id": ID, "first": 0, "end": 9, "archive_sha256": "a"}
ASKED = RangeReleaseRequested.model_construct(
    **RANGE, range_sha256="r", streams=1, kept=0, reason=REASON
)
APPROVED = RangeReleaseApproved(release_id=ID)
REJECTED = RangeReleaseRejected.model_construct(release_id=ID, reason=REASON)
RELEASED = RangeReleased(**RANGE, released=Listing(length=0, items=[]), streams=1)
OTHER_ARCHIVE = RELEASED.model_copy(update={"archive_sha256": "b"})
LONGER = RELEASED.model_copy(update={"end": 10})
FACTS = (ASKED, APPROVED, REJECTED, RELEASED, OTHER_ARCHIVE, LONGER)
ONE, OTHER = Actor("system", "ragledger"), Actor("user", "adam")


@given(st.lists(st.tuples(st.sampled_from((ONE, OTHER)), st.sampled_from(FACTS)), max_size=8))
def test_nothing_counts_as_released_that_two_did_not_agree_on(
    events: list[tuple[Actor, Any]],
) -> None:
    release = fold(events).get(ID)
    if release is None or release.status != Status.RELEASED:
        return
    kinds = [data for _, data in events]
    asked = kinds.index(ASKED)
    done = len(kinds) - 1 - kinds[::-1].index(RELEASED)
    requester = events[asked][0]
    between = events[asked:done]
    assert any(data is APPROVED and actor != requester for actor, data in between)
    first = next(
        data
        for actor, data in events[asked:]
        if data is REJECTED or (data is APPROVED and actor != requester)
    )
    assert first is APPROVED


def test_whoever_asked_cannot_approve_and_nothing_is_decided_twice() -> None:
    asked = fold([(ONE, ASKED)])[ID]
    with pytest.raises(ReleaseNeedsAnother):
        approve(asked, approver=ONE)
    assert approve(asked, approver=OTHER) == APPROVED
    with pytest.raises(ReleaseDecided):
        approve(fold([(ONE, ASKED), (OTHER, REJECTED)])[ID], approver=OTHER)
    assert fold([(ONE, ASKED), (OTHER, APPROVED), (ONE, RELEASED)])[ID].approver == OTHER
