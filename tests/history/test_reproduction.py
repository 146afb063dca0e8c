"""A retrieval that is run again comes out as it was, or the reason is named."""

import io
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection

from ingestion.commands import withdraw_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.models import Role
from provenance.api.health import check_everything
from provenance.api.metrics import exposition
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.history import circumstances
from provenance.history.events import RetrievalReproduced
from provenance.history.reproduction import ALARMS
from retrieval.commands import retrieve
from retrieval.generations import from_the_log
from retrieval.generations.active import active_generation, forget_active_generation
from retrieval.generations.commands import drop_generation, start_generation
from retrieval.generations.copying import Pair, Row, copy_rows
from retrieval.recording.commands import report_retrieval
from tests.api.callers import Caller, json_of, new_caller
from tests.erased_keys import destroy
from tests.pages.test_reviewing import signed_in
from tests.recording.stories import ALICE, WAITING, hand_in

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
QUERY = "waiting period for dental treatment or storm damage"


@pytest.fixture
def alice() -> Caller:
    return new_caller("alice")


def ask(**more: Any) -> str:
    found: str = retrieve(principal=ALICE, query=QUERY, **more)["retrieval_id"]
    return found


def again(caller: Caller, retrieval_id: str) -> Any:
    answer = caller.post(f"/retrievals/{retrieval_id}/reproduction", {})
    assert answer.status_code == 200, answer.content
    return json_of(answer)


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("mode", ["hybrid", "vector", "text"])
def test_it_comes_out_identical_after_everything_has_changed(
    alice: Caller, run_work: Work, mode: str
) -> None:
    exact, usual = ask(mode=mode, exact=True), ask(mode=mode)
    hand_in(WAITING.format(months=6), "dental")
    hand_in("# Waiting\n\nThe waiting period for storm damage is one day.\n", "new")
    run_work()

    for retrieval_id in (exact, usual):
        found = again(alice, retrieval_id)
        assert (found["verdict"], found["whole_ranking"]) == ("identical", "identical")
        assert found["cause"] is None
        assert found["reproduced"] == found["recorded"]
        assert len(found["recorded"]) == 2
    assert again(alice, ask(mode=mode))["recorded"] != found["recorded"]


@pytest.mark.usefixtures("documents")
def test_the_outcome_is_recorded_in_the_stream_of_the_retrieval(alice: Caller) -> None:
    retrieval_id = ask()
    found = again(alice, retrieval_id)
    (event,) = store.read_stream(f"retrieval-{retrieval_id}", types=[RetrievalReproduced])
    assert str(event.event_id) == found["event_id"]
    assert (event.data.verdict, event.data.cause) == ("identical", None)
    assert event.causation_id is not None
    assert event.actor.application == "alice"


@pytest.mark.usefixtures("documents")
def test_a_search_of_the_past_is_run_again_at_that_past(alice: Caller, run_work: Work) -> None:
    then = store.head_position()
    hand_in(WAITING.format(months=6), "dental")
    run_work()
    found = again(alice, ask(as_of=then, exact=True))
    assert (found["verdict"], found["position"]) == ("identical", then)
    assert {row["version_number"] for row in found["reproduced"]} == {1}


def test_what_has_been_erased_is_the_cause(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    retrieval_id, kept = ask(), ask(mode="text", collections=["default"])
    erase(documents["storm"].document_id, run_work)

    found = again(alice, retrieval_id)
    assert (found["verdict"], found["cause"]) == ("different", "erased_content")
    assert len(found["reproduced"]) == 1
    assert "erased" in found["detail"]
    assert again(alice, kept)["cause"] == "erased_content"


def erase(document_id: UUID, run_work: Work) -> None:
    destroy([f"document:{document_id}"])
    run_work()


@pytest.mark.usefixtures("documents")
def test_an_erased_question_cannot_be_asked_again(alice: Caller) -> None:
    retrieval_id = ask()
    destroy([f"interaction:{retrieval_id}"])
    found = again(alice, retrieval_id)
    assert (found["cause"], found["search"], found["reproduced"]) == ("erased_content", None, [])
    assert found["detail"].startswith("It could not be run again.")


@pytest.mark.usefixtures("documents")
def test_another_configuration_is_named_where_the_answer_differs(
    alice: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    retrieval_id = ask(mode="vector")
    monkeypatch.setattr(circumstances, "FINGERPRINT", "another")
    assert again(alice, retrieval_id)["cause"] is None
    swap_vectors()
    assert again(alice, retrieval_id)["cause"] == "configuration_changed"


def swap_vectors() -> None:
    """What somebody would do who gets at the index: each passage gets another one's vector."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH placed AS (SELECT chunk_id, embedding, count(*) OVER () AS all,"
            " row_number() OVER (ORDER BY chunk_id) AS n FROM retrieval_vector)"
            " UPDATE retrieval_vector AS v SET embedding = other.embedding"
            " FROM placed AS mine JOIN placed AS other ON other.n = mine.all + 1 - mine.n"
            " WHERE v.chunk_id = mine.chunk_id"
        )


@pytest.mark.usefixtures("documents")
def test_what_nothing_explains_is_an_alarm(alice: Caller) -> None:
    retrieval_id = ask(mode="vector")
    swap_vectors()

    found = again(alice, retrieval_id)

    assert found["cause"] == "unexplained"
    (alarm,) = store.read_stream(ALARMS)
    assert str(alarm.data.retrieval_id) == retrieval_id
    assert str(alarm.data.reproduction_event_id) == found["event_id"]
    page = signed_in("ada", Role.ADMINISTRATOR).get("/").content.decode()
    assert "1 retrieval came out otherwise, and nothing explains it" in page
    kept_out = signed_in("sam", Role.REVIEWER, collections=["public"]).get("/").content.decode()
    assert "nothing explains it" not in kept_out
    checks = {check.name: check for check in check_everything()}
    assert checks["reproductions"].facts == {"unexplained": 1}
    assert not checks["reproductions"].problem


@pytest.mark.usefixtures("documents")
def test_what_the_applications_own_store_answered_cannot_be_run_here(alice: Caller) -> None:
    reported = report_retrieval(
        principal=ALICE,
        query=QUERY,
        retriever={"name": "s", "version": "1"},
        results=[{"text": WAITING.format(months=8)}],
    )
    found = again(alice, str(reported.retrieval_id))
    assert (found["verdict"], found["reproduced"]) == ("not_served_here", [])
    assert len(found["recorded"]) == 1


def test_others_and_kept_out_keys_find_nothing(
    alice: Caller, documents: dict[str, Any], run_work: Work
) -> None:
    retrieval_id = ask()
    path = f"/retrievals/{retrieval_id}/reproduction"
    assert new_caller("bob").post(path, {}).status_code == 404
    assert new_caller("alice", collections=("x",)).post(path, {}).status_code == 404
    assert alice.post(f"/retrievals/{new_id()}/reproduction", {}).status_code == 404
    assert alice.post(path, {"anything": 1}).status_code == 422
    withdraw_document(
        principal=SYSTEM_PRINCIPAL, document_id=documents["storm"].document_id, reason="over"
    )
    run_work()
    assert again(alice, retrieval_id)["verdict"] == "identical"


@pytest.mark.usefixtures("documents")
def test_many_are_run_again_at_once_and_counted(run_work: Work) -> None:
    retrieval_ids = [ask(mode=mode) for mode in ("vector", "vector", "text")]
    run_work()

    assert told("--sample", "2")[0] == "2 retrievals run again."
    assert told("--since", "2100-01-01")[0] == "0 retrievals run again."
    assert told()[1].split() == ["3", "identical"]
    swap_vectors()
    output = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("reproduce", stdout=output)
    assert stopped.value.code == 1
    assert "2  reordered, unexplained" in output.getvalue()
    assert retrieval_ids[0] in output.getvalue()
    assert b"ragledger_unexplained_reproductions_total 2.0" in exposition()


def told(*arguments: str) -> list[str]:
    output = io.StringIO()
    call_command("reproduce", *arguments, stdout=output)
    return output.getvalue().splitlines()


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize("mode", ["hybrid", "vector", "text"])
def test_after_its_index_was_dropped_it_is_run_again_from_the_log(
    alice: Caller, run_work: Work, mode: str
) -> None:
    retrieval_id = ask(mode=mode)
    hand_in(WAITING.format(months=6), "dental")
    number = start_generation(
        embedding_model=None, activate_when_verified=True, principal=SYSTEM_PRINCIPAL
    )
    run_work()
    drop_generation(1, principal=SYSTEM_PRINCIPAL)
    run_work()
    forget_active_generation()
    assert active_generation().generation == number

    found = again(alice, retrieval_id)

    assert (found["whole_ranking"], found["cause"]) == ("identical", None)
    assert found["reproduced"] == found["recorded"]
    assert ask(mode=mode)


@pytest.mark.usefixtures("documents")
def test_many_of_a_dropped_index_beside_those_of_the_present_one_make_its_rows_once(
    run_work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than once, since a statement that is repeated is prepared for the tables it has read."""
    filled: list[UUID] = []
    monkeypatch.setattr(f"{from_the_log.__name__}.copy_rows", noting(filled))
    for _ in range(2):
        ask(mode="hybrid", exact=True)
        hand_in(WAITING.format(months=6), "dental")
        run_work()
    for _ in range(2):
        ask(mode="hybrid", exact=True)
    start_generation(embedding_model=None, activate_when_verified=True, principal=SYSTEM_PRINCIPAL)
    run_work()
    drop_generation(1, principal=SYSTEM_PRINCIPAL)
    run_work()
    forget_active_generation()
    for _ in range(4):
        ask(mode="hybrid", exact=True)
    run_work()

    for _ in range(2):
        assert [line.split() for line in told()[1:]] == [["8", "identical"]]
    assert len(filled) == 2 * len(set(filled)) > 2


def noting(filled: list[UUID]) -> Callable[..., None]:
    def noted(pair: Pair, generation: int, rows: Sequence[Row], vectors: Any) -> None:
        filled.extend(passage.chunk_id for *_, passage in rows)
        copy_rows(pair, generation, rows, vectors)

    return noted
