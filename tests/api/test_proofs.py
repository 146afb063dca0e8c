"""Checkpoints and proofs over HTTP, verified with nothing but what a client received."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from provenance.eventstore.models import Event
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.notes import Note, VerifierKey
from provenance.integrity.proofs import verify_consistency, verify_inclusion
from provenance.integrity.tlog_proof import TlogProof
from tests.api.callers import Caller, json_of, new_caller, pointers

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


@pytest.fixture(autouse=True)
def _signing_key(settings: Any) -> None:
    settings.LOG_SIGNING_KEY = bytes(range(32))


def seal(charlie: Caller) -> Any:
    answer = charlie.post("/checkpoints", {})
    assert answer.status_code == 200
    return json_of(answer)


def test_an_event_is_proved_to_whoever_knows_the_logs_key(
    charlie: Caller, run_projector: Step
) -> None:
    for number in range(7):
        new_caller(f"application {number}")
    run_projector()
    seal(charlie)
    trusted = VerifierKey.parse(json_of(charlie.get("/checkpoints"))["verifier_keys"][-1])
    for event in Event.objects.all():
        proof = TlogProof.parse(charlie.get(f"/events/{event.event_id}/proof").content.decode())
        note = Note.parse(proof.note)
        assert note.signed_by([trusted]) == [trusted]
        checkpoint = Checkpoint.parse(note.text)
        stored = charlie.get(f"/events/{event.event_id}").content
        assert verify_inclusion(
            index=proof.index,
            size=checkpoint.size,
            leaf=hashlib.sha256(b"\x00" + stored).digest(),
            proof=proof.path,
            root=checkpoint.root,
        )


def test_the_newest_checkpoint_is_there_for_everybody(charlie: Caller, run_projector: Step) -> None:
    early = Client().get("/checkpoint")
    assert early.status_code == 503
    assert early["Content-Type"] == "application/problem+json"
    assert int(early["Retry-After"]) > 0
    run_projector()
    sealed = seal(charlie)
    answer = Client().get("/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == sealed["note"]


def test_an_event_that_is_not_sealed_yet_asks_for_patience(
    charlie: Caller, run_projector: Step
) -> None:
    run_projector()
    seal(charlie)
    new_caller("later")
    event = Event.objects.latest("seq")
    for _ in range(2):
        answer = charlie.get(f"/events/{event.event_id}/proof")
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        run_projector()
    seal(charlie)
    assert charlie.get(f"/events/{event.event_id}/proof").status_code == 200


def test_the_log_is_proved_to_have_only_grown(charlie: Caller, run_projector: Step) -> None:
    run_projector()
    first = seal(charlie)
    for number in range(5):
        new_caller(f"application {number}")
    run_projector()
    second = seal(charlie)
    found = json_of(charlie.get("/consistency", **{"from": first["size"], "to": second["size"]}))
    assert found["first_root"] == first["root_hash"]
    assert found["second_root"] == second["root_hash"]
    assert verify_consistency(
        first=first["size"],
        second=second["size"],
        first_root=base64.b64decode(first["root_hash"]),
        second_root=base64.b64decode(second["root_hash"]),
        proof=[base64.b64decode(each) for each in found["proof"]],
    )


def test_sizes_that_the_log_does_not_have_are_refused(charlie: Caller, run_projector: Step) -> None:
    run_projector()
    assert pointers(charlie.get("/consistency", **{"from": 0, "to": 10_000})) == ["#/to"]
    assert pointers(charlie.get("/consistency", **{"from": 2, "to": 1})) == ["#/from"]
    assert pointers(charlie.get("/consistency", to=1)) == ["#/from"]


def test_checkpoints_are_listed_newest_first(charlie: Caller, run_projector: Step) -> None:
    sizes = []
    for number in range(3):
        new_caller(f"application {number}")
        run_projector()
        sizes.append(seal(charlie)["size"])
    page = json_of(charlie.get("/checkpoints", limit=2))
    rest = json_of(charlie.get("/checkpoints", limit=2, cursor=page["next_cursor"]))
    assert [each["size"] for each in page["data"] + rest["data"]] == sizes[::-1]
    assert rest["next_cursor"] is None


def test_who_may_not_read_an_event_gets_no_proof_of_it(
    alice: Caller, charlie: Caller, run_projector: Step
) -> None:
    run_projector()
    seal(charlie)
    event = Event.objects.latest("seq")
    assert alice.get(f"/events/{event.event_id}/proof").status_code == 404
    assert alice.post("/checkpoints", {}).status_code == 403


def test_without_the_key_the_sequencer_is_waited_for(
    charlie: Caller, run_projector: Step, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = None
    run_projector()
    assert charlie.post("/checkpoints", {}).status_code == 503
