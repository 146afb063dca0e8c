"""Erasures and holds over HTTP, from the preview to the certificate."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.api.callers import Caller, events_recorded, json_of, new_caller, pointers

pytestmark = pytest.mark.django_db
Step = Callable[[], None]
PERSON = {"subject": "person-4711"}


@pytest.fixture
def dave(db: None) -> Caller:  # noqa: ARG001
    return new_caller("data protection", scopes=("admin",))


@pytest.fixture
def story(alice: Caller, run_work: Step) -> dict[str, Any]:
    run_work()
    alice.post("/documents", {"external_id": "d", "media_type": "text/plain", "content": "Eight."})
    run_work()
    body = {"query": "Eight", "mode": "text", "context": {"user_ref": "person-4711"}}
    retrieval = json_of(alice.post("/retrievals", body, Idempotency_Key="first"))
    prompt = json_of(
        alice.post("/prompts", {"retrieval_ids": [retrieval["retrieval_id"]], "text": "Eight?"})
    )
    output = json_of(
        alice.post("/outputs", {"prompt_id": prompt["prompt_id"], "text": "Eight.", "model": "m"})
    )
    run_work()
    return {"output": output["output_id"], "body": body}


def test_an_erasure_goes_from_preview_to_certificate(
    alice: Caller, charlie: Caller, dave: Caller, story: dict[str, Any], run_work: Step
) -> None:
    preview = json_of(charlie.post("/erasures/preview", PERSON))
    assert {"retrievals": 1, "prompts": 1, "outputs": 1}.items() <= preview["counts"].items()
    asked = charlie.post("/erasures", {**PERSON, "reason": "They asked us to."})
    assert asked.status_code == 202
    address = f"/erasures/{json_of(asked)['erasure_id']}"
    assert json_of(charlie.get(address))["status"] == "requested"
    same = charlie.post(f"{address}/approval", {})
    assert (same.status_code, json_of(same)["type"].rpartition("/")[2]) == (409, "same-person")
    assert charlie.get(f"{address}/certificate").status_code == 404
    assert dave.post(f"{address}/approval", {}).status_code == 202
    run_work()
    done = json_of(charlie.get(address))
    assert (done["status"], done["subject"], done["keys_destroyed"]) == ("certified", None, 3)
    assert json_of(charlie.get("/erasures"))["data"] == [done]
    certificate = charlie.get(f"{address}/certificate")
    assert certificate["Content-Type"] == "text/plain; charset=utf-8"
    assert b"events affected 3\n" in certificate.content
    trace = json_of(alice.get(f"/outputs/{story['output']}/trace"))
    assert trace["output"]["erased"]
    assert any(each.startswith("output: the text was erased on 20") for each in trace["missing"])
    replay = alice.post("/retrievals", story["body"], Idempotency_Key="first")
    assert replay.status_code == 410


def test_a_hold_is_placed_listed_and_released(
    charlie: Caller, story: dict[str, Any], run_work: Step
) -> None:
    placed = charlie.post("/holds", {"output_id": story["output"], "reason": "A claim."})
    assert placed.status_code == 201
    hold_id = json_of(placed)["hold_id"]
    assert json_of(charlie.post("/erasures/preview", PERSON))["holds"] == [hold_id]
    refused = charlie.post("/erasures", {**PERSON, "reason": "They asked us to."})
    assert refused.status_code == 409
    assert hold_id in json_of(refused)["detail"]
    assert charlie.post(f"/holds/{hold_id}/release", {"reason": "Over."}).status_code == 200
    assert charlie.post(f"/holds/{hold_id}/release", {"reason": "Over."}).status_code == 409
    run_work()
    (hold,) = json_of(charlie.get("/holds"))["data"]
    assert (hold["reason"], hold["release_reason"]) == ("A claim.", "Over.")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"reason": "r"}, ["#/subject"]),
        ({**PERSON, "document_id": str(uuid4()), "reason": "r"}, ["#/subject"]),
        ({**PERSON, "with_interactions": True, "reason": "r"}, ["#/with_interactions"]),
        ({**PERSON, "reason": " "}, ["#/reason"]),
        ({"document_id": "7", "reason": "r"}, ["#/document_id"]),
    ],
)
def test_bad_requests_name_the_field_and_record_nothing(
    charlie: Caller, body: dict[str, Any], where: list[str]
) -> None:
    before = events_recorded()
    answer = charlie.post("/erasures", body)
    assert (answer.status_code, pointers(answer)) == (422, where)
    assert events_recorded() == before


def test_only_administrators_keys_reach_it(alice: Caller, charlie: Caller) -> None:
    unknown = uuid4()
    for path in ("/erasures", "/erasures/preview", f"/erasures/{unknown}/approval", "/holds"):
        assert alice.post(path, {}).status_code == 403
    assert charlie.get(f"/erasures/{unknown}").status_code == 404
    assert charlie.post(f"/erasures/{unknown}/approval", {}).status_code == 404
    nothing = charlie.post("/erasures", {"document_id": str(unknown), "reason": "r"})
    assert nothing.status_code == 404
