"""Who looked at a record, what a person looked at, and how often; read models only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, QuerySet, Sum

from provenance.readers.models import RecordView, RecordViewer

MOST_VIEWERS = 50


@dataclass(frozen=True)
class Looks:
    """How often a record was looked at and its evidence taken, by how many, and when last."""

    record_id: UUID
    views: int
    exports: int
    viewers: int
    last_at: datetime | None


def looks_at(record_id: UUID) -> Looks:
    """One query, over a row for each reader however often they looked."""
    found = RecordViewer.objects.filter(record_id=record_id).aggregate(
        views=Sum("views", default=0),
        exports=Sum("exports", default=0),
        viewers=Count("viewer"),
        last_at=Max("last_at"),
    )
    return Looks(record_id=record_id, **found)


def viewers_of(record_id: UUID) -> list[RecordViewer]:
    """Those who looked last come first."""
    found = RecordViewer.objects.filter(record_id=record_id)
    return list(found.order_by("-last_at", "viewer")[:MOST_VIEWERS])


def views(*, record_id: UUID | None = None, viewer: str = "") -> QuerySet[RecordView]:
    """Looks at one record, of one reader, or all; `position` is unique among them."""
    found = RecordView.objects.all()
    if record_id is not None:
        found = found.filter(record_id=record_id)
    else:
        found = found.filter(leading=True)
    return found.filter(viewer=viewer) if viewer else found
