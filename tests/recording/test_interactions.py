"""Outputs are listed, filtered and found by their words, and a version knows its outputs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from provenance.eventstore.ids import new_id
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences, rebuild
from retrieval.recording.models import InteractionOutput, InteractionPrompt
from retrieval.recording.names import applications, models
from retrieval.recording.queries import list_outputs, visible_impact
from tests.recording.stories import (
    ALICE,
    BOB,
    QUESTION,
    STORM,
    application,
    ask,
    output_of,
    prompt_of,
)

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
EVERYBODY = application("operations", scopes=frozenset({"admin", "read"}))
ANSWER = "The waiting period for dental treatment is 8 months. A fee shortens it."


def found(principal: Any = ALICE, **filters: Any) -> list[UUID]:
    return [row.output_id for row in list_outputs(principal=principal, limit=50, **filters)]


@pytest.mark.usefixtures("documents")
def test_an_output_is_listed_with_its_question_and_its_support(run_work: Work) -> None:
    output_id = output_of(prompt_of(ask()), ANSWER)
    run_work()

    (row,) = list_outputs(principal=ALICE, limit=1)

    assert (row.output_id, row.question, row.text) == (output_id, QUESTION, ANSWER)
    assert (row.sentences, row.unsupported) == (2, 1)
    prompt = InteractionPrompt.objects.get(prompt_id=row.prompt_id)
    assert (prompt.spans, prompt.absent) == (1, 0)


@pytest.mark.usefixtures("documents")
def test_outputs_are_found_by_everything_that_was_said_of_them(run_work: Work) -> None:
    prompt_id = prompt_of(ask(context={"conversation_id": "c-1", "tags": ["early"]}))
    parent = output_of(prompt_id, "Ask your broker.")
    context = {
        "turn": 3, "parent_output_id": str(parent), "user_ref": "u",
        "subject_refs": ["claim 7", "claim 8"], "tags": ["late"],
    }  # fmt: skip
    output_id = output_of(prompt_id, ANSWER, context=context, status="truncated")
    run_work()
    now = datetime.now(UTC)
    filters: dict[str, Any]

    for filters in (
        {"q": "fees"}, {"q": str(output_id)}, {"status": "truncated"}, {"turn": 3},
        {"parent_output_id": parent}, {"user_ref": "u"}, {"subject_ref": "claim 8"},
        {"tag": "late"}, {"unsupported": True, "q": "waiting fee"},
    ):  # fmt: skip
        assert found(**filters) == [output_id], filters
    for filters in (
        {"conversation_id": "c-1"}, {"model": "model-1"}, {"q": "dental"},
        {"application": "alice"}, {"among": Q(model="model-1")},
        {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)},
    ):  # fmt: skip
        assert found(**filters) == [output_id, parent], filters
    for filters in (
        {"q": "zebra"}, {"model": "m"}, {"tag": "x"}, {"until": now - timedelta(hours=1)},
        {"since": now + timedelta(hours=1)}, {"application": "bob"}, {"version_id": new_id()},
        {"among": Q(model="m")}, {"q": str(new_id())},
    ):  # fmt: skip
        assert found(**filters) == [], filters


@pytest.mark.usefixtures("documents")
def test_a_list_goes_on_after_the_last_row_seen(run_work: Work) -> None:
    prompt_id = prompt_of(ask())
    ids = [output_of(prompt_id, f"Answer {number}.") for number in range(5)]
    run_work()

    first = list_outputs(principal=ALICE, limit=2)
    rest = list_outputs(principal=ALICE, limit=5, after=first[1].position)

    assert len(first) == 3
    assert [row.output_id for row in [*first[:2], *rest]] == ids[::-1]


@pytest.mark.usefixtures("documents")
def test_applications_and_collections_keep_their_outputs_apart(run_work: Work) -> None:
    of_alice = output_of(prompt_of(ask()), ANSWER)
    of_bob = output_of(prompt_of(ask(BOB), BOB), ANSWER, BOB)
    run_work()
    kept_out = application("", role="auditor", application=None, collections=frozenset({"x"}))

    assert (found(ALICE), found(BOB)) == ([of_alice], [of_bob])
    assert found(EVERYBODY) == [of_bob, of_alice]
    assert found(kept_out) == []
    assert (applications(EVERYBODY), applications(ALICE)) == (["alice", "bob"], ["alice"])
    assert models(EVERYBODY) == ["model-1"]
    assert (applications(kept_out), models(kept_out)) == ([], [])


def test_a_version_knows_its_outputs_by_the_strongest_relation(
    documents: dict[str, Any], run_work: Work
) -> None:
    dental, storm = documents["dental"], documents["storm"]
    answer = ask()
    in_prompt = output_of(prompt_of(answer), ANSWER)
    left_out = output_of(prompt_of({**answer, "results": []}), ANSWER)
    citations = [{"chunk_id": answer["results"][0]["chunk_id"]}]
    cited = output_of(prompt_of(answer), ANSWER, citations=citations)
    other = output_of(prompt_of(answer), STORM, citations=[{"version_id": str(storm.version_id)}])
    run_work()

    impact = visible_impact(ALICE).filter(version_id=dental.version_id).order_by("-position")

    assert [(row.output_id, row.relation) for row in impact] == [
        (other, "in_prompt"),
        (cited, "cited"),
        (left_out, "retrieved_only"),
        (in_prompt, "in_prompt"),
    ]
    assert found(version_id=storm.version_id) == [other]
    assert found(document_id=storm.document_id) == [other]
    assert len(found(document_id=dental.document_id)) == 4
    assert not visible_impact(BOB).filter(version_id=dental.version_id).exists()


@pytest.mark.usefixtures("documents")
def test_a_rebuild_equals_what_was_folded_as_it_came(run_work: Work, run_projector: Work) -> None:
    for number in range(3):
        answer = ask(context={"tags": [str(number)]})
        run_projector()
        output_of(prompt_of(answer), ANSWER, citations=[{"external_id": "dental"}])
        run_work()

    assert set(differences(projection_named("interactions")).values()) == {0}
    rows = InteractionOutput.objects.count()
    rebuild(projection_named("interactions"))
    assert InteractionOutput.objects.count() == rows == 3
