"""Two administrators who decide about one release at the same moment: one of them is told."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.eventstore.sealed import Sealer
from provenance.exports import releasing
from provenance.integrity import releases
from provenance.integrity.errors import ReleaseDecided
from provenance.integrity.events import RangeReleaseRequested
from provenance.integrity.releases import STREAM, require_open
from provenance.sealing.keys import key_for
from tests.review.conftest import CAROL, DAVE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def release_id() -> UUID:
    release_id, event_id = new_id(), new_id()
    reason = Sealer(event_id=event_id, key=key_for("review", release_id)).text("reason", "Old.")
    asked = RangeReleaseRequested(
        release_id=release_id,
        first=0,
        end=9,
        range_sha256="0" * 64,
        archive_sha256="0" * 64,
        streams=1,
        kept=0,
        reason=reason,
    )
    new = NewEvent(data=asked, stream=STREAM, event_id=event_id, actor=SYSTEM)
    store.append([new], expected={STREAM: 0})
    return release_id


def approve(release_id: UUID) -> None:
    try:
        releasing.approve_release(release_id=release_id, principal=DAVE)
    finally:
        connections.close_all()


def test_a_release_that_is_approved_while_it_is_rejected_stays_approved(
    release_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []

    def look_while_another_approves(release: Any) -> None:
        require_open(release)
        looks.append(release)
        if len(looks) == 1:
            with ThreadPoolExecutor(1) as another:
                another.submit(approve, release_id).result(timeout=30)

    monkeypatch.setattr(releases, "require_open", look_while_another_approves)
    with pytest.raises(ReleaseDecided):
        releasing.reject_release(release_id=release_id, reason="No.", principal=CAROL)
    told = [type(event.data).__name__ for event in store.read_stream(STREAM)]
    assert told == ["RangeReleaseRequested", "RangeReleaseApproved"]
