"""Whatever is killed while applications work, each acknowledged fact stands and has its sequel."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.embedded.running_up import wait_until
from tests.faults.appending import Appender
from tests.faults.applications import Load
from tests.faults.conftest import Stack
from tests.faults.recorded import Recorded

VICTIMS = ("web", "worker", "sequencer", "projector", "valkey", "postgres")
START_SECONDS = 60
AFTER_SECONDS = 3
FOLLOWS_SECONDS = 30


@pytest.mark.parametrize("victim", VICTIMS)
def test_what_was_acknowledged_stands_once_and_everything_follows_from_it(
    stack: Stack, victim: str
) -> None:
    with Load(stack.running.address, stack.key) as load:
        killed = _kill_amid_work(stack, victim, lambda: load.kinds_told)
    stack.wait_until_back(victim, killed)
    with closing(Recorded(stack.running.home)) as recorded:
        assert recorded.lost_or_doubled(load.acknowledged) == {}
        _wait_until_none(lambda: recorded.what_has_not_followed(load.acknowledged))
        assert recorded.positions_are_dense()


@pytest.mark.parametrize("victim", ["sequencer", "postgres"])
def test_events_that_writers_append_side_by_side_are_placed_once(stack: Stack, victim: str) -> None:
    with Appender(stack.running.home) as one, Appender(stack.running.home) as other:
        killed = _kill_amid_work(
            stack, victim, lambda: min(len(one.acknowledged), len(other.acknowledged))
        )
    stack.wait_until_back(victim, killed)
    acknowledged = {*one.acknowledged, *other.acknowledged}
    assert len(acknowledged) > 100
    with closing(Recorded(stack.running.home)) as recorded:
        _wait_until_none(recorded.unfinished)
        assert recorded.unplaced_or_doubled(acknowledged) == set()
        assert recorded.positions_are_dense()


def test_no_read_model_differs_from_its_rebuild_after_all_that(stack: Stack) -> None:
    assert stack.read_models_that_differ() == {}


def _kill_amid_work(stack: Stack, victim: str, done: Callable[[], int]) -> int:
    """Kills once the load gets answers, and has it work on for a while; returns who was killed."""
    killed = stack.running.processes[victim]
    wait_until(lambda: done() > 0, seconds=START_SECONDS)
    os.killpg(killed, signal.SIGKILL)
    time.sleep(AFTER_SECONDS)
    return killed


def _wait_until_none(missing: Callable[[], list[str]]) -> None:
    until = time.monotonic() + FOLLOWS_SECONDS
    while found := missing():
        assert time.monotonic() < until, found
        time.sleep(0.2)
