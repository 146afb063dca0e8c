"""A restored log brings every generation of the index back, with what each holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.backups.backup import back_up
from provenance.history.recorded_questions import recorded_retrieval
from provenance.history.reproduction import run_again
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from retrieval.generations import commands
from retrieval.generations.from_the_log import DroppedGenerations
from retrieval.models import ChunkTerms, IndexGeneration, State
from tests.backups.conftest import SecondDatabase, Story, silent
from tests.backups.restoring import bring_back
from tests.recording.stories import ALICE, ask

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
Work = Callable[[], None]


def start(chunker: str, *, activate: bool = True) -> int:
    return commands.start_generation(
        embedding_model=None,
        activate_when_verified=activate,
        principal=SYSTEM_PRINCIPAL,
        chunker=chunker,
    )


def held() -> dict[int, tuple[Any, ...]]:
    """How each generation stands, with the passages that it holds."""
    return {
        row.generation: (
            row.state,
            row.chunker,
            row.root,
            sorted(
                ChunkTerms.objects.filter(generation=row.generation).values_list("chunk_id", "live")
            ),
        )
        for row in IndexGeneration.objects.all()
    }


def ranking(answer: dict[str, Any]) -> list[str]:
    return [result["chunk_id"] for result in answer["results"]]


def test_all_of_them_come_back_active_retired_dropped_and_half_built(
    story: Story,  # noqa: ARG001
    run_work: Work,
    run_projector: Work,
    second_database: SecondDatabase,
    tmp_path: Path,
) -> None:
    start("fine/1")
    run_work()
    under_second = ask(exact=True)
    start("")
    run_work()
    commands.drop_generation(2, principal=SYSTEM_PRINCIPAL)
    run_work()
    under_third = ask(exact=True)
    start("fine/1", activate=False)
    run_projector()
    before = held()
    states = [State.RETIRED, State.DROPPED, State.ACTIVE, State.BUILDING]
    assert [before[number][0] for number in sorted(before)] == states
    back_up(tmp_path / "backup", report=silent)

    with second_database():
        bring_back(tmp_path / "backup")
        assert held() == before
        for name in ("knowledge", "pending_work"):
            assert not any(differences(projection_named(name)).values()), name
        assert ranking(ask(exact=True)) == ranking(under_third)
        with DroppedGenerations() as dropped:
            for answer in (under_second, under_third):
                retrieval = recorded_retrieval(UUID(answer["retrieval_id"]), principal=ALICE)
                assert run_again(retrieval, dropped).whole_ranking == "identical"
        run_work()
        assert IndexGeneration.objects.get(generation=4).state == State.VERIFIED
        assert commands.activate_generation(4, principal=SYSTEM_PRINCIPAL)
        run_work()
        assert ask(exact=True)["receipt"]["index_generation"] == 4
