"""What a search is narrowed to: one kind, an application, some days."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

Q = TypeVar("Q", bound=QuerySet[Any, Any])


@dataclass(frozen=True)
class Narrowing:
    """None narrows nothing; `until` is exclusive."""

    kind: str | None = None
    application: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def of_records(self, rows: Q) -> Q:
        """Outputs or retrievals, by when they were recorded."""
        given = {
            "application": self.application,
            "recorded_at__gte": self.since,
            "recorded_at__lt": self.until,
        }
        return rows.filter(**{name: each for name, each in given.items() if each is not None})

    def of_documents(self, rows: Q) -> Q:
        """Documents or versions, by when they were handed in."""
        given = {"submitted_at__gte": self.since, "submitted_at__lt": self.until}
        return rows.filter(**{name: each for name, each in given.items() if each is not None})
