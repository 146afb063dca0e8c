"""Whatever is killed while facts are handed in, each acknowledged one stands and has its sequel."""

import os
import signal
import time

import pytest

from tests.embedded.running_up import start_python, wait_until
from tests.faults.conftest import Stack
from tests.faults.recorded import Acknowledged, Recorded

WRITERS = 2
BEFORE_SECONDS, AFTER_SECONDS = 3, 2
FOLLOWS_SECONDS = 30


@pytest.mark.parametrize("victim", ["sequencer", "projector", "valkey", "postgres"])
def test_every_acknowledged_event_is_placed_once(stack: Stack, victim: str) -> None:
    acknowledged = _handed_in_while_killing(stack, victim, "events")
    assert len(acknowledged) > 100
    recorded = Recorded(stack.running.home)
    try:
        wait_until(lambda: not recorded.unfinished(), seconds=FOLLOWS_SECONDS)
        assert recorded.unplaced_or_doubled(acknowledged) == set()
        assert recorded.positions_are_dense()
    finally:
        recorded.close()


@pytest.mark.parametrize("victim", ["worker", "projector", "valkey", "postgres"])
def test_every_acknowledged_document_is_indexed_once(stack: Stack, victim: str) -> None:
    acknowledged = Acknowledged(documents=_handed_in_while_killing(stack, victim, "documents"))
    assert acknowledged.documents
    recorded = Recorded(stack.running.home)
    try:
        assert recorded.lost_or_doubled(acknowledged) == {}
        wait_until(
            lambda: not recorded.what_has_not_followed(acknowledged), seconds=FOLLOWS_SECONDS
        )
    finally:
        recorded.close()


@pytest.mark.parametrize("victim", ["worker", "sequencer", "projector", "valkey", "postgres"])
def test_every_acknowledged_story_is_derived_from_once(stack: Stack, victim: str) -> None:
    acknowledged = Acknowledged()
    for line in _handed_in_while_killing(stack, victim, "stories"):
        retrieval, prompt, output, *versions = line.split()
        acknowledged.retrievals[retrieval] = set(versions)
        acknowledged.prompts.add(prompt)
        acknowledged.outputs.add(output)
    assert any(acknowledged.retrievals.values())
    recorded = Recorded(stack.running.home)
    try:
        assert recorded.lost_or_doubled(acknowledged) == {}
        wait_until(
            lambda: not recorded.what_has_not_followed(acknowledged), seconds=FOLLOWS_SECONDS
        )
    finally:
        recorded.close()


def test_no_read_model_differs_from_its_rebuild_after_all_that(stack: Stack) -> None:
    assert stack.read_models_that_differ() == {}


def _handed_in_while_killing(stack: Stack, victim: str, kind: str) -> set[str]:
    """The ids that were acknowledged to writers that wrote on until the victim was back."""
    home, killed = stack.running.home, stack.running.processes[victim]
    writers = [
        start_python(home, "-m", "tests.faults.appending", kind, stack.key) for _ in range(WRITERS)
    ]
    time.sleep(BEFORE_SECONDS)
    os.killpg(killed, signal.SIGKILL)
    time.sleep(AFTER_SECONDS)
    stack.wait_until_back(victim, killed)
    for writer in writers:
        writer.send_signal(signal.SIGTERM)
    acknowledged = {line for each in writers for line in each.communicate()[0].splitlines()}
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    return acknowledged
