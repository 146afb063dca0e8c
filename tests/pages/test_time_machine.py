"""The time machine and the page of a retrieval, as reviewers and auditors use them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from ingestion.quarantine import quarantine_version, release_version
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_user
from provenance.accounts.models import Role
from provenance.eventstore import store
from provenance.eventstore.clock import last_positions_by
from provenance.history.events import RetrievalReproduced
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from retrieval.recording.commands import report_retrieval
from tests.erased_keys import destroy
from tests.recording.conftest import documents
from tests.recording.stories import ALICE, STORM, WAITING, ask, hand_in, output_of, prompt_of

__all__ = ["documents"]
pytestmark = pytest.mark.django_db
Work = Callable[[], None]


def person(name: str, role: Role, collections: list[str] | None = None) -> Client:
    user = create_user(
        principal=SYSTEM_PRINCIPAL,
        username=name,
        password="a long enough pass phrase",  # noqa: S106
        role=role,
        collections=collections,
    )
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def auditor() -> Client:
    return person("bob", Role.AUDITOR)


def text(client: Client, address: str, *, status: int = 200, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


@pytest.mark.usefixtures("documents")
def test_a_moment_is_told_by_both_clocks(auditor: Client, run_work: Work) -> None:
    then, soon = store.head_position(), datetime.now(UTC) + timedelta(days=10)
    hand_in(WAITING.format(months=6), "dental")
    hand_in("# Hail\n\nHail is storm damage.\n", "hail", effective_from=soon)
    run_work()

    now, before = text(auditor, "/time/"), text(auditor, "/time/", position=then)
    later = text(auditor, "/time/", effective_at=f"{soon + timedelta(days=1):%Y-%m-%dT%H:%M}")
    assert "<strong>2 documents</strong>" in now
    assert ("version 2" in now, "version 2" in before) == (True, False)
    assert ("Hail" in now, "Hail" in later) == (False, True)
    assert "Before the log began" in text(auditor, "/time/", at="2001-01-01T00:00")
    assert "No document matches" in text(auditor, "/time/", q="nothing of the kind")


@pytest.mark.usefixtures("documents")
def test_a_moment_can_be_searched_and_nothing_is_recorded(auditor: Client, run_work: Work) -> None:
    then = store.head_position()
    hand_in(WAITING.format(months=6), "dental")
    run_work()
    head = store.head_position()
    page = text(auditor, "/time/", show="search", q="waiting period", position=then)
    assert "is 8 months" in page
    assert "is 6 months" not in page
    assert store.head_position() == head


@pytest.mark.usefixtures("documents")
def test_two_moments_are_compared(auditor: Client, run_work: Work) -> None:
    then = store.head_position()
    hand_in(WAITING.format(months=6), "dental")
    run_work()
    changed = text(auditor, "/time/", show="changes", position=then)
    assert "1 replaced" in changed
    assert "Storm policy" not in changed
    same = text(auditor, "/time/", show="changes", position=then, other_position=then)
    assert "No difference" in same


def test_an_empty_log_and_moments_that_are_none_are_told(auditor: Client, run_work: Work) -> None:
    assert "Not ready" in text(auditor, "/time/", status=503)
    run_work()
    assert "Nothing could be found" in text(auditor, "/time/")
    assert "has not reached this position" in text(auditor, "/time/", position=10**9)
    assert "is not a position" in text(auditor, "/time/", position="3x")
    assert "is not a date and time" in text(auditor, "/time/", at="yesterday")
    assert "is not a date and time" in text(auditor, "/time/", effective_at="9999-99-99T00:00")


@pytest.mark.usefixtures("documents")
def test_collections_kept_from_a_person_are_no_part_of_any_moment(run_work: Work) -> None:
    hand_in("# Board\n\nSecret.\n", "board", collection="board")
    run_work()
    kept_out = person("carol", Role.REVIEWER, ["default"])
    for query in ({}, {"show": "changes", "position": 0}, {"show": "search", "q": "secret"}):
        assert "Board" not in text(kept_out, "/time/", **query)
    assert "Board" in text(person("dave", Role.REVIEWER), "/time/")


def test_the_timeline_shows_when_versions_were_put_in_quarantine(
    documents: dict[str, Any], auditor: Client, run_work: Work
) -> None:
    def counted(client: Client) -> int:
        page = client.get("/time/")
        assert "versions put in quarantine" in page.content.decode()
        return sum(slot.counts[2] for slot in page.context["line"].chart.slots)

    assert counted(auditor) == 0
    version_id = documents["dental"].version_id
    for change in (quarantine_version, release_version, quarantine_version):
        change(principal=SYSTEM_PRINCIPAL, version_id=version_id, reason="A doubt.")
        run_work()
    assert counted(auditor) == 2
    assert counted(person("carol", Role.REVIEWER, ["elsewhere"])) == 0
    assert not any(differences(projection_named("quarantines")).values())


def test_the_last_position_by_a_time_is_found_by_halving(run_work: Work) -> None:
    before = datetime.now(UTC)
    assert last_positions_by([before]) == [-1]
    for number in range(3):
        hand_in(f"Words {number}", f"name-{number}")
        run_work()
    after = datetime.now(UTC)
    assert last_positions_by([before, after, before]) == [-1, store.head_position(), -1]


@pytest.mark.usefixtures("documents")
def test_an_auditor_runs_a_retrieval_again_from_its_trace(auditor: Client, run_work: Work) -> None:
    answer = ask()
    output_id = output_of(prompt_of(answer), "Eight months.")
    run_work()
    trace, retrieval_id = f"/outputs/{output_id}/", answer["retrieval_id"]
    assert "Not run again yet" in text(auditor, trace)

    posted = auditor.post(f"/retrievals/{retrieval_id}/reproduction/", {"output_id": output_id})

    assert posted.headers["Location"] == f"{trace}#retrieval-{retrieval_id}"
    assert "Reproduced" in text(auditor, trace)
    page = text(auditor, f"/retrievals/{retrieval_id}/")
    assert "The same passages came back in the same order." in page
    (event,) = store.read_stream(f"retrieval-{retrieval_id}", types=[RetrievalReproduced])
    assert event.actor.type == "user"
    alone = auditor.post(f"/retrievals/{retrieval_id}/reproduction/")
    assert alone.headers["Location"] == f"/retrievals/{retrieval_id}/"
    assert "Every time it was run again" in text(auditor, f"/retrievals/{retrieval_id}/")


def test_the_page_of_a_retrieval_asks_otherwise_when_and_why(
    auditor: Client, documents: dict[str, Any], run_work: Work
) -> None:
    answer = ask()
    hand_in(WAITING.format(months=6), "dental")
    run_work()
    address = f"/retrievals/{answer['retrieval_id']}/"

    otherwise = text(auditor, address, show="otherwise")
    assert ("new" in otherwise, "gone" in otherwise) == (True, True)
    dental = documents["dental"]
    without = text(auditor, address, show="otherwise", without=dental.version_id, position=0)
    assert "gone" in without
    assert "changed at position" in text(auditor, address, show="change")
    assert "Storm policy" in text(auditor, address, show="why", q="storm")
    storm = documents["storm"].document_id
    assert "Others ranked above it" in text(auditor, address, show="why", document=storm)
    text(auditor, address, show="why", document=answer["retrieval_id"], status=404)


@pytest.mark.usefixtures("documents")
def test_an_erased_question_and_another_store_are_told(auditor: Client, run_work: Work) -> None:
    erased = ask()["retrieval_id"]
    destroy([f"interaction:{erased}"])
    for shown in ("otherwise", "change"):
        assert "have been erased" in text(auditor, f"/retrievals/{erased}/", show=shown)
    reported = report_retrieval(
        principal=ALICE,
        query="storm",
        retriever={"name": "s", "version": "1"},
        results=[{"text": STORM}],
    ).retrieval_id
    run_work()
    address = f"/retrievals/{reported}/"
    assert "Served elsewhere" in text(auditor, address)
    assert "It did not get into a prompt" in text(
        auditor, address, show="why", document=hand_in(STORM, "storm").document_id
    )
    assert auditor.post(f"{address}reproduction/").status_code == 302


def test_a_retrieval_that_found_what_is_kept_from_a_person_does_not_exist(run_work: Work) -> None:
    hand_in(WAITING.format(months=8), "board", collection="board")
    run_work()
    address = f"/retrievals/{ask()['retrieval_id']}/"
    kept_out = person("carol", Role.REVIEWER, ["default"])
    assert kept_out.get(address).status_code == 404
    assert kept_out.post(f"{address}reproduction/").status_code == 404
    assert Client().get(address).status_code == 302
