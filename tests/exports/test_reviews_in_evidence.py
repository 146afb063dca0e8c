"""The review of an answer goes along with its evidence, and signatures are held to their record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest

from provenance.accounts.access import SYSTEM_PRINCIPAL, principal_of_user
from provenance.cases.reviewing import comment_on_output, reopen_review, resolve_finding
from provenance.eventstore.ids import new_id
from provenance.exports.verify import Bundle, Event, Problem, trace_of
from provenance.integrity import checkpoints
from provenance.review.finding import Target
from tests.cases.conftest import person
from tests.cases.test_reviewing import answer, pin, sign
from tests.exports.stories import built, checked, failures, files_of
from tests.review.conftest import erase

__all__ = ["erase"]
pytestmark = pytest.mark.django_db
Step = Callable[[], None]


@pytest.fixture
def signed(output_id: UUID, run_work: Step) -> UUID:
    """An answer with a finding that was resolved, a comment, and a signature of each round."""
    alice = principal_of_user(person("alice"))
    finding_id = pin(output_id, alice, start=0, end=4)
    answer(output_id, alice)
    resolve_finding(
        output_id=output_id,
        finding_id=finding_id,
        resolution="accepted",
        note="Harmless.",
        principal=alice,
    )
    comment_on_output(output_id=output_id, comment_id=new_id(), text="Said.", principal=alice)
    sign(output_id, alice)
    reopen_review(output_id=output_id, reason="Look again.", principal=alice)
    answer(output_id, alice)
    sign(output_id, alice, meaning="rejection")
    run_work()
    return output_id


def test_the_review_is_in_the_bundle_proved_and_told(
    signed: UUID, erase: Callable[[Target], UUID]
) -> None:
    files = files_of(built([signed], principal=SYSTEM_PRINCIPAL).content)
    key = str(checkpoints.verifier_keys()[-1])
    assert [line for line in checked(files, key) if line.verdict == "FAIL"] == []
    (trace,) = orjson.loads(files["trace.json"])["outputs"]
    review = trace["review"]
    assert [each["meaning"] for each in review["signatures"]] == ["approval", "rejection"]
    assert review["findings"][0]["resolved"]["note"] == "Harmless."
    assert review["comments"][0]["text"] == "Said."
    report = files["report.html"].decode()
    assert "Alice Example" in report
    assert "rejection" in report
    assert "Nothing says so." in report
    first = min(
        int(name.removeprefix("events/").removesuffix(".json"))
        for name, data in files.items()
        if name.endswith(".json") and f'"stream":"review-{signed}"'.encode() in data
    )
    fewer = {name: data for name, data in files.items() if not name.startswith(f"events/{first}.")}
    assert "streams" in failures(fewer, key)

    erase(Target("interaction", target_id=signed))
    files = files_of(built([signed], principal=SYSTEM_PRINCIPAL).content)
    assert failures(files, key) == []
    (trace,) = orjson.loads(files["trace.json"])["outputs"]
    assert trace["review"]["comments"][0]["text"] is None
    assert trace["review"]["signatures"][0]["printed_name"] == "Alice Example"


def test_a_signature_for_something_else_is_refused(signed: UUID) -> None:
    files = files_of(built([signed], principal=SYSTEM_PRINCIPAL).content)
    evidence = Bundle(files, []).evidence

    def told(change: Callable[[Event], dict[str, Any]]) -> None:
        events = {
            event.position: replace(event, body={**event.body, **change(event)})
            for event in evidence.events.values()
        }
        trace_of(replace(evidence, events=events), str(signed))

    def signature(**changed: Any) -> Callable[[Event], dict[str, Any]]:
        def change(event: Event) -> dict[str, Any]:
            is_one = event.type == "OutputSigned"
            return {"data": {**event.data, **changed}} if is_one else {}

        return change

    told(lambda _: {})
    record = {"event_id": str(signed), "position": 1, "leaf_hash": "AAAA"}
    for forged in (signature(record=record), signature(covers=1), signature(signatures_needed=0)):
        with pytest.raises(Problem):
            told(forged)
    reopened = "io.ragledger.CommentAdded.v1"
    with pytest.raises(Problem, match="changes what was signed"):
        told(lambda e: {"type": reopened} if e.type == "ReviewReopened" else {})
