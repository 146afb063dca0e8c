"""A crash at every step from placing events to keeping checkpoints outside contradicts nothing.

A child places, seals and publishes, and is killed where it stands: before the n-th time that it
asks the database for something or brings a file to the disk, for every n. What is served at that
moment is collected, and in the end all of it must be one history.
"""

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client

from provenance.integrity import publishing, tree
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.checkpoints import Sealer, listed, verifier_keys, with_cosignatures
from provenance.integrity.models import Tree
from provenance.integrity.notes import Note
from provenance.integrity.proofs import verify_consistency
from provenance.integrity.sequencer import Sequencer
from provenance.integrity.verification.whole_log import verify_log
from tests.integrity.test_sequencer import write

SEED = secrets.token_bytes(32)
EVENTS_A_TURN = 3
ENOUGH_STEPS = 40

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


class Failpoint:
    """Stops its process at the given step; whoever waits for it looks around and kills it."""

    def __init__(self, at: int) -> None:
        self._left = at

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stopping(*arguments: Any, **named: Any) -> Any:
            self._step()
            return call(*arguments, **named)

        return stopping

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGSTOP)


def place_seal_and_publish(failpoint: Failpoint) -> None:
    """In a process of its own, which never returns from here."""
    for owner, name in ((psycopg.Connection, "wait"), (os, "link"), (os, "fsync")):
        setattr(owner, name, failpoint.around(getattr(owner, name)))
    sequencer, sealer = Sequencer(), Sealer(SEED)
    while sequencer.cycle():
        sealer.seal()
    publishing.publish()


@contextmanager
def stopped_at(step: int) -> Iterator[bool]:
    """The child stands still there, and is killed afterwards; False if it came to its end."""
    connections.close_all()
    child = os.fork()
    if not child:
        failed = 1
        try:
            place_seal_and_publish(Failpoint(step))
            failed = 0
        finally:
            os._exit(failed)
    _, status = os.waitpid(child, os.WUNTRACED)
    stopped = os.WIFSTOPPED(status)
    assert stopped or os.waitstatus_to_exitcode(status) == 0
    yield stopped
    if stopped:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def served(folder: Path) -> set[str]:
    """Every note that somebody could take away now."""
    answer = Client().get("/checkpoint")
    notes = {with_cosignatures(each) for each in listed(before=None, limit=1000)}
    notes |= {answer.content.decode()} if answer.status_code == 200 else set()
    return notes | {each.read_text(encoding="utf-8") for each in folder.rglob("*.checkpoint")}


def test_whatever_crashes_when_no_two_checkpoints_that_contradict_each_other_are_served(
    tmp_path: Path, settings: Any
) -> None:
    settings.ANCHOR_FOLDER, settings.ANCHOR_SECONDS = str(tmp_path), 0
    notes: set[str] = set()
    for step in count():
        write(f"collection-{step}", count=EVENTS_A_TURN)
        with stopped_at(step) as stopped:
            notes |= served(tmp_path)
        if not stopped:
            break
    assert step > ENOUGH_STEPS, "the steps of all four must have been counted"
    sealed = sorted({checkpoint_of(note) for note in notes}, key=lambda each: each.size)
    assert len(sealed) > 5
    for one, other in pairwise(sealed):
        assert verify_consistency(
            first=one.size,
            second=other.size,
            first_root=one.root,
            second_root=other.root,
            proof=tree.consistency_proof(one.size, other.size),
        )
    assert Tree.objects.get().size >= (step + 1) * EVENTS_A_TURN
    assert [str(each) for each in verify_log(outside=sorted(notes)).findings] == []


def checkpoint_of(note: str) -> Checkpoint:
    parsed = Note.parse(note)
    assert parsed.signed_by(verifier_keys())
    return Checkpoint.parse(parsed.text)
