"""Which models a version is embedded under before it is known; the index decides.

Until it says so, the model of the settings is the only one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class ModelsInUse:
    """`searched` is the model of what is searched; the others are kept ready beside it."""

    searched: str
    others: tuple[str, ...] = ()


_decide: Callable[[], ModelsInUse] | None = None


def decided_by(decide: Callable[[], ModelsInUse]) -> None:
    """Has the function asked from now on."""
    global _decide  # noqa: PLW0603  one index for the process
    _decide = decide


def models_in_use() -> ModelsInUse:
    return ModelsInUse(settings.EMBEDDING_MODEL) if _decide is None else _decide()
