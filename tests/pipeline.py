"""Fixtures that do in the test's own process what sequencer, projector and workers do."""

from collections.abc import Callable

import pytest

from provenance.integrity.sequencer import sequence_everything
from provenance.projections import work
from provenance.projections.projector import fold_everything
from retrieval.generations.active import start_first_generation

Step = Callable[[], None]


@pytest.fixture
def run_projector() -> Step:
    """Places every committed event and folds it into every read model."""

    def run() -> None:
        start_first_generation()
        sequence_everything()
        fold_everything()

    return run


@pytest.fixture
def run_work(run_projector: Step) -> Step:
    """Does all work that waits, and what follows from it, until nothing is left."""

    def run() -> None:
        run_projector()
        while _do_what_waits():
            run_projector()

    return run


def _do_what_waits() -> bool:
    """False if nothing waited."""
    waiting = work.waiting_queues()
    for queue, count in waiting.items():
        for _ in range(count):
            work.run_next(queue)
    return bool(waiting)
