"""Why a document is not in an answer: each of the reasons, and its rank where it was ranked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ingestion.commands import withdraw_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from retrieval import deep_rank as deep
from retrieval.commands import retrieve
from retrieval.generations.active import active_generation
from retrieval.recording.commands import report_prompt, report_retrieval
from retrieval.search import Question, search
from tests.api.callers import Caller, json_of, new_caller
from tests.history.test_as_of import embedded
from tests.history.test_reproduction import erase
from tests.recording.stories import ALICE, STORM, WAITING, hand_in

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
SOON = datetime.now(UTC) + timedelta(days=30)


@pytest.fixture
def alice() -> Caller:
    return new_caller("alice")


def ask(query: str = "waiting period for dental treatment", **more: Any) -> str:
    found: str = retrieve(**{"principal": ALICE, "query": query, "mode": "text", **more})[
        "retrieval_id"
    ]
    return found


def why(caller: Caller, retrieval_id: str, document_id: UUID, **more: Any) -> Any:
    answer = caller.get(f"/retrievals/{retrieval_id}/why-not", document_id=document_id, **more)
    assert answer.status_code == 200, answer.content
    return json_of(answer)


def reason(caller: Caller, retrieval_id: str, document_id: UUID, **more: Any) -> str:
    found: str = why(caller, retrieval_id, document_id, **more)["reason"]
    return found


@pytest.mark.usefixtures("documents")
def test_it_was_not_there_yet(alice: Caller, run_work: Work, run_projector: Work) -> None:
    before = ask()
    late = hand_in("# Late\n\nDental waiting period.\n", "late")
    run_projector()
    between = ask()
    run_work()

    assert reason(alice, before, late.document_id) == "not_submitted"
    assert reason(alice, between, late.document_id) == "not_indexed_yet"
    assert reason(alice, ask(), late.document_id) != "not_indexed_yet"


def test_what_failed_is_not_indexed_and_says_why(alice: Caller, run_work: Work) -> None:
    broken = hand_in(" \n", "empty")
    run_work()
    found = why(alice, ask(), broken.document_id)
    assert found["reason"] == "not_indexed_yet"
    assert "no" in found["detail"].lower()


def test_versions_are_superseded_and_not_yet_in_force(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    dental = documents["dental"]
    second = hand_in(WAITING.format(months=6), "dental")
    third = hand_in(WAITING.format(months=3), "dental", effective_from=SOON)
    run_work()
    retrieval_id = ask()

    def of(version: Any) -> Any:
        return why(alice, retrieval_id, dental.document_id, version_id=version.version_id)

    assert (of(dental)["reason"], of(dental)["detail"]) == (
        "superseded",
        "Version 2 had replaced it.",
    )
    assert (of(second)["reason"], of(second)["rank"]) == ("not_in_prompt", 1)
    assert of(third)["reason"] == "not_effective"
    assert f"{SOON:%Y-%m-%d}" in of(third)["detail"]


def test_it_was_withdrawn_or_had_expired(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    expired = hand_in(
        "# Old fee\n\nFee for dental.\n", "fee", effective_until=datetime(2020, 1, 1, tzinfo=UTC)
    )
    withdraw_document(
        principal=SYSTEM_PRINCIPAL, document_id=documents["dental"].document_id, reason="over"
    )
    run_work()
    retrieval_id = ask()
    assert reason(alice, retrieval_id, documents["dental"].document_id) == "withdrawn"
    found = why(alice, retrieval_id, expired.document_id)
    assert (found["reason"], "2020-01-01" in found["detail"]) == ("not_effective", True)


def test_it_was_erased_before_or_since(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    before = ask("waiting", collections=["default"])
    erase(documents["storm"].document_id, run_work)
    for retrieval_id in (before, ask()):
        assert reason(alice, retrieval_id, documents["storm"].document_id) == "erased"


def test_it_was_filtered_or_not_permitted(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    secret = hand_in("# Board\n\nDental waiting period.\n", "board", collection="board")
    run_work()
    storm = documents["storm"].document_id
    asker = replace(ALICE, collections=frozenset({"default"}))

    assert reason(alice, ask(principal=asker), secret.document_id) == "permission"
    assert reason(alice, ask(collections=["default"]), secret.document_id) == "filtered"
    found = why(alice, ask(metadata={"kind": "a"}), storm)
    assert (found["reason"], "kind" in found["detail"]) == ("filtered", True)


def test_it_ranked_below_with_its_rank_and_score(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    hand_in("# Waiting\n\nWaiting waiting period period dental dental treatment.\n", "other")
    run_work()
    found = why(alice, ask(top_k=1), documents["dental"].document_id)
    assert (found["reason"], found["rank"]) == ("ranked_below", 2)
    assert found["score"] > 0
    wordless = why(alice, ask("storm"), documents["dental"].document_id)
    assert (wordless["reason"], wordless["rank"]) == ("ranked_below", None)
    assert "No word" in wordless["detail"]


@pytest.mark.parametrize("mode", ["hybrid", "vector", "text"])
@pytest.mark.usefixtures("documents")
def test_a_rank_far_below_goes_on_where_the_recorded_ones_end(run_work: Work, mode: str) -> None:
    for number in range(20):
        hand_in(f"# Part {number}\n\nWaiting period {'storm ' * number} treatment.\n", f"p{number}")
    run_work()
    asked = Question(
        query="waiting storm period",
        vector=None if mode == "text" else embedded("waiting storm period"),
        mode=mode,
        effective_at=datetime.now(UTC),
        as_of=store.head_position(),
        exact=True,
    )
    ranking = search(asked, active_generation()).ranking
    assert len(ranking) == 22 if mode != "text" else len(ranking) >= 20
    for each in ranking:
        found = deep.deep_rank(asked, active_generation(), document_id=UUID(each.document_id))
        assert found is not None
        assert (found.rank, found.of, found.score) == (each.rank, len(ranking), each.score)
        assert found.version_id == each.version_id


def test_the_hybrid_rank_of_what_was_no_candidate_comes_after_the_candidates(
    documents: dict[str, Any], run_work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        hand_in(f"# Part {number}\n\nWaiting period {number}.\n", f"p{number}")
    run_work()
    asked = Question(
        query="waiting period",
        vector=embedded("waiting period"),
        effective_at=datetime.now(UTC),
        as_of=store.head_position(),
        exact=True,
    )
    monkeypatch.setattr(deep, "DEPTH", 2)
    ids = {documents["storm"].document_id}
    found = deep.deep_rank(asked, active_generation(), document_id=ids.pop())
    assert found is not None
    assert 2 < found.rank <= found.of == 8


def test_what_the_application_got_it_dropped_left_out_or_used(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    answer = retrieve(principal=ALICE, query="waiting period storm damage", mode="text")
    retrieval_id, dental = answer["retrieval_id"], documents["dental"].document_id
    assert len(answer["results"]) == 2
    kept = next(r for r in answer["results"] if r["document_id"] != str(dental))
    assert reason(alice, retrieval_id, dental) == "not_in_prompt"

    def prompt(**more: Any) -> None:
        report_prompt(principal=ALICE, retrieval_ids=[UUID(retrieval_id)], **more)
        run_work()

    prompt(
        text="Nothing of it.",
        selection=[{"retrieval_id": retrieval_id, "chunk_id": kept["chunk_id"], "rank": 1}],
    )
    assert reason(alice, retrieval_id, dental) == "dropped_by_application"
    assert reason(alice, retrieval_id, documents["storm"].document_id) == "not_in_prompt"
    prompt(text="Nothing of either.")
    assert reason(alice, retrieval_id, dental) == "not_in_prompt"
    prompt(text=WAITING.format(months=8))
    assert reason(alice, retrieval_id, dental) == "used"


def test_of_another_store_only_what_it_returned_is_known(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    reported = report_retrieval(
        principal=ALICE,
        query="storm",
        retriever={"name": "s", "version": "1"},
        results=[{"text": STORM}],
    )
    run_work()
    retrieval_id = str(reported.retrieval_id)
    assert reason(alice, retrieval_id, documents["storm"].document_id) == "not_in_prompt"
    path = f"/retrievals/{retrieval_id}/why-not"
    other = alice.get(path, document_id=documents["dental"].document_id)
    assert (other.status_code, json_of(other)["title"]) == (409, "Served elsewhere")


def test_unknown_and_hidden_documents_are_not_found(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    secret = hand_in("# Board\n\nDental waiting period.\n", "board", collection="board")
    run_work()
    path = f"/retrievals/{ask(collections=['default'])}/why-not"
    storm, dental = documents["storm"], documents["dental"]
    narrow = new_caller("alice", collections=("default",))
    assert narrow.get(path, document_id=storm.document_id).status_code == 200
    assert narrow.get(path, document_id=secret.document_id).status_code == 404
    assert alice.get(path, document_id=new_id()).status_code == 404
    of_another = {"document_id": storm.document_id, "version_id": dental.version_id}
    assert alice.get(path, **of_another).status_code == 404
    assert alice.get(path).status_code == 422
    assert new_caller("bob").get(path, document_id=storm.document_id).status_code == 404
