"""The same record reported by many at the same time is recorded once, and all hear the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connections

from provenance.eventstore.ids import new_id
from provenance.eventstore.store import read_stream
from retrieval.recording.commands import report_prompt, report_retrieval
from retrieval.recording.errors import IdReused
from tests.recording.stories import ALICE

AT_ONCE = 6
ROUNDS = 5


def at_once(*reports: Callable[[], Any]) -> list[Any]:
    def run(report: Callable[[], Any]) -> Any:
        try:
            return report()
        except IdReused as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(reports)) as pool:
        return list(pool.map(run, reports))


@pytest.mark.django_db(transaction=True)
def test_racing_repeats_of_a_prompt_are_replays_of_the_first() -> None:
    for _ in range(ROUNDS):
        report = partial(
            report_prompt, principal=ALICE, retrieval_ids=[], text="Hello", prompt_id=new_id()
        )
        found = at_once(*[report] * AT_ONCE)
        (event,) = read_stream(f"prompt-{found[0].prompt_id}")
        assert {each.correlation_id for each in found} == {event.correlation_id}
        assert sorted(each.replayed for each in found) == [False, *[True] * (AT_ONCE - 1)]


@pytest.mark.django_db(transaction=True)
def test_racing_repeats_of_a_retrieval_answer_what_the_first_resolved() -> None:
    report = partial(
        report_retrieval,
        principal=ALICE,
        query="Which waiting period?",
        retriever={"name": "own", "version": "1"},
        results=[{"text": "Eight months."}],
        retrieval_id=new_id(),
    )
    found = at_once(*[report] * AT_ONCE)
    assert {each.correlation_id for each in found} == {
        event.correlation_id for event in read_stream(f"retrieval-{found[0].retrieval_id}")
    }
    assert [list(each.results) for each in found] == [list(found[0].results)] * AT_ONCE
    assert sum(not each.replayed for each in found) == 1


@pytest.mark.django_db(transaction=True)
def test_of_racing_bodies_under_one_id_one_is_recorded_and_the_others_are_refused() -> None:
    prompt_id = new_id()
    reports = [
        partial(
            report_prompt, principal=ALICE, retrieval_ids=[], text=f"Draft {n}", prompt_id=prompt_id
        )
        for n in range(AT_ONCE)
    ]
    refused = [each for each in at_once(*reports) if isinstance(each, IdReused)]
    assert len(refused) == AT_ONCE - 1
    assert len(read_stream(f"prompt-{prompt_id}")) == 1
