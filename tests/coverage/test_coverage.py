"""What an application did not report shows, after a time of grace; counts equal the rows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from provenance.coverage.completeness import Day
from provenance.coverage.listings import STATEMENTS, Wanting, wanting
from provenance.coverage.models import CoverageDay
from provenance.coverage.reading import by_application
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from retrieval.commands import retrieve
from retrieval.recording.commands import report_output, report_prompt, report_retrieval
from tests.recording.stories import ALICE, QUESTION, ask, output_of, prompt_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents")]
Work = Callable[[], None]
ANSWER = "The waiting period for dental treatment is 8 months."


def later(minutes: int = 60) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def today(now: datetime, application: str = "alice") -> Day:
    days = by_application(now.date(), now)[application]
    return days[-1]


def listed(kind: str, now: datetime, **more: Any) -> list[Wanting]:
    day = today(now).day
    return wanting(kind, "alice", day, now=now, limit=50, **{"after": None, **more})


def test_a_retrieval_without_an_output_is_missing_once_it_is_old_enough(run_work: Work) -> None:
    left = ask()
    output_of(prompt_of(ask()), ANSWER)
    run_work()

    young, old = today(later(0)), today(later())

    assert (young.retrievals, young.unanswered, young.per_cent) == (1, 0, 100)
    assert (old.retrievals, old.unanswered, old.outputs) == (2, 1, 1)
    assert [each.retrieval_id for each in listed("unanswered", later())] == [
        UUID(left["retrieval_id"])
    ]
    assert listed("unanswered", later(0)) == []
    output_of(prompt_of(left), ANSWER)
    run_work()
    assert today(later()).unanswered == 0


def test_an_output_without_a_retrieval_is_missing_its_sources(run_work: Work) -> None:
    prompt = report_prompt(principal=ALICE, retrieval_ids=[], text=QUESTION)
    output = report_output(principal=ALICE, prompt_id=prompt.prompt_id, text="8.", model="m")
    run_work()
    assert today(later()).baseless == 1
    assert [each.output_id for each in listed("baseless", later())] == [output.output_id]


def test_text_between_passages_that_no_retrieval_returned_is_found(run_work: Work) -> None:
    answers = [
        ask(),
        retrieve(principal=ALICE, query="Storm damage in each insured year", mode="text"),
    ]
    texts = [answer["results"][0]["text"] for answer in answers]
    foreign = "Of another origin altogether. " * 20
    prompt = report_prompt(
        principal=ALICE,
        retrieval_ids=[UUID(answer["retrieval_id"]) for answer in answers],
        text=f"{texts[0]}\n\n{foreign}\n\n{texts[1]}",
    )
    output = output_of(prompt.prompt_id, ANSWER)
    prompt_of(ask())
    run_work()
    assert today(later()).foreign == 1
    (found,) = listed("foreign", later())
    assert found.output_id == output
    assert found.first >= len(foreign.strip())


def test_passages_of_no_known_version_are_counted_by_retrieval(run_work: Work) -> None:
    reported = report_retrieval(
        principal=ALICE,
        query=QUESTION,
        retriever={"name": "own", "version": "1"},
        results=[{"text": "Nobody ever handed this sentence in anywhere."}, {"text": "Nor this."}],
    )
    run_work()
    assert today(later()).unresolved == 1
    (found,) = listed("unresolved", later())
    assert (found.retrieval_id, found.first) == (reported.retrieval_id, 2)


@pytest.mark.parametrize("numbers", [(1, 2, 5), (5, 2, 1), (2, 5, 1, 5, 2), (1, 5, 2)])
def test_numbers_that_were_left_out_are_missing_in_whatever_order_the_others_come(
    run_work: Work, numbers: tuple[int, ...]
) -> None:
    for number in numbers:
        ask(sequence_number=number)
    run_work()
    assert today(later()).missing == 2
    assert today(later(0)).missing == 0
    (gap,) = listed("missing", later())
    assert (gap.first, gap.last) == (3, 4)
    assert set(differences(projection_named("coverage")).values()) == {0}


def test_turns_that_were_left_out_of_a_conversation_are_missing(run_work: Work) -> None:
    for turn in (1, 2, 5):
        context = {"conversation_id": "c", "turn": turn}
        output_of(prompt_of(ask()), ANSWER, context=context)
    output_of(prompt_of(ask()), ANSWER, context={"conversation_id": "d", "turn": 7})
    run_work()
    assert today(later()).turns == 2
    (gap,) = listed("turns", later())
    assert (gap.first, gap.last) == (3, 4)


def test_a_list_goes_on_below_the_last_row_and_every_kind_can_be_listed(run_work: Work) -> None:
    for _ in range(3):
        ask()
    run_work()
    rows = listed("unanswered", later())
    assert listed("unanswered", later(), after=rows[0].place) == rows[1:]
    for kind in STATEMENTS:
        assert isinstance(listed(kind, later()), list)


def test_the_grace_is_a_setting(run_work: Work) -> None:
    ask()
    run_work()
    with override_settings(COVERAGE_GRACE_MINUTES=0):
        assert today(later(0)).unanswered == 1


def test_counts_of_a_day_equal_its_rows_and_a_rebuild(run_work: Work, run_projector: Work) -> None:
    for number in range(4):
        answer = ask(sequence_number=number * 3)
        run_projector()
        if number % 2:
            output_of(prompt_of(answer), ANSWER, sequence_number=number * 3 + 1)
        run_work()
    row = CoverageDay.objects.get(application="alice")
    assert (row.retrievals, row.unanswered, row.outputs) == (4, 2, 2)
    assert row.missing == 5
    assert set(differences(projection_named("coverage")).values()) == {0}
