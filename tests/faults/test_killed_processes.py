"""Any process may be killed at any moment: nothing acknowledged is lost, nothing stands twice."""

import json
import os
import signal
import time

import pytest

from tests.embedded.running_up import manage
from tests.faults.conftest import Stack
from tests.faults.load import Load
from tests.faults.recorded import Recorded

BEFORE_SECONDS, AFTER_SECONDS = 2, 3
FOLLOWS_SECONDS = 30
COMPARE = """
import json
from provenance.projections.projection import projection_named, projection_names
from provenance.projections.rebuild import differences
print(json.dumps({name: differences(projection_named(name)) for name in projection_names()}))
"""


@pytest.mark.parametrize(
    "victim", ["web", "worker", "sequencer", "projector", "valkey", "postgres"]
)
def test_a_process_killed_under_load_loses_and_doubles_nothing(stack: Stack, victim: str) -> None:
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
        assert load.acknowledged.outputs
        assert recorded.lost_or_doubled(load.acknowledged) == {}
        _wait_until_followed(recorded, load)
        assert recorded.positions_are_dense()
    finally:
        recorded.close()


def test_no_read_model_differs_from_its_rebuild(stack: Stack) -> None:
    found = json.loads(manage(stack.running.home, "shell", "--verbosity", "0", "-c", COMPARE))
    assert found
    assert not {name: rows for name, rows in found.items() if any(rows.values())}


def _wait_until_followed(recorded: Recorded, load: Load) -> None:
    until = time.monotonic() + FOLLOWS_SECONDS
    while missing := recorded.what_has_not_followed(load.acknowledged):
        assert time.monotonic() < until, missing
        time.sleep(0.2)
