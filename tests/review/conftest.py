"""An erasure from request to certificate, and a story to erase."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from provenance.accounts.access import Principal
from provenance.eventstore.recorded import Actor
from provenance.review.commands import approve_erasure, request_erasure
from provenance.review.finding import Target
from tests.recording.conftest import documents

__all__ = ["documents"]
Step = Callable[[], None]


def administrator(name: str, **more: Any) -> Principal:
    return Principal(
        **{
            "actor": Actor("user", name),
            "scopes": frozenset({"read", "admin"}),
            "role": "administrator",
            **more,
        }
    )


CAROL = administrator("carol")
DAVE = administrator("dave")


@pytest.fixture
def erase(run_work: Step) -> Callable[[Target], UUID]:
    """Asks, approves, and does all that follows."""

    def run(target: Target) -> UUID:
        run_work()
        erasure_id = request_erasure(target, reason="They asked us to.", principal=CAROL)
        approve_erasure(erasure_id=erasure_id, principal=DAVE)
        run_work()
        return erasure_id

    return run
