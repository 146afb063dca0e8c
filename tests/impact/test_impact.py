"""From a passage, a version, a document, a model or a template to the answers that rest on it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ingestion.models import Chunk
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.impact import uses
from provenance.impact.listings import templates_in_use
from provenance.impact.without import without_version
from provenance.pages.over_time import slots
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from provenance.sealing.keys import key_id
from tests.erased_keys import destroy
from tests.recording.stories import (
    ALICE,
    BOB,
    STORM,
    WAITING,
    application,
    ask,
    hand_in,
    output_of,
    prompt_of,
)

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
ANSWER = "The waiting period for dental treatment is 8 months."


def outputs(found: uses.Uses, **more: Any) -> list[tuple[UUID, str | None]]:
    return [(each.output_id, each.relation) for each in uses.page_of(found, limit=50, **more)]


def chunk_of(version_id: UUID) -> UUID:
    return Chunk.objects.get(version_id=version_id).chunk_id


def test_a_passage_knows_its_outputs_under_the_strongest_relation(
    documents: dict[str, Any], run_work: Work
) -> None:
    dental = documents["dental"].version_id
    chunk = chunk_of(dental)
    answer = ask()
    in_prompt = output_of(prompt_of(answer), ANSWER)
    cited = output_of(prompt_of(answer), ANSWER, citations=[{"chunk_id": str(chunk)}])
    left_out = output_of(prompt_of({**answer, "results": []}), "I cannot say.")
    run_work()

    found = uses.of_passage(chunk, dental, ALICE)

    assert outputs(found) == [
        (left_out, "retrieved_only"),
        (cited, "cited"),
        (in_prompt, "in_prompt"),
    ]
    assert outputs(found, relation="cited") == [(cited, "cited")]
    assert outputs(found, application="bob") == []
    assert outputs(uses.of_passage(chunk, dental, BOB)) == []
    assert outputs(uses.of_passage(chunk, documents["storm"].version_id, ALICE)) == []


def test_a_version_cited_as_a_whole_counts_for_its_document(
    documents: dict[str, Any], run_work: Work
) -> None:
    storm = documents["storm"]
    output = output_of(prompt_of(ask()), STORM, citations=[{"version_id": str(storm.version_id)}])
    run_work()
    assert (output, "cited") in outputs(uses.of_version(storm.version_id, ALICE))
    assert (output, "cited") in outputs(uses.of_passage(storm.version_id, storm.version_id, ALICE))


def test_an_output_that_rests_on_two_versions_of_a_document_is_counted_once(
    documents: dict[str, Any], run_work: Work
) -> None:
    first = ask()
    hand_in(WAITING.format(months=9), "dental")
    run_work()
    second = ask()
    both = {"results": second["results"], "retrieval_id": second["retrieval_id"]}
    prompt_id = prompt_of(both)
    cites_old = [{"version_id": str(documents["dental"].version_id)}]
    output = output_of(prompt_id, ANSWER, citations=cites_old)
    old = output_of(prompt_of(first), ANSWER)
    run_work()

    found = uses.of_document(documents["dental"].document_id, ALICE)

    assert outputs(found) == [(old, "in_prompt"), (output, "cited")]
    assert uses.tally(found).relations == {"in_prompt": 1, "cited": 1}
    assert outputs(found, after=uses.page_of(found, limit=1)[0].position) == [(output, "cited")]


def test_the_same_words_in_another_version_are_the_same_wording(
    documents: dict[str, Any], run_work: Work
) -> None:
    dental = documents["dental"]
    old = output_of(prompt_of(ask()), ANSWER)
    hand_in(WAITING.format(months=8) + "\n", "dental")
    run_work()
    new = output_of(prompt_of(ask()), ANSWER)
    run_work()

    chunks = uses.same_wording(chunk_of(dental.version_id))

    assert len(chunks) == 2
    assert [each for each, _ in outputs(uses.of_wording(chunks, ALICE))] == [new, old]


@pytest.mark.usefixtures("documents")
def test_a_model_and_a_template_know_their_outputs(run_work: Work) -> None:
    template = {"name": "claims", "version": "7"}
    output = output_of(prompt_of(ask(), template=template), ANSWER)
    other = output_of(prompt_of(ask(), template={"name": "claims", "version": "8"}), ANSWER)
    plain = output_of(prompt_of(ask()), ANSWER)
    run_work()

    assert outputs(uses.of_template("claims", "7", ALICE)) == [(output, None)]
    assert outputs(uses.of_template("claims", None, ALICE)) == [(other, None), (output, None)]
    assert outputs(uses.of_template("claims", None, BOB)) == []
    assert [each for each, _ in outputs(uses.of_model("model-1", ALICE))] == [plain, other, output]
    assert templates_in_use(ALICE) == [("claims", "7", 1), ("claims", "8", 1)]
    assert templates_in_use(BOB) == []


@pytest.mark.usefixtures("documents")
def test_a_person_kept_out_of_a_collection_sees_no_answer_that_rests_on_it(run_work: Work) -> None:
    hand_in("# Secret\n\nThe waiting period for dental treatment is waived.\n", "s", collection="x")
    run_work()
    output_of(prompt_of(ask()), ANSWER)
    run_work()
    kept_out = application("alice", collections=frozenset({"default"}))
    assert outputs(uses.of_model("model-1", ALICE))
    assert outputs(uses.of_model("model-1", kept_out)) == []


@pytest.mark.usefixtures("documents")
def test_the_name_of_a_template_goes_with_the_key_of_its_prompt(
    run_work: Work, run_projector: Work
) -> None:
    prompt_id = prompt_of(ask(), template={"name": "claims", "version": "7"})
    output_of(prompt_id, ANSWER)
    run_work()
    destroy([key_id("interaction", prompt_id)])
    run_projector()
    assert templates_in_use(SYSTEM_PRINCIPAL) == []
    assert set(differences(projection_named("impact")).values()) == {0}


def test_a_rebuild_equals_what_was_folded_as_it_came(
    documents: dict[str, Any], run_work: Work, run_projector: Work
) -> None:
    for number in range(3):
        answer = ask()
        run_projector()
        prompt_id = prompt_of(answer, template={"name": "t", "version": str(number)})
        output_of(prompt_id, ANSWER, citations=[{"external_id": "dental"}])
        run_work()
    assert outputs(uses.of_document(documents["dental"].document_id, ALICE))
    assert set(differences(projection_named("impact")).values()) == {0}


def test_without_the_version_its_passages_are_not_found(
    documents: dict[str, Any], run_work: Work
) -> None:
    dental = documents["dental"].version_id
    output = output_of(prompt_of(ask()), ANSWER)
    run_work()

    (asked,), of = without_version(output, dental, principal=ALICE)

    assert of == 1
    assert str(dental) in {each.version_id for each in asked.recorded.answer}
    assert str(dental) not in {each.version_id for each in asked.found}


def test_slots_hold_every_day_and_are_few() -> None:
    days = {date(2020, 1, 1): [1, 0], date(2026, 11, 30): [2, 3]}
    found, step = slots(days)
    assert (step, len(found) <= 60) == (84, True)
    assert [sum(column) for column in zip(*(slot.counts for slot in found), strict=True)] == [3, 3]
    assert slots({}) == ([], 1)
