"""The page about integrity says how the log stands, and gives people proofs to take away."""

import hashlib
import html
import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from ingestion.commands import submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.models import Role
from provenance.eventstore import store
from provenance.eventstore.recorded import Recorded
from provenance.integrity import checkpoints
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.notes import Note
from provenance.integrity.proofs import verify_inclusion
from provenance.integrity.tlog_proof import TlogProof
from provenance.integrity.verification.findings import Report
from provenance.integrity.verification.leaves import LEAVES
from provenance.integrity.verification.outcomes import WHOLE, record, verify_and_record
from provenance.integrity.verification.whole_log import verify_log
from provenance.pages.views.integrity import PATIENCE_SECONDS
from provenance.projections.verification import LOCK_ID
from provenance.projections.verification_progress import Teller
from tests.pages.test_reviewing import signed_in

pytestmark = pytest.mark.django_db
SEED = secrets.token_bytes(32)


@pytest.fixture
def event(run_work: Callable[[], None]) -> Recorded[Any]:
    """The first event of a document, sealed."""
    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=b"# Travel\n\nThe waiting period is 14 days.\n",
        external_id="travel",
        collection="policies",
        media_type="text/markdown",
    )
    run_work()
    checkpoints.seal(SEED)
    return store.read_stream(f"document-{submitted.document_id}")[0]


def text(client: Client, address: str = "/integrity/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.usefixtures("event")
def test_the_verdict_follows_from_what_was_sealed_and_verified() -> None:
    alice = signed_in("alice", Role.AUDITOR)
    assert "Not verified yet" in text(alice)
    verify_and_record(WHOLE, verify_log)
    page = text(alice)
    assert "The log is whole." in page
    assert str(checkpoints.verifier_keys()[-1]) in html.unescape(page)
    broken = Report(size=20)
    broken.add("leaves", "the bytes were changed", 7)
    record(broken, scope=WHOLE, milliseconds=1)
    assert "The log is whole." not in text(alice)
    assert "position 7: the bytes were changed" in text(alice)


def test_an_empty_log_is_said_to_be_unsealed() -> None:
    assert "Nothing is sealed yet" in text(signed_in("alice", Role.ADMINISTRATOR))


def test_the_page_waits_for_a_verification_but_not_for_ever() -> None:
    alice = signed_in("alice", Role.AUDITOR)
    address = alice.post("/integrity/verification/")["Location"]
    page = text(alice, address)
    assert "Verification asked for." in page
    assert "every 2s" in page
    later = text(alice, f"/integrity/?after=0&asked={int(time.time()) - PATIENCE_SECONDS}")
    assert "No worker has begun to verify." in later
    assert "every 2s" not in later
    for nonsense in ("", "x", "9" * 5000, "-1"):
        assert "every 2s" not in text(alice, f"/integrity/?after=0&asked={nonsense}")


def test_the_page_says_how_far_a_verification_is() -> None:
    alice, teller = signed_in("alice", Role.AUDITOR), Teller()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_ID])
        teller(LEAVES, 50, 100)
        teller("streams and causes", 0, 100)
        assert "47 %" in text(alice), "told twice a second at most"
        teller.forget()
        assert "Verified so far" not in text(alice)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_ID])


def test_people_who_see_few_collections_do_not_find_the_page() -> None:
    bob = signed_in("bob", Role.REVIEWER, collections=["policies"])
    assert bob.get("/integrity/").status_code == 404
    assert bob.post("/integrity/verification/").status_code == 404


def test_the_proof_that_a_person_takes_away_proves_the_bytes_that_they_take_away(
    event: Recorded[Any],
) -> None:
    alice = signed_in("alice", Role.AUDITOR)
    taken = alice.get(f"/log/events/{event.event_id}/bytes/").content
    proof = TlogProof.parse(alice.get(f"/log/events/{event.event_id}/proof/").content.decode())
    note = Note.parse(proof.note)
    note.signed_by(checkpoints.verifier_keys())
    checkpoint = Checkpoint.parse(note.text)
    assert verify_inclusion(
        index=proof.index,
        size=checkpoint.size,
        leaf=hashlib.sha256(b"\0" + taken).digest(),
        proof=proof.path,
        root=checkpoint.root,
    )


def test_an_event_that_is_not_sealed_yet_has_no_proof_for_now() -> None:
    alice = signed_in("alice", Role.AUDITOR)
    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL, content=b"a", media_type="text/plain", external_id="a"
    )
    (event, *_) = store.read_stream(f"document-{submitted.document_id}")
    assert "none yet" in text(alice, f"/log/events/{event.event_id}/")
    answer = alice.get(f"/log/events/{event.event_id}/proof/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_events_of_other_collections_and_of_access_are_not_found(
    event: Recorded[Any], run_projector: Callable[[], None]
) -> None:
    bob = signed_in("bob", Role.REVIEWER, collections=["other"])
    carol = signed_in("carol", Role.REVIEWER, collections=["policies"])
    run_projector()
    created = store.read_positions(after=-1, until=store.head_position(), types=["UserCreated"])
    for path in ("", "proof/", "bytes/"):
        address = f"/log/events/{event.event_id}/{path}"
        assert bob.get(address).status_code == 404
        assert carol.get(address).status_code == 200
        assert carol.get(f"/log/events/{created[0].event_id}/{path}").status_code == 404


def test_the_log_and_a_document_s_timeline_lead_to_proofs(event: Recorded[Any]) -> None:
    alice = signed_in("alice", Role.AUDITOR)
    link = f'href="/log/events/{event.event_id}/"'
    assert link in text(alice, "/log/")
    assert link in text(alice, f"/{event.stream.replace('document-', 'documents/')}/")
