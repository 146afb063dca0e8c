"""How a version is cut and embedded before it is known; the index decides.

Until it says so, the model of the settings is the only one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Recipe:
    """An embedding model by name, and what cuts its passages: empty, as they were processed."""

    model: str
    chunker: str = ""


@dataclass(frozen=True)
class RecipesInUse:
    """`searched` is that of what is searched; the others are kept ready beside it."""

    searched: Recipe
    others: tuple[Recipe, ...] = ()


_decide: Callable[[], RecipesInUse] | None = None


def decided_by(decide: Callable[[], RecipesInUse]) -> None:
    """Has the function asked from now on."""
    global _decide  # noqa: PLW0603  one index for the process
    _decide = decide


def recipes_in_use() -> RecipesInUse:
    return RecipesInUse(Recipe(settings.EMBEDDING_MODEL)) if _decide is None else _decide()
