"""The drill: a backup while writers write, brought back into another database, and used."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from provenance.accounts.access import principal_of_key
from provenance.accounts.events import CollectionCreated
from provenance.backups.backup import back_up
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.history.lineage import trace_of
from provenance.integrity import checkpoints, tree
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.checkpoints import seal
from provenance.integrity.models import SealedCheckpoint
from provenance.integrity.notes import Note
from provenance.integrity.proofs import verify_consistency, verify_inclusion
from provenance.integrity.sequencer import sequence_everything
from provenance.integrity.verification.whole_log import verify_log
from provenance.projections.projection import projections
from provenance.projections.rebuild import differences
from tests.backups.conftest import SecondDatabase, Story, signs_in, silent
from tests.backups.restoring import bring_back
from tests.recording.stories import ALICE, ask

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
WRITERS = 4


class Crowd:
    """Writers and a sequencer that seals; it remembers which events were acknowledged."""

    def __init__(self, seed: bytes) -> None:
        self.acknowledged: list[UUID] = []
        self._seed = seed
        self._ended = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        loops = [self._write] * WRITERS + [self._sequence]
        threads = [threading.Thread(target=self._loop, args=(each,)) for each in loops]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def wait_for(self, events: int) -> None:
        wanted = len(self.acknowledged) + events
        while len(self.acknowledged) < wanted:
            time.sleep(0.01)

    def _loop(self, step: Any) -> None:
        try:
            while not self._ended.is_set():
                step()
        finally:
            connection.close()

    def _write(self) -> None:
        event_id = new_id()
        data = CollectionCreated(collection="claims", time_zone="UTC")
        stream = f"drill-{event_id}"
        event = NewEvent(data=data, stream=stream, event_id=event_id, actor=SYSTEM)
        store.append([event], expected={stream: 0})
        self.acknowledged.append(event_id)

    def _sequence(self) -> None:
        sequence_everything()
        seal(self._seed)


def proves(proof: tuple[int, bytes, list[bytes]], note: str) -> bool:
    """Whether an event's proof holds against a checkpoint that a known key has signed."""
    position, canonical, path = proof
    parsed = Note.parse(note)
    parsed.signed_by(checkpoints.verifier_keys())
    checkpoint = Checkpoint.parse(parsed.text)
    leaf = hashlib.sha256(b"\x00" + canonical).digest()
    return verify_inclusion(
        index=position, size=checkpoint.size, leaf=leaf, proof=path, root=checkpoint.root
    )


def test_a_log_that_is_written_to_is_backed_up_brought_back_and_goes_on(
    story: Story, tmp_path: Path, second_database: SecondDatabase
) -> None:
    old = SealedCheckpoint.objects.order_by("-id").first()
    assert old
    found = store.read_stream(f"output-{story.output_id}")[0]
    proof = checkpoints.proof_of(found.place)
    held = (found.place, store.canonical_bytes(found.event_id) or b"", list(proof.path))
    crowd = Crowd(story.seed)
    with crowd.at_work():
        crowd.wait_for(200)
        before = list(crowd.acknowledged)
        manifest = back_up(tmp_path / "backup", report=silent)
        crowd.wait_for(50)
    trace = trace_of(story.output_id, principal=ALICE).as_json()
    answer = ask()
    assert manifest.log

    with second_database():
        restored = bring_back(tmp_path / "backup")

        kept = store.read_events(crowd.acknowledged)
        assert set(before) <= kept.keys()
        assert len(kept) < len(crowd.acknowledged)
        assert (restored.size, restored.root) == (manifest.log.size, manifest.log.root)
        assert restored.placed_anew == manifest.log.without_position

        assert verify_log().whole
        for each in projections():
            assert not any(differences(each).values()), each.name

        assert trace_of(story.output_id, principal=ALICE).as_json() == trace
        again = ask()
        assert [r["text"] for r in again["results"]] == [r["text"] for r in answer["results"]]
        assert [r["score"] for r in again["results"]] == [r["score"] for r in answer["results"]]
        assert principal_of_key(story.api_key)
        assert signs_in()

        assert proves(held, proof.note)
        assert tree.inclusion_proof(found.place, old.size) == list(proof.path)

        sequence_everything()
        new = seal(story.seed)
        assert new
        assert new.origin == restored.new_origin != restored.old_origin == old.origin
        assert verify_consistency(
            first=old.size,
            second=new.size,
            first_root=bytes(old.root),
            second_root=bytes(new.root),
            proof=tree.consistency_proof(old.size, new.size),
        )
        assert verify_log().whole
