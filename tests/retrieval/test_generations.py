"""A further index generation: built from the log, compared with it, switched to and back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from ingestion.commands import submit_document, withdraw_document
from ingestion.events import DocumentIndexed
from provenance.accounts.access import SYSTEM_PRINCIPAL, Principal
from provenance.eventstore import store
from provenance.eventstore.recorded import Actor
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from provenance.projections.work import run_next
from retrieval.commands import retrieve
from retrieval.errors import GenerationNotFound, GenerationRefused
from retrieval.generations import building, commands
from retrieval.generations.active import drop_ended, generation_named
from retrieval.generations.parity import loaded_contents
from retrieval.models import IndexGeneration, State
from tests.retrieval.generations import Reversed, other_model

__all__ = ["other_model"]
pytestmark = pytest.mark.django_db
Work = Callable[[], None]
# Long enough for several passages.
TEXT = (
    "# Policy {name}\n\nThe waiting period is {days} days after the {name} policy begins.\n\n"
    + "\n\n".join(f"## Part {part}\n\n" + f"Word {part} of it. " * 60 for part in range(3))
)


def hand_in(name: str, days: int = 30) -> Any:
    return submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=TEXT.format(name=name, days=days).encode(),
        external_id=name,
        media_type="text/markdown",
    )


def ask(query: str = "waiting period", **more: Any) -> dict[str, Any]:
    return retrieve(**{"principal": SYSTEM_PRINCIPAL, "query": query, **more})


def start(model: str | None = "reversed", *, activate: bool = False) -> int:
    return commands.start_generation(
        embedding_model=model, activate_when_verified=activate, principal=SYSTEM_PRINCIPAL
    )


def state_of(generation: int) -> str:
    return IndexGeneration.objects.get(generation=generation).state


def assert_equal_to_a_rebuild() -> None:
    for name in ("knowledge", "pending_work"):
        assert not any(differences(projection_named(name)).values()), name


@pytest.fixture
def documents(run_work: Work) -> None:
    for name in ("travel", "home", "car"):
        hand_in(name)
    run_work()
    hand_in("travel", days=14)
    run_work()


@pytest.mark.usefixtures("documents")
def test_another_model_embeds_each_text_once_and_moves_nothing(
    run_work: Work, other_model: Reversed
) -> None:
    then = store.head_position()
    before = ask(as_of=then, top_k=3)
    number = start()
    run_work()
    assert state_of(number) == State.VERIFIED
    assert len(other_model.embedded) == len(set(other_model.embedded))
    assert_equal_to_a_rebuild()
    assert commands.activate_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    after = ask(as_of=then, top_k=3)
    assert after["receipt"]["index_generation"] == number
    assert after["receipt"]["embedding_model"] == "reversed"
    assert {each["chunk_id"] for each in after["results"]} == {
        each["chunk_id"] for each in before["results"]
    }
    assert_equal_to_a_rebuild()


@pytest.mark.usefixtures("documents")
def test_versions_that_come_are_in_every_generation_so_that_going_back_is_one_event(
    run_work: Work, other_model: Reversed
) -> None:
    number = start(activate=True)
    run_work()
    assert state_of(number) == State.ACTIVE
    hand_in("boat")
    other_model.away = False
    run_work()
    assert ask("boat")["receipt"]["index_generation"] == number
    commands.activate_generation(1, principal=SYSTEM_PRINCIPAL)
    run_work()
    answer = ask("boat")
    assert answer["receipt"]["index_generation"] == 1
    assert "boat" in answer["results"][0]["text"]
    assert state_of(number) == State.RETIRED
    assert_equal_to_a_rebuild()


@pytest.mark.usefixtures("documents")
def test_what_changes_while_a_generation_is_built_is_in_it(
    run_projector: Work, run_work: Work, other_model: Reversed, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = start()

    def meanwhile(*args: Any, **more: Any) -> Any:
        found = loaded_contents(*args, **more)
        other_model.away = True
        withdraw_document(
            document_id=hand_in("home", 7).document_id, reason="old", principal=SYSTEM_PRINCIPAL
        )
        run_projector()
        other_model.away = False
        return found

    monkeypatch.setattr(building, "loaded_contents", meanwhile)
    run_work()
    assert state_of(number) == State.VERIFIED
    assert_equal_to_a_rebuild()


@pytest.mark.usefixtures("documents", "other_model")
def test_a_generation_is_paused_resumed_and_cancelled(run_projector: Work, run_work: Work) -> None:
    number = start()
    run_projector()
    commands.pause_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    assert state_of(number) == State.BUILDING
    commands.resume_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    assert state_of(number) == State.VERIFIED
    commands.cancel_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    assert_equal_to_a_rebuild()
    drop_ended()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"retrieval_vector_g{number}"])
        assert cursor.fetchone() == (None,)
    with pytest.raises(GenerationRefused):
        commands.activate_generation(number, principal=SYSTEM_PRINCIPAL)


@pytest.mark.usefixtures("documents", "other_model")
def test_a_generation_that_was_active_is_dropped_whole(run_work: Work) -> None:
    number = start(activate=True)
    run_work()
    with pytest.raises(GenerationRefused, match="is active"):
        commands.drop_generation(number, principal=SYSTEM_PRINCIPAL)
    commands.drop_generation(1, principal=SYSTEM_PRINCIPAL)
    run_work()
    with pytest.raises(GenerationNotFound):
        generation_named(1)
    assert ask()["results"]
    assert_equal_to_a_rebuild()
    # From the log alone once more: nothing has to be embedded anew.
    again = start("hash-test")
    run_work()
    assert state_of(again) == State.VERIFIED
    assert_equal_to_a_rebuild()


DAMAGE = {
    "Missing: the row of passage": "DELETE FROM retrieval_vector WHERE ctid = (SELECT ctid"
    " FROM retrieval_vector WHERE generation = 2 LIMIT 1) AND generation = 2",
    "Changed: the vector of passage": "UPDATE retrieval_vector SET embedding = (SELECT embedding"
    " FROM retrieval_vector WHERE generation = 1 LIMIT 1) WHERE generation = 2",
    "Missing: version 1 of document": "WITH gone AS (DELETE FROM retrieval_vector"
    " WHERE generation = 2 RETURNING version_id) DELETE FROM retrieval_terms"
    " WHERE generation = 2 AND version_id IN (SELECT version_id FROM gone)",
}


@pytest.mark.parametrize("problem", sorted(DAMAGE))
@pytest.mark.usefixtures("documents", "other_model")
def test_a_generation_that_is_not_what_the_log_says_is_refused(
    run_work: Work, problem: str
) -> None:
    number = start()
    run_work()
    with connection.cursor() as cursor:
        cursor.execute(DAMAGE[problem])
    commands.verify_generation(number, principal=SYSTEM_PRINCIPAL)
    run_work()
    row = IndexGeneration.objects.get(generation=number)
    assert row.state == State.FAILED
    assert row.problem.startswith(problem)
    with pytest.raises(GenerationRefused):
        commands.activate_generation(number, principal=SYSTEM_PRINCIPAL)


@pytest.mark.usefixtures("documents", "other_model")
def test_the_command_watches_a_generation_until_searches_use_it(
    run_work: Work, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "retrieval.management.commands.rebuild_index.time.sleep", lambda _: run_work()
    )
    call_command("rebuild_index", "--embedding-model", "reversed", "--activate")
    assert "Searches use it now." in capsys.readouterr().out
    assert state_of(2) == State.ACTIVE
    with pytest.raises(CommandError, match="is no embedding model"):
        call_command("rebuild_index", "--embedding-model", "guesswork")


@pytest.mark.usefixtures("documents", "other_model")
def test_under_four_eyes_somebody_else_has_to_agree(
    run_work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "FOUR_EYES_ACTIVATION", True)
    number = start()
    run_work()
    alice, bob = (
        Principal(Actor("user", name), frozenset({"admin"}), role="administrator")
        for name in ("alice", "bob")
    )
    assert not commands.activate_generation(number, principal=alice)
    with pytest.raises(GenerationRefused, match="Somebody else"):
        commands.activate_generation(number, principal=alice)
    assert commands.activate_generation(number, principal=bob)
    run_work()
    assert state_of(number) == State.ACTIVE


@pytest.mark.usefixtures("documents")
def test_nothing_is_activated_while_versions_are_owed(
    run_work: Work, run_projector: Work, other_model: Reversed
) -> None:
    number = start()
    run_work()
    other_model.away = True
    hand_in("boat")
    run_projector()
    while run_next("extract") or run_next("embed"):
        run_projector()
    assert "boat" in ask("boat")["results"][0]["text"]
    with pytest.raises(GenerationRefused, match="1 versions have yet"):
        commands.activate_generation(number, principal=SYSTEM_PRINCIPAL)
    other_model.away = False
    run_work()
    assert commands.activate_generation(number, principal=SYSTEM_PRINCIPAL)
    assert_equal_to_a_rebuild()


def embed_only(run_projector: Work) -> None:
    """Extracts and embeds what was handed in; what comes of the embedding is not folded."""
    run_projector()
    assert run_next("extract")
    run_projector()
    assert run_next("embed")


@pytest.mark.usefixtures("documents")
def test_a_version_that_became_known_just_now_without_it_keeps_a_generation_from_being_used(
    run_work: Work, run_projector: Work, other_model: Reversed
) -> None:
    number = start()
    run_work()
    other_model.away = True
    hand_in("boat")
    embed_only(run_projector)
    with pytest.raises(GenerationRefused, match="1 versions have yet to be embedded"):
        commands.activate_generation(number, principal=SYSTEM_PRINCIPAL)
    other_model.away = False
    run_work()
    assert commands.activate_generation(number, principal=SYSTEM_PRINCIPAL)


@pytest.mark.usefixtures("documents")
def test_while_a_switch_is_not_folded_no_version_becomes_known_without_its_model(
    run_work: Work, run_projector: Work, other_model: Reversed
) -> None:
    number = start()
    run_work()
    boat = hand_in("boat")
    run_projector()
    assert run_next("extract")
    run_projector()
    commands.activate_generation(number, principal=SYSTEM_PRINCIPAL)
    other_model.away = True
    assert run_next("embed")
    stream = f"document-{boat.document_id}"
    assert store.read_stream(stream, types=[DocumentIndexed]) == []
    other_model.away = False
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projections_work_lease SET leased_until = now() - interval '1 s'")
    run_work()
    assert ask("boat")["receipt"]["index_generation"] == number
    assert "boat" in ask("boat", exact=True)["results"][0]["text"]
