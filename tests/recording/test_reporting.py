"""Prompts and outputs are recorded once, refer to what is known, and leave nothing if refused."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from retrieval.recording.commands import report_output, report_prompt, report_retrieval
from retrieval.recording.errors import IdReused, RecordNotFound, UnknownReference
from retrieval.recording.reading import read_output, read_prompt, read_retrieval
from tests.recording.stories import ALICE, BOB, application

pytestmark = pytest.mark.django_db
ADMIN = application("operations", scopes=frozenset({"admin", "read"}))
RESULTS = [{"text": "A passage of another store."}]


def rows() -> tuple[int, int, int]:
    """How many events, blobs and keys there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM eventstore_event),"
            " (SELECT count(*) FROM eventstore_blob), (SELECT count(*) FROM sealing_key)"
        )
        return tuple(cursor.fetchone())


def retrieval(**more: Any) -> UUID:
    arguments: dict[str, Any] = {
        "principal": ALICE,
        "query": "q",
        "retriever": {"name": "store", "version": "1"},
        "results": RESULTS,
        **more,
    }
    return report_retrieval(**arguments).retrieval_id


def prompt(**more: Any) -> UUID:
    arguments = {"principal": ALICE, "retrieval_ids": [], "text": "Say hello.", **more}
    return report_prompt(**arguments).prompt_id


def test_a_record_reads_back_as_it_was_given() -> None:
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "Hé"}], "name": "x", "unknown": 1.5},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
    ]
    context = {"conversation_id": "c", "turn": 2, "subject_refs": ["claim 7"], "tags": ["a"]}
    prompt_id = prompt(text=None, messages=messages, context=context, template={"name": "t"})
    output = report_output(
        principal=ALICE, prompt_id=prompt_id, text="", model="m", status="refused", choice=1,
        delivered_text="Sorry", parameters={"temperature": 0.2}, usage={"total": 3},
    )  # fmt: skip

    read = read_prompt(prompt_id, principal=ALICE)
    assert (read["messages"], read["text"], read["context"]) == (messages, None, context)
    assert read_prompt(prompt(), principal=ALICE)["text"] == "Say hello."
    told = read_output(output.output_id, principal=ALICE)
    assert (told["text"], told["delivered_text"], told["status"]) == ("", "Sorry", "refused")
    assert (told["parameters"], told["usage"]) == ({"temperature": 0.2}, {"total": 3})
    assert told["application"] == "alice"


def test_the_correlation_goes_from_retrieval_to_prompt_to_output_unless_it_is_given() -> None:
    group, other = new_id(), new_id()
    retrieval_id = retrieval(correlation_id=group)
    asked = report_prompt(principal=ALICE, retrieval_ids=[retrieval_id], text="x")
    said = report_output(principal=ALICE, prompt_id=asked.prompt_id, text="y", model="m")
    apart = report_output(
        principal=ALICE, prompt_id=asked.prompt_id, text="y", model="m", correlation_id=other
    )

    assert (asked.correlation_id, said.correlation_id, apart.correlation_id) == (
        group,
        group,
        other,
    )


@pytest.mark.parametrize("kind", ["retrieval", "prompt", "output"])
def test_the_same_id_and_body_replays_and_another_body_is_refused(kind: str) -> None:
    record_id, prompt_id = new_id(), prompt()
    calls: dict[str, Any] = {
        "retrieval": lambda query, who: report_retrieval(
            principal=who, query=query, retriever={"name": "s", "version": "1"},
            results=RESULTS, retrieval_id=record_id,
        ),
        "prompt": lambda text, who: report_prompt(
            principal=who, retrieval_ids=[], text=text, prompt_id=record_id
        ),
        "output": lambda text, who: report_output(
            principal=who, prompt_id=prompt_id, text=text, model="m", output_id=record_id
        ),
    }  # fmt: skip
    first = calls[kind]("one", ALICE)
    before = rows()

    again = calls[kind]("one", ALICE)

    assert (first.replayed, again.replayed) == (False, True)
    assert again.correlation_id == first.correlation_id
    for text, who in (("two", ALICE), ("one", BOB)):
        with pytest.raises(IdReused):
            calls[kind](text, who)
    assert rows() == before


def test_unknown_and_other_applications_references_are_named_and_nothing_is_recorded() -> None:
    known, of_bob, unknown = retrieval(), retrieval(principal=BOB), new_id()
    prompt_of_bob = prompt(principal=BOB)
    before = rows()

    with pytest.raises(UnknownReference) as refused:
        prompt(retrieval_ids=[known, of_bob, unknown])
    assert refused.value.paths == (("retrieval_ids", 1), ("retrieval_ids", 2))
    for prompt_id in (unknown, prompt_of_bob):
        with pytest.raises(UnknownReference) as refused:
            report_output(principal=ALICE, prompt_id=prompt_id, text="x", model="m")
        assert refused.value.paths == (("prompt_id",),)
    with pytest.raises(UnknownReference) as refused:
        report_output(principal=BOB, prompt_id=prompt_of_bob, text="x", model="m", replaces=unknown)
    assert refused.value.paths == (("replaces",),)
    assert rows() == before


def test_records_of_other_applications_are_not_there() -> None:
    retrieval_id, prompt_id = retrieval(), prompt()
    output_id = report_output(principal=ALICE, prompt_id=prompt_id, text="x", model="m").output_id

    for read, record_id in (
        (read_retrieval, retrieval_id),
        (read_prompt, prompt_id),
        (read_output, output_id),
    ):
        assert read(record_id, principal=ADMIN)["application"] == "alice"
        for who, id_ in ((BOB, record_id), (ALICE, new_id())):
            with pytest.raises(RecordNotFound):
                read(id_, principal=who)


def test_the_largest_details_fit_into_one_event() -> None:
    long = "x" * 8_000
    output = report_output(
        principal=ALICE, prompt_id=prompt(), text=long, model="m", delivered_text=long,
        tool_calls=[{"a": long}], parameters={"a": long}, usage={"a": long},
        citations=[{"quote": long, "external_id": "e"}], context={"user_ref": long},
        response_id="r" * 500,
    )  # fmt: skip

    assert read_output(output.output_id, principal=ALICE)["usage"] == {"a": long}


def test_no_plain_text_of_a_record_is_in_the_log() -> None:
    private = "Zanzibar"
    retrieval_id = retrieval(
        query=private, results=[{"text": private, "external_id": private, "score": 0.5}]
    )
    prompt_id = prompt(
        retrieval_ids=[retrieval_id], text=private * 4_000, tools=[{"name": private}],
        context={"user_ref": private, "tags": [private]}, template={"name": private},
    )  # fmt: skip
    report_output(
        principal=ALICE, prompt_id=prompt_id, text=private, model="m", delivered_text=private,
        response_id=private, citations=[{"quote": private, "external_id": private}],
    )  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT canonical AS bytes FROM eventstore_event"
            " UNION ALL SELECT data FROM eventstore_blob) x WHERE position(%s::bytea IN bytes) > 0",
            [private.encode()],
        )
        assert cursor.fetchone()[0] == 0
    assert store.head_position() == -1
