"""What a search finds: a few hits of each kind, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

SHOWN = 6
# More are not counted: it would take longer than a page may.
COUNTED = 1_000

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Hit:
    """`kind` and `id` name what opens; an event also has its position."""

    kind: str
    id: UUID
    title: str
    words: str = ""
    note: str = ""
    at: datetime | None = None
    position: int | None = None


@dataclass(frozen=True)
class Group:
    """Hits of one kind. `count` stops at COUNTED."""

    kind: str
    hits: Sequence[Hit]
    count: int

    @property
    def capped(self) -> bool:
        return self.count >= COUNTED


def counted(rows: QuerySet[M, Any]) -> int:
    """How many there are, up to COUNTED."""
    return rows.order_by()[:COUNTED].count()
