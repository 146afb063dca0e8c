"""A version that failed is processed again on request, and nothing else is."""

from collections.abc import Callable

from tests.api.callers import Caller, json_of, new_caller

SCAN = {"content": " \n\t ", "media_type": "text/plain", "collection": "claims"}


def test_a_failed_version_is_processed_again_once_for_each_request(
    alice: Caller, run_work: Callable[[], None]
) -> None:
    version_id = json_of(alice.post("/documents", SCAN))["version_id"]
    run_work()
    failed = json_of(alice.get(f"/versions/{version_id}"))
    assert failed["status"] == "failed"
    answer = alice.post(f"/versions/{version_id}/retry", {}, idempotency_key="once")
    assert answer.status_code == 202
    assert json_of(answer) == {"version_id": version_id, "status": "submitted"}
    replayed = alice.post(f"/versions/{version_id}/retry", {}, idempotency_key="once")
    assert replayed["Idempotency-Replayed"] == "true"
    assert alice.post(f"/versions/{version_id}/retry", {}).status_code == 409
    run_work()
    assert json_of(alice.get(f"/versions/{version_id}"))["reason"] == failed["reason"]


def test_only_a_version_that_failed_can_be_tried_again(
    alice: Caller, run_work: Callable[[], None]
) -> None:
    good = {**SCAN, "content": "Dental care is covered."}
    version_id = json_of(alice.post("/documents", good))["version_id"]
    assert alice.post(f"/versions/{version_id}/retry", {}).status_code == 409
    run_work()
    answer = alice.post(f"/versions/{version_id}/retry", {})
    assert answer.status_code == 409
    assert json_of(answer)["type"] == "/problems/nothing-to-retry"


def test_a_retry_needs_the_scope_and_the_collection(
    alice: Caller, bob: Caller, run_work: Callable[[], None]
) -> None:
    version_id = json_of(alice.post("/documents", SCAN))["version_id"]
    run_work()
    reader = new_caller("reader", scopes=("read", "record", "retrieve"))
    assert reader.post(f"/versions/{version_id}/retry", {}).status_code == 403
    assert bob.post(f"/versions/{version_id}/retry", {}).status_code == 404
