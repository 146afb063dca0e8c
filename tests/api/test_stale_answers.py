"""The feed of stale answers: a key polls its own application's, from position to position."""

from collections.abc import Callable
from typing import Any

from tests.api.callers import Caller, json_of, pointers

Work = Callable[[], None]
OLD, NEW = "The waiting period is 8 months.", "The waiting period is 9 months."


def hand_in(caller: Caller, content: str) -> None:
    document = {"content": content, "external_id": "dental", "collection": "claims"}
    assert caller.post("/documents", document).status_code == 202


def answer(caller: Caller) -> str:
    found = json_of(caller.post("/retrievals", {"query": "waiting period", "mode": "text"}))
    prompt = {"retrieval_ids": [found["retrieval_id"]], "text": found["results"][0]["text"]}
    recorded = json_of(caller.post("/prompts", prompt))
    output = {"prompt_id": recorded["prompt_id"], "text": OLD, "model": "m"}
    return str(json_of(caller.post("/outputs", output))["output_id"])


def test_a_key_polls_the_stale_answers_of_its_own_application(
    alice: Caller, bob: Caller, charlie: Caller, run_work: Work
) -> None:
    run_work()
    hand_in(charlie, OLD)
    run_work()
    first, second = answer(alice), answer(alice)
    run_work()
    begun: dict[str, Any] = json_of(alice.get("/stale-answers"))
    assert begun["data"] == []
    hand_in(charlie, NEW)
    run_work()

    told = json_of(alice.get("/stale-answers", after=begun["position"], limit=1))
    rest = json_of(
        alice.get("/stale-answers", after=begun["position"], cursor=told["next_cursor"], limit=1)
    )

    rows = told["data"] + rest["data"]
    assert sorted(row["output_id"] for row in rows) == sorted([first, second])
    assert {row["kind"] for row in rows} == {"replaced"}
    assert rest["next_cursor"] is None
    assert json_of(alice.get("/stale-answers", after=told["position"]))["data"] == []
    assert json_of(bob.get("/stale-answers"))["data"] == []
    assert json_of(bob.get("/stale-answers", application="claims-assistant"))["data"] == []
    everybody_s = json_of(charlie.get("/stale-answers", application="claims-assistant"))
    assert len(everybody_s["data"]) == 2


def test_the_feed_refuses_what_it_does_not_understand(alice: Caller) -> None:
    assert pointers(alice.get("/stale-answers", after="-2")) == ["#/after"]
    assert pointers(alice.get("/stale-answers", cursor="forged")) == ["#/cursor"]
    assert pointers(alice.get("/stale-answers", kind="replaced")) == ["#/kind"]
