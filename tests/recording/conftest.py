"""What tests of recording and of history share: an index with two documents in it."""

from collections.abc import Callable
from typing import Any

import pytest

from retrieval.generations.active import start_first_generation
from tests.recording.stories import STORM, WAITING, hand_in


@pytest.fixture
def documents(run_work: Callable[[], None]) -> dict[str, Any]:
    """A dental policy in its first version and a storm policy, both searchable."""
    start_first_generation()
    run_work()
    submitted = {
        "dental": hand_in(WAITING.format(months=8), "dental", source_version="v1"),
        "storm": hand_in(STORM, "storm"),
    }
    run_work()
    return submitted
