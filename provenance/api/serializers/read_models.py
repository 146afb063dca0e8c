"""Read models as JSON."""

from datetime import datetime
from typing import Literal

from pydantic import RootModel

from provenance.api.serializers.shape import Answer, Shape

State = Literal["waiting", "running", "stopping", "broken_off", "rebuilt", "failed", "stopped"]


class RebuildOut(Answer):
    """The last rebuild: `done` of `total` positions folded; afterwards the rows that differed.

    `broken_off` was begun at a terminal that is gone.
    """

    state: State
    done: int
    total: int
    rate: float | None
    eta_seconds: float | None
    written: int
    removed: int
    begun_at: datetime | None
    ended_at: datetime | None
    problem: str | None


class ReadModelOut(Answer):
    """A read model: `behind` counts positions, null before its first fold."""

    name: str
    position: int
    behind: int | None
    lag_seconds: float | None
    parked_events: int
    problem: str | None
    rebuild: RebuildOut | None


class ReadModelsOut(RootModel[list[ReadModelOut]], Shape):
    """The read models by name."""


class RebuildDecidedOut(Answer):
    """What was asked for; the list shows how it goes."""

    name: str
    state: str
