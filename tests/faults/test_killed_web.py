"""The web server, and what it rests on, killed under applications that insist on an answer."""

import os
import signal
import time

import pytest

from tests.faults.applications import Load
from tests.faults.conftest import Stack
from tests.faults.recorded import Recorded

BEFORE_SECONDS, AFTER_SECONDS = 2, 3
FOLLOWS_SECONDS = 30


@pytest.mark.parametrize("victim", ["web", "valkey", "postgres"])
def test_what_the_api_acknowledged_is_neither_lost_nor_doubled(stack: Stack, victim: str) -> None:
    running = stack.running
    killed = running.processes[victim]
    with Load(running.address, stack.key) as load:
        time.sleep(BEFORE_SECONDS)
        os.killpg(killed, signal.SIGKILL)
        time.sleep(AFTER_SECONDS)
    stack.wait_until_back(victim, killed)
    recorded = Recorded(running.home)
    try:
        assert load.acknowledged.documents
        assert load.acknowledged.retrievals
        assert recorded.lost_or_doubled(load.acknowledged) == {}
        _wait_until_followed(recorded, load)
        assert recorded.positions_are_dense()
    finally:
        recorded.close()


def test_no_read_model_differs_from_its_rebuild_after_all_that(stack: Stack) -> None:
    assert stack.read_models_that_differ() == {}


def _wait_until_followed(recorded: Recorded, load: Load) -> None:
    until = time.monotonic() + FOLLOWS_SECONDS
    while missing := recorded.what_has_not_followed(load.acknowledged):
        assert time.monotonic() < until, missing
        time.sleep(0.2)
