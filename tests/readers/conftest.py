"""An answer that people look at."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.recording.conftest import documents
from tests.recording.stories import ask, output_of, prompt_of

__all__ = ["documents"]
Step = Callable[[], None]
TEXT = "The waiting period for dental treatment is 8 months. Nobody said so."


@pytest.fixture
def output_id(documents: dict[str, Any], run_work: Step) -> UUID:  # noqa: ARG001
    output = output_of(prompt_of(ask()), TEXT)
    run_work()
    return output
