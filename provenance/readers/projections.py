"""Folds views and exports into who looked at what, how often, and when last."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from provenance.eventstore.recorded import Recorded
from provenance.exports.events import EvidenceExported, RangeExported
from provenance.finding.events import ListExported
from provenance.projections.projection import Projection, handles, projection
from provenance.readers.events import RecordViewed
from provenance.readers.models import RecordView, RecordViewer
from provenance.review.projections import named

COUNT = """
    INSERT INTO readers_viewer AS v (record_id, viewer, views, exports, last_at)
    SELECT record_id, %(viewer)s, %(views)s, %(exports)s, %(at)s
    FROM unnest(%(records)s::uuid[]) AS record_id
    ON CONFLICT (record_id, viewer) DO UPDATE SET
        views = v.views + excluded.views, exports = v.exports + excluded.exports,
        last_at = excluded.last_at
"""


@projection
class RecordViews(Projection):
    """One row for each look, and one for each record and reader."""

    name: ClassVar[str] = "record_views"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (RecordView, RecordViewer)

    @handles(RecordViewed)
    def add_view(self, event: Recorded[RecordViewed]) -> None:
        _add(event, event.data.kind, [event.data.record_id], exported=False)

    @handles(EvidenceExported)
    def add_export(self, event: Recorded[EvidenceExported]) -> None:
        _add(event, "output", event.data.output_ids, exported=True)

    @handles(ListExported)
    def add_list(self, event: Recorded[ListExported]) -> None:
        _add(event, f"list of {event.data.listed}", [event.event_id], exported=True)

    @handles(RangeExported)
    def add_range(self, event: Recorded[RangeExported]) -> None:
        _add(event, "archive of the log", [event.event_id], exported=True)


def _add(event: Recorded[Any], kind: str, records: list[UUID], *, exported: bool) -> None:
    viewer = named(event.actor)
    RecordView.objects.bulk_create(
        RecordView(
            position=event.place,
            record_id=record_id,
            kind=kind,
            viewer=viewer,
            at=event.recorded_at,
            exported=exported,
            leading=number == 0,
            records=len(records),
        )
        for number, record_id in enumerate(records)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "records": records,
                "viewer": viewer,
                "views": int(not exported),
                "exports": int(exported),
                "at": event.recorded_at,
            },
        )
