"""A version in quarantine is gone from searches at once, never from history, and comes back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from ingestion.commands import submit_document
from ingestion.errors import QuarantineRefused
from ingestion.quarantine import quarantine_version, release_version
from ingestion.queries import read_document, read_version
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from provenance.history.why_not import Reason, why_not
from provenance.projections.rebuild import differences
from provenance.review.finding import Target
from retrieval.projections import Knowledge
from retrieval.recording.reading import read_retrieval
from tests.recording.stories import ALICE, WAITING, ask, hand_in
from tests.review.conftest import erase

__all__ = ["erase"]
pytestmark = pytest.mark.django_db
Step = Callable[[], None]


def found(**more: Any) -> list[str]:
    return [result["version_id"] for result in ask(**more)["results"]]


def test_a_version_in_quarantine_is_found_by_no_search_but_of_the_past(run_work: Step) -> None:
    run_work()
    old = hand_in(WAITING.format(months=8), "dental")
    run_work()
    new = hand_in(WAITING.format(months=9), "dental")
    run_work()
    assert found() == [str(new.version_id)]
    before = store.head_position()
    answered = ask()

    quarantine_version(principal=SYSTEM_PRINCIPAL, version_id=new.version_id, reason="Wrong.")
    run_work()
    assert found() == [], "the version that it replaced does not come back"
    assert found(as_of=before) == [str(new.version_id)]
    document = read_document(principal=SYSTEM_PRINCIPAL, document_id=new.document_id)
    assert (document["status"], document["current_version"]) == ("quarantined", None)
    assert [each["status"] for each in document["versions"]] == ["quarantined", "superseded"]
    assert read_retrieval(UUID(answered["retrieval_id"]), principal=ALICE)["results"][0]["text"]
    reason = why_not(UUID(ask()["retrieval_id"]), new.document_id, principal=ALICE)
    assert (reason.reason, "Version 2 was in quarantine" in reason.detail) == (
        Reason.QUARANTINED,
        True,
    )
    with pytest.raises(QuarantineRefused):
        quarantine_version(principal=SYSTEM_PRINCIPAL, version_id=new.version_id, reason="Again.")
    again = hand_in(WAITING.format(months=9), "dental")
    assert (again.unchanged, again.status) == (True, "quarantined")

    release_version(principal=SYSTEM_PRINCIPAL, version_id=new.version_id, reason="It was right.")
    run_work()
    assert found() == [str(new.version_id)]
    assert found(as_of=before) == [str(new.version_id)]
    assert not any(differences(Knowledge()).values())
    with pytest.raises(QuarantineRefused):
        release_version(principal=SYSTEM_PRINCIPAL, version_id=old.version_id, reason="Why not.")


def test_what_is_doubted_before_it_is_searchable_never_becomes_so(
    run_work: Step, erase: Callable[[Target], UUID]
) -> None:
    run_work()
    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL, content=b"Poison.", external_id="p", media_type="text/plain"
    )
    version_id = submitted.version_id
    quarantine_version(principal=SYSTEM_PRINCIPAL, version_id=version_id, reason="Poison.")
    run_work()
    assert read_version(principal=SYSTEM_PRINCIPAL, version_id=version_id)["status"] == (
        "quarantined"
    )
    assert found() == []
    release_version(principal=SYSTEM_PRINCIPAL, version_id=version_id, reason="No poison.")
    run_work()
    assert read_version(principal=SYSTEM_PRINCIPAL, version_id=version_id)["status"] == "indexed"
    quarantine_version(principal=SYSTEM_PRINCIPAL, version_id=version_id, reason="After all.")
    run_work()
    assert not any(differences(Knowledge()).values())
    erase(Target("document", target_id=submitted.document_id))
    assert read_version(principal=SYSTEM_PRINCIPAL, version_id=version_id)["status"] == "erased"
    assert not any(differences(Knowledge()).values())
