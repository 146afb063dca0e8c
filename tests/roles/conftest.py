"""The story that everybody asks for."""

from collections.abc import Callable

import pytest

from tests.roles.world import World, build


@pytest.fixture
def world(db: None, run_work: Callable[[], None]) -> World:  # noqa: ARG001
    return build(run_work)
