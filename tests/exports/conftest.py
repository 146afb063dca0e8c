"""Evidence is taken of what recording recorded, from a log that this process signs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.integrity import checkpoints
from tests.exports.stories import SEED, Taken, answered, built
from tests.recording.conftest import documents

__all__ = ["documents"]

Step = Callable[[], None]


@pytest.fixture(autouse=True)
def _signing_key(settings: Any) -> None:
    settings.LOG_SIGNING_KEY = SEED


@pytest.fixture
def output_id(documents: dict[str, Any], run_work: Step) -> UUID:  # noqa: ARG001
    return answered(run_work)


@pytest.fixture
def bundle(output_id: UUID) -> Taken:
    return built([output_id], principal=SYSTEM_PRINCIPAL)


@pytest.fixture
def log_key(bundle: Taken) -> str:  # noqa: ARG001  the first checkpoint makes it
    return str(checkpoints.verifier_keys()[-1])
