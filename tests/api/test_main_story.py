"""The main story over HTTP: hand in, retrieve, report, trace; and what is refused on the way."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import Client

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key
from provenance.eventstore.models import Event

pytestmark = pytest.mark.django_db
POLICY = "# Travel policy\n\nThe waiting period is {days} days after the policy begins.\n"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def call() -> Callable[..., Any]:
    return caller("claims-assistant")


def caller(application: str) -> Callable[..., Any]:
    _, key = create_api_key(principal=SYSTEM_PRINCIPAL, application=application, scopes=SCOPES)
    client = Client(headers={"Authorization": f"Bearer {key}"})

    def call(method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        answer = client.generic(
            method, f"/api/v1{path}", data=dumps(body), content_type="application/json"
        )
        assert answer.status_code == status, answer.content
        return answer.json()

    return call


SCOPES = ["ingest", "retrieve", "record", "read"]


def dumps(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)


def tell_story(call: Callable[..., Any], run_work: Callable[[], None]) -> dict[str, Any]:
    for days in (30, 14):
        call(
            "POST",
            "/documents",
            {"external_id": "travel", "content": POLICY.format(days=days)},
            status=202,
        )
        run_work()
    retrieval = call("POST", "/retrievals", {"query": "How long is the waiting period?"})
    passage = retrieval["results"][0]
    prompt = call(
        "POST",
        "/prompts",
        {
            "retrieval_ids": [retrieval["retrieval_id"]],
            "messages": [
                {"role": "system", "content": f"Answer from this:\n\n{passage['text']}"},
                {"role": "user", "content": "How long is the waiting period?"},
            ],
        },
        status=202,
    )
    output = call(
        "POST",
        "/outputs",
        {
            "prompt_id": prompt["prompt_id"],
            "text": "The waiting period is 14 days after the policy begins. Pigs can fly.",
            "model": "extractive",
            "context": {"conversation_id": "c-1", "tags": ["travel"]},
        },
        status=201,
    )
    run_work()
    return {"retrieval": retrieval, "prompt": prompt, "output": output}


def test_an_output_is_traced_to_the_words_of_the_version_behind_it(
    call: Callable[..., Any], run_work: Callable[[], None]
) -> None:
    told = tell_story(call, run_work)
    output_id = told["output"]["output_id"]
    assert told["output"]["trace_url"].endswith(f"/outputs/{output_id}/")
    trace = call("GET", f"/outputs/{output_id}/trace")
    passage = told["retrieval"]["results"][0]
    (span,) = trace["prompt"]["spans"]
    assert (span["chunk_id"], span["match"]) == (passage["chunk_id"], "exact")
    supported, unsupported = trace["attribution"]
    assert supported["supports"][0]["version_id"] == passage["version_id"]
    assert unsupported["supports"] == []
    (version,) = trace["document_versions"]
    assert (version["version_number"], version["current"]) == (2, True)
    assert trace["complete"], trace["missing"]
    (used,) = call("GET", f"/versions/{passage['version_id']}/outputs")["data"]
    assert (used["output_id"], used["relation"]) == (output_id, "in_prompt")
    (listed,) = call("GET", "/outputs?conversation_id=c-1&tag=travel")["data"]
    assert listed["output_id"] == output_id


def test_another_application_finds_nothing_of_it(
    call: Callable[..., Any], run_work: Callable[[], None]
) -> None:
    told = tell_story(call, run_work)
    bob = caller("customer-portal")
    bob("GET", f"/outputs/{told['output']['output_id']}/trace", status=404)
    bob("GET", f"/retrievals/{told['retrieval']['retrieval_id']}", status=404)
    assert bob("GET", "/outputs")["data"] == []
    bob("POST", "/outputs", output_for(told["prompt"]["prompt_id"]), status=422)


def output_for(prompt_id: str) -> dict[str, str]:
    return {"prompt_id": prompt_id, "text": "x", "model": "m"}


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/prompts", {"retrieval_ids": [UNKNOWN], "text": "x"}, "#/retrieval_ids/0"),
        ("/outputs", output_for(UNKNOWN), "#/prompt_id"),
        ("/outputs", {**output_for(UNKNOWN), "occurred_at": "2026-01-01T00:00"}, "#/occurred_at"),
        ("/retrievals", {"query": "x", "top_k": 0}, "#/top_k"),
        ("/retrievals", {"query": "x", "surprise": 1}, "#/surprise"),
        ("/documents", {"content": "x", "effective_from": "yesterday"}, "#/effective_from"),
    ],
)
def test_bad_input_names_its_field_and_records_nothing(
    call: Callable[..., Any], path: str, body: dict[str, Any], pointer: str
) -> None:
    before = Event.objects.count()
    problem = call("POST", path, body, status=422)
    assert pointer in {error["pointer"] for error in problem["errors"]}
    assert Event.objects.count() == before


def test_a_batch_is_recorded_in_any_order_each_item_for_itself(call: Callable[..., Any]) -> None:
    prompt_id = "00000000-0000-4000-8000-000000000001"
    items = [
        {"kind": "output", **output_for(prompt_id)},
        {"kind": "output", **output_for(UNKNOWN)},
        {"kind": "prompt", "retrieval_ids": [], "text": "x", "prompt_id": prompt_id},
        {"kind": "song"},
    ]
    rows = call("POST", "/records", {"items": items})["data"]
    assert [row["status"] for row in rows] == ["recorded", "refused", "recorded", "refused"]
