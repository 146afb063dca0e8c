"""A recorded question is asked today, at another moment, without a version, until it changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import ceil, log2
from typing import Any

import pytest

from ingestion.commands import withdraw_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from retrieval.commands import retrieve
from tests.api.callers import Caller, json_of, new_caller, pointers
from tests.erased_keys import destroy
from tests.recording.stories import ALICE, STORM, WAITING, hand_in

pytestmark = pytest.mark.django_db
Work = Callable[[], None]


@pytest.fixture
def alice() -> Caller:
    return new_caller("alice")


def ask(**more: Any) -> str:
    asked = {"principal": ALICE, "query": "waiting period for dental treatment", "mode": "text"}
    found: str = retrieve(**{**asked, **more})["retrieval_id"]
    return found


def otherwise(caller: Caller, retrieval_id: str, **body: Any) -> Any:
    answer = caller.post(f"/retrievals/{retrieval_id}/counterfactual", body)
    assert answer.status_code == 200, answer.content
    return json_of(answer)


def change(caller: Caller, retrieval_id: str, **body: Any) -> Any:
    answer = caller.post(f"/retrievals/{retrieval_id}/bisection", body)
    assert answer.status_code == 200, answer.content
    return json_of(answer)


def places(found: Any) -> list[tuple[int, int | None, int | None]]:
    """Version number, recorded rank and rank of each passage."""
    return [(row["version_number"], row["recorded_rank"], row["rank"]) for row in found["ranks"]]


@pytest.mark.usefixtures("documents")
def test_today_it_finds_what_stands_today(alice: Caller, run_work: Work) -> None:
    retrieval_id, then = ask(), store.head_position()
    hand_in(WAITING.format(months=6), "dental")
    run_work()

    today = otherwise(alice, retrieval_id)
    assert (today["verdict"], places(today)) == ("different", [(2, None, 1), (1, 1, None)])
    assert (today["position"], today["recorded_position"]) == (store.head_position(), then)
    before = otherwise(alice, retrieval_id, as_recorded=True)
    assert (before["verdict"], places(before)) == ("identical", [(1, 1, 1)])
    assert places(otherwise(alice, retrieval_id, as_of=then)) == [(1, 1, 1)]


@pytest.mark.usefixtures("documents")
def test_the_effective_clock_is_set_apart(alice: Caller, run_work: Work) -> None:
    retrieval_id = ask()
    later = datetime.now(UTC) + timedelta(days=30)
    hand_in(WAITING.format(months=6), "dental", effective_from=later)
    run_work()
    assert otherwise(alice, retrieval_id)["verdict"] == "identical"
    found = otherwise(alice, retrieval_id, effective_at=later.isoformat())
    assert places(found) == [(2, None, 1), (1, 1, None)]


def test_without_a_version_the_others_move_up(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    hand_in("# Period\n\nA waiting period.\n", "other")
    run_work()
    retrieval_id = ask()
    without = otherwise(
        alice,
        retrieval_id,
        as_recorded=True,
        without_version_id=str(documents["dental"].version_id),
    )
    assert [each[1:] for each in places(without)] == [(2, 1), (1, None)]


def test_a_question_that_was_erased_cannot_be_asked(
    alice: Caller,
    documents: dict[str, Any],  # noqa: ARG001
) -> None:
    retrieval_id = ask()
    destroy([f"interaction:{retrieval_id}"])
    for path in ("counterfactual", "bisection"):
        assert alice.post(f"/retrievals/{retrieval_id}/{path}", {}).status_code == 410


@pytest.mark.usefixtures("documents")
def test_only_what_the_key_may_see_is_searched(run_work: Work) -> None:
    retrieval_id = ask()
    hand_in("# Dental\n\nWaiting period dental treatment dental.\n", "board", collection="board")
    run_work()
    narrow = new_caller("alice", collections=("default",))
    assert places(otherwise(narrow, retrieval_id)) == [(1, 1, 1)]
    assert len(places(otherwise(new_caller("alice"), retrieval_id))) == 2
    assert not change(narrow, retrieval_id)["changed"]
    assert new_caller("bob").post(f"/retrievals/{retrieval_id}/bisection", {}).status_code == 404


@pytest.mark.usefixtures("documents")
def test_the_event_that_changed_the_sources_is_found_in_few_searches(
    alice: Caller, run_work: Work
) -> None:
    retrieval_id = ask()
    for number in range(12):
        hand_in(f"# Storm {number}\n\n{STORM}", f"storm-{number}")
    run_work()
    unchanged = change(alice, retrieval_id)
    assert (unchanged["changed"], unchanged["event"], unchanged["searches"]) == (False, None, 2)
    replacing = hand_in(WAITING.format(months=6), "dental")
    run_work()
    for number in range(12):
        hand_in(f"# Hail {number}\n\n{STORM}", f"hail-{number}")
    run_work()

    found = change(alice, retrieval_id)

    assert found["changed"]
    assert found["event"]["type"] == "DocumentIndexed"
    assert found["event"]["version_id"] == str(replacing.version_id)
    assert found["position"] == found["event"]["position"]
    assert [row["version_number"] for row in found["before"]] == [1]
    assert [row["version_number"] for row in found["after"]] == [2]
    assert found["searches"] <= 2 + ceil(log2(25))
    until = change(alice, retrieval_id, until=found["position"] - 1)
    assert not until["changed"]
    refused = alice.post(f"/retrievals/{retrieval_id}/bisection", {"until": 0})
    assert pointers(refused) == ["#/until"]


def test_a_source_that_left_and_came_back_is_not_passed_over(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    retrieval_id = ask()
    withdraw_document(
        principal=SYSTEM_PRINCIPAL, document_id=documents["dental"].document_id, reason="over"
    )
    run_work()
    hand_in(WAITING.format(months=8), "dental")
    run_work()
    found = change(alice, retrieval_id)
    assert (found["event"]["type"], found["after"]) == ("DocumentWithdrawn", [])


@pytest.mark.usefixtures("documents")
def test_what_was_described_anew_is_the_same_source(alice: Caller, run_work: Work) -> None:
    retrieval_id = ask()
    hand_in(WAITING.format(months=8), "dental", title="New name")
    run_work()
    assert not change(alice, retrieval_id)["changed"]
