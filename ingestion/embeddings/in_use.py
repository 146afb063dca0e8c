"""How a version is cut and embedded before it is known; the index decides.

Until it says so, the model of the settings is the only one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

# A version that becomes known without all recipes, and a switch of the index, exclude each other.
SWITCH_LOCK = 0x7261676C_0E


@dataclass(frozen=True)
class Recipe:
    """An embedding model by name, and what cuts and reads its passages anew.

    Empty: they are as they were processed.
    """

    model: str
    chunker: str = ""
    reading: str = ""


@dataclass(frozen=True)
class RecipesInUse:
    """`searched` is that of what is searched; the others are kept ready beside it."""

    searched: Recipe
    others: tuple[Recipe, ...] = ()


_decide: Callable[[], RecipesInUse] | None = None
_is_switching: Callable[[], bool] | None = None


def decided_by(decide: Callable[[], RecipesInUse], *, is_switching: Callable[[], bool]) -> None:
    """Has the functions asked from now on."""
    global _decide, _is_switching
    _decide, _is_switching = decide, is_switching


def recipes_in_use() -> RecipesInUse:
    return RecipesInUse(Recipe(settings.EMBEDDING_MODEL)) if _decide is None else _decide()


def hold_recipes() -> bool:
    """Until the transaction ends, the index is not switched; False if it is being switched now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SWITCH_LOCK])
    return _is_switching is None or not _is_switching()


def lock_recipes() -> None:
    """Until the transaction ends, no version becomes known that lacks a recipe."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWITCH_LOCK])
