"""Index generations over HTTP: built, compared, switched to and back, dropped."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.callers import Caller, json_of
from tests.retrieval.generations import other_model

__all__ = ["other_model"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("other_model")]
Step = Callable[[], None]
LIST = "/index-generations"


@pytest.fixture
def documents(alice: Caller, run_work: Step) -> None:
    run_work()
    for name in ("eight", "nine"):
        text = f"The {name} words of this note."
        alice.post("/documents", {"external_id": name, "media_type": "text/plain", "content": text})
    run_work()
    answer = json_of(alice.post("/retrievals", {"query": "eight words", "top_k": 1}))
    prompt = {"retrieval_ids": [answer["retrieval_id"]], "text": answer["results"][0]["text"]}
    alice.post("/prompts", prompt)
    run_work()


def generation(caller: Caller, number: int) -> dict[str, Any]:
    return next(each for each in json_of(caller.get(LIST)) if each["generation"] == number)


@pytest.mark.usefixtures("documents")
def test_a_generation_goes_from_its_start_to_the_switch_and_back(
    alice: Caller, charlie: Caller, run_work: Step
) -> None:
    assert alice.get(LIST).status_code == 403
    started = charlie.post(LIST, {"embedding_model": "reversed"})
    assert (started.status_code, json_of(started)["generation"]) == (202, 2)
    assert charlie.post(LIST, {}).status_code == 409
    run_work()
    built = generation(charlie, 2)
    assert (built["state"], built["chunks"], len(built["root"])) == ("verified", 2, 64)
    assert built["progress"]["done"] == built["progress"]["total"] == 2
    compared = json_of(charlie.get(f"{LIST}/2/comparison"))
    assert (compared["queries"], compared["compared_with"], compared["overlap"]) == (1, 1, 1.0)
    assert charlie.post(f"{LIST}/2/activation", {}).status_code == 202
    run_work()
    answer = json_of(alice.post("/retrievals", {"query": "nine words"}))
    assert answer["receipt"]["index_generation"] == 2
    assert generation(charlie, 1)["state"] == "retired"
    assert charlie.post(f"{LIST}/1/activation", {}).status_code == 202
    run_work()
    answer = json_of(alice.post("/retrievals", {"query": "nine words"}))
    assert answer["receipt"]["index_generation"] == 1
    assert charlie.post(f"{LIST}/2/cancellation", {}).status_code == 409
    assert charlie.post(f"{LIST}/2/drop", {}).status_code == 202
    run_work()
    assert generation(charlie, 2)["state"] == "dropped"
    assert charlie.get(f"{LIST}/2/comparison").status_code == 404


@pytest.mark.usefixtures("documents")
def test_what_cannot_be_is_refused_by_name(charlie: Caller) -> None:
    refused = charlie.post(LIST, {"embedding_model": "guesswork"})
    assert refused.status_code == 422
    assert json_of(refused)["errors"][0]["pointer"] == "#/embedding_model"
    refused = charlie.post(LIST, {"chunker": "coarse/9"})
    assert json_of(refused)["errors"][0]["pointer"] == "#/chunker"
    for what in ("activation", "cancellation", "pause", "resumption", "verification", "drop"):
        assert charlie.post(f"{LIST}/7/{what}", {}).status_code == 404
    assert charlie.post(f"{LIST}/1/cancellation", {}).status_code == 409
    assert charlie.get(f"{LIST}/1/comparison", queries=0).status_code == 422
