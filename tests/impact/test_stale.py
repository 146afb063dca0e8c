"""Answers are stale when the words they relied on no longer stand, and only then."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ingestion.commands import submit_document, withdraw_document
from ingestion.models import Chunk
from ingestion.quarantine import quarantine_version, release_version
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from provenance.impact.events import WordingCompared
from provenance.impact.models import StaleAnswer, UsedPassage, WordingChange
from provenance.projections.models import PendingWork
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from retrieval.commands import record_passed_dates
from retrieval.generations import commands
from retrieval.recording.commands import report_retrieval
from tests.recording.stories import ALICE, QUESTION, WAITING, ask, hand_in, output_of, prompt_of

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
ANSWER = "The waiting period for dental treatment is 8 months."
FEE = "\n\n# Fees\n\nA fee of EUR 50 shortens the waiting period for dental treatment.\n"


def stale() -> list[tuple[UUID, str]]:
    rows = StaleAnswer.objects.order_by("position", "output_id")
    return list(dict.fromkeys(rows.values_list("output_id", "kind")))


@pytest.fixture
def answered(documents: dict[str, Any], run_work: Work) -> UUID:  # noqa: ARG001
    output_id = output_of(prompt_of(ask()), ANSWER)
    run_work()
    return output_id


def test_an_answer_is_stale_once_the_wording_it_relied_on_is_replaced(
    answered: UUID, run_work: Work
) -> None:
    assert stale() == []
    hand_in(WAITING.format(months=9), "dental")
    run_work()
    assert stale() == [(answered, "replaced")]
    (change,) = WordingChange.objects.all()
    assert (change.kind, change.passages) == ("replaced", 1)
    assert StaleAnswer.objects.get().change == change.position


def test_a_passage_whose_text_still_stands_is_not_stale(answered: UUID, run_work: Work) -> None:
    hand_in("# New first words\n\n" + WAITING.format(months=8) + FEE, "dental")
    run_work()
    assert answered
    assert stale() == []


def test_wording_that_stands_again_makes_the_answer_good_again(
    answered: UUID, run_work: Work
) -> None:
    hand_in(WAITING.format(months=9), "dental")
    run_work()
    hand_in(WAITING.format(months=8), "dental")
    run_work()
    assert answered
    assert stale() == []


def test_words_are_held_against_the_text_that_they_are_of_however_it_was_read(
    run_work: Work, settings: Any
) -> None:
    """With the menu the same place holds other words: neither text says anything of the other."""

    def page(months: int, menu: str = "All of our offers, week by week. " * 4) -> Any:
        text = (
            f"<nav>{menu}</nav><main><h1>Dental</h1><p>{WAITING.format(months=months)}</p></main>"
        )
        return submit_document(
            principal=SYSTEM_PRINCIPAL,
            content=text.encode(),
            external_id="dental",
            media_type="text/html",
        )

    page(8)
    run_work()
    with_menu = output_of(prompt_of(ask(top_k=1)), ANSWER)
    settings.HTML_TEXT = "content"
    commands.start_generation(
        embedding_model=None,
        activate_when_verified=True,
        principal=SYSTEM_PRINCIPAL,
        chunker="fine/1",
        reading=commands.TODAY,
    )
    run_work()
    without = ask(top_k=1)
    assert "offers" not in without["results"][0]["text"]
    content = output_of(prompt_of(without), ANSWER)
    run_work()
    readings = {row.reading for row in UsedPassage.objects.all()}
    assert len(readings) == 2
    assert "" in readings
    page(8, menu="Nothing is on offer.")
    run_work()
    assert stale() == [(with_menu, "replaced")], "the content stands, the menu does not"
    page(9)
    run_work()
    assert {output_id for output_id, _ in stale()} == {with_menu, content}
    for name in ("impact", "pending_work", "knowledge"):
        assert not any(differences(projection_named(name)).values()), name


def test_what_stands_beside_changed_words_is_not_stale_however_the_text_is_cut(
    run_work: Work,
) -> None:
    """Cut anew, the text has a long passage that changed and within it one that did not."""
    run_work()
    waiting = WAITING.format(months=8) + "Each member is told of it in writing, and signs. " * 8
    fees = "\n# Fees\n\n" + "A fee of EUR {fee} is paid for every treatment abroad. " * 8
    submitted = hand_in(waiting + fees.replace("{fee}", "50"), "dental")
    commands.start_generation(
        embedding_model=None,
        activate_when_verified=True,
        principal=SYSTEM_PRINCIPAL,
        chunker="fine/1",
    )
    run_work()
    cuts = Chunk.objects.filter(version_id=submitted.version_id).values_list("chunker", flat=True)
    assert sorted(cuts) == ["", "fine/1", "fine/1"]
    kept = output_of(prompt_of(ask(top_k=1)), ANSWER)
    run_work()
    assert stale() == []
    hand_in(waiting + fees.replace("{fee}", "70"), "dental")
    run_work()
    assert stale() == []
    hand_in("# Dental policy\n\nNothing is said of it.\n", "dental")
    run_work()
    assert stale() == [(kept, "replaced")]


def test_what_was_only_retrieved_is_not_relied_on(
    documents: dict[str, Any], run_work: Work
) -> None:
    output_of(prompt_of({**ask(), "results": []}), "I cannot say.")
    run_work()
    hand_in(WAITING.format(months=9), "dental")
    run_work()
    assert documents
    assert stale() == []


def test_a_withdrawal_makes_every_answer_on_the_document_stale(
    documents: dict[str, Any], answered: UUID, run_work: Work
) -> None:
    withdraw_document(
        principal=SYSTEM_PRINCIPAL, document_id=documents["dental"].document_id, reason="No more."
    )
    run_work()
    assert stale() == [(answered, "withdrawn")]


def test_a_quarantine_makes_answers_stale_and_a_release_makes_them_good_again(
    documents: dict[str, Any], answered: UUID, run_work: Work
) -> None:
    version = {"principal": SYSTEM_PRINCIPAL, "version_id": documents["dental"].version_id}
    quarantine_version(**version, reason="Doubted.")
    run_work()
    assert stale() == [(answered, "quarantined")]
    release_version(**version, reason="It was right.")
    run_work()
    assert stale() == []


def test_an_answer_on_wording_that_was_outdated_already_is_stale_at_once(
    answered: UUID, run_work: Work
) -> None:
    before = store.head_position()
    hand_in(WAITING.format(months=9), "dental")
    run_work()
    late = output_of(prompt_of(ask(as_of=before)), ANSWER)
    run_work()
    first, second = stale()
    assert (first, second) == ((answered, "replaced"), (late, "replaced"))
    rows = StaleAnswer.objects.order_by("position")
    assert rows[1].position > rows[0].position == rows[1].change


def test_what_another_store_returned_is_stale_by_its_place_in_the_version(
    documents: dict[str, Any], run_work: Work
) -> None:
    half = "waiting period for dental treatment is 8 months"
    reported = report_retrieval(
        principal=ALICE,
        query=QUESTION,
        retriever={"name": "own", "version": "1"},
        results=[{"text": half, "external_id": "dental"}],
    )
    run_work()
    prompt = prompt_of({"retrieval_id": str(reported.retrieval_id), "results": [{"text": half}]})
    output_id = output_of(prompt, ANSWER)
    run_work()
    hand_in(WAITING.format(months=9), "dental")
    run_work()
    assert documents
    assert stale() == [(output_id, "replaced")]


def test_a_version_to_come_makes_answers_stale_when_its_day_has_come(
    answered: UUID, run_work: Work, run_projector: Work
) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    hand_in(WAITING.format(months=9), "dental", effective_from=soon)
    run_work()
    assert stale() == []
    assert record_passed_dates(now=soon + timedelta(seconds=1))
    run_projector()
    run_work()
    assert stale() == [(answered, "replaced")]


def test_a_first_version_asks_for_no_comparison_and_none_is_left_waiting(
    answered: UUID, run_work: Work
) -> None:
    assert answered
    assert not store.read_stream(f"wording-{answered}", types=[WordingCompared])
    hand_in(WAITING.format(months=9), "dental")
    run_work()
    assert not PendingWork.objects.exists()


def test_a_rebuild_equals_what_was_folded_as_it_came(answered: UUID, run_work: Work) -> None:
    for months in (9, 8, 7):
        hand_in(WAITING.format(months=months), "dental")
        run_work()
        output_of(prompt_of(ask()), ANSWER)
        run_work()
    assert (answered, "replaced") in stale()
    for name in ("impact", "pending_work"):
        assert set(differences(projection_named(name)).values()) == {0}
