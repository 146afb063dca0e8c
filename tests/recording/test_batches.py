"""Records in batches: any order, each item for itself."""

from typing import Any
from uuid import UUID

import pytest

from provenance.eventstore.ids import new_id
from retrieval.recording.errors import IdReused, UnknownReference
from retrieval.recording.reading import read_output
from retrieval.recording.records import BatchItem, record_batch
from tests.recording.stories import ALICE

pytestmark = pytest.mark.django_db


def item(kind: str, **fields: Any) -> BatchItem:
    given: dict[str, dict[str, Any]] = {
        "retrieval": {"query": "q", "retriever": {"name": "s", "version": "1"}, "results": []},
        "prompt": {"retrieval_ids": [], "text": "x"},
        "output": {"text": "y", "model": "m"},
    }
    return BatchItem(kind, {**given[kind], **fields})


def chain() -> tuple[list[BatchItem], UUID]:
    """A retrieval, its prompt and two outputs, the last first."""
    retrieval_id, prompt_id, first, second = (new_id() for _ in range(4))
    return [
        item("output", output_id=second, prompt_id=prompt_id, replaces=first),
        item("output", output_id=first, prompt_id=prompt_id),
        item("prompt", prompt_id=prompt_id, retrieval_ids=[retrieval_id]),
        item("retrieval", retrieval_id=retrieval_id),
    ], second


def test_items_may_refer_to_later_ones_and_are_answered_in_their_order() -> None:
    items, output_id = chain()

    results = record_batch(principal=ALICE, items=items, imported=True)

    assert [result.index for result in results] == [0, 1, 2, 3]
    assert {result.status for result in results} == {"recorded"}
    assert results[0].record_id == output_id
    assert read_output(output_id, principal=ALICE)["imported"] is True


def test_a_batch_that_comes_again_is_replayed() -> None:
    items, _ = chain()
    first = record_batch(principal=ALICE, items=items)

    again = record_batch(principal=ALICE, items=[*items, item("prompt")])

    assert [result.status for result in again] == ["replayed"] * 4 + ["recorded"]
    assert [result.record_id for result in again[:4]] == [result.record_id for result in first]


def test_a_refused_item_does_not_keep_the_others_out() -> None:
    prompt_id = new_id()
    results = record_batch(
        principal=ALICE,
        items=[
            item("output", prompt_id=new_id()),
            item("prompt", prompt_id=prompt_id),
            item("prompt", prompt_id=prompt_id, text="another body"),
            item("output", prompt_id=prompt_id),
        ],
    )

    assert [result.status for result in results] == ["refused", "recorded", "refused", "recorded"]
    assert [type(result.error) for result in results] == [
        UnknownReference,
        type(None),
        IdReused,
        type(None),
    ]


def test_outputs_that_replace_each_other_in_a_circle_are_refused() -> None:
    one, two, prompt_id = new_id(), new_id(), new_id()
    results = record_batch(
        principal=ALICE,
        items=[
            item("prompt", prompt_id=prompt_id),
            item("output", prompt_id=prompt_id, output_id=one, replaces=two),
            item("output", prompt_id=prompt_id, output_id=two, replaces=one),
        ],
    )

    assert [result.status for result in results] == ["recorded", "refused", "refused"]
