"""What keeps answers outside the read models, and forgets them when their records are erased."""

from collections.abc import Callable, Collection
from uuid import UUID

Forget = Callable[[Collection[UUID]], None]

_forgetting: list[Forget] = []


def forgets_erased(forget: Forget) -> Forget:
    """Registers a function that is told the ids of erased records; it may be told them again."""
    _forgetting.append(forget)
    return forget


def forget_everywhere(record_ids: Collection[UUID]) -> None:
    for forget in _forgetting:
        forget(record_ids)
