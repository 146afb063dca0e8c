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
    refused = charlie.post(LIST, {"reading": "yesterday"})
    assert json_of(refused)["errors"][0]["pointer"] == "#/reading"
    for what in ("activation", "cancellation", "pause", "resumption", "verification", "drop"):
        assert charlie.post(f"{LIST}/7/{what}", {}).status_code == 404
    assert charlie.post(f"{LIST}/1/cancellation", {}).status_code == 409
    assert charlie.get(f"{LIST}/1/comparison", queries=0).status_code == 422


def test_documents_are_read_anew_and_each_result_names_its_text(
    alice: Caller, charlie: Caller, run_work: Step, settings: Any
) -> None:
    run_work()
    content = "<nav>Offers of the day</nav><main>The nine words of this page.</main>"
    handed_in = {"external_id": "page", "media_type": "text/html", "content": content}
    version_id = json_of(alice.post("/documents", handed_in))["version_id"]
    run_work()
    before = json_of(alice.post("/retrievals", {"query": "nine words"}))
    settings.HTML_TEXT = "content"
    charlie.post(LIST, {"reading": "today", "activate_when_verified": True})
    run_work()
    built = generation(charlie, 2)
    assert built["texts"] == {"changed": 1, "same": 0, "failed": 0}
    assert "ragledger-html-content" in built["parsers"]["text/html"]
    after = json_of(alice.post("/retrievals", {"query": "nine words"}))
    texts = f"/versions/{version_id}/text"
    for answer, reading in ((before, None), (after, built["reading"])):
        (result,) = answer["results"]
        assert result["reading"] == reading
        query = {} if reading is None else {"reading": reading}
        text = json_of(alice.get(texts, **query))["text"]
        assert text[result["char_start"] : result["char_end"]] == result["text"]
        told = json_of(alice.get(f"/retrievals/{answer['retrieval_id']}"))["results"]
        assert [each["reading"] for each in told] == [reading]
    again = json_of(charlie.post(f"/retrievals/{after['retrieval_id']}/reproduction", {}))
    assert [each["reading"] for each in again["reproduced"]] == [built["reading"]]
    assert alice.get(texts, reading="parsers/other").status_code == 404
    (read,) = json_of(alice.get(f"/versions/{version_id}"))["readings"]
    assert (read["reading"], read["outcome"]) == (built["reading"], "changed")
