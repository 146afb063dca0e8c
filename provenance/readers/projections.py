"""Folds views and exports into who looked at what, how often, and when last."""

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from provenance.eventstore.recorded import Recorded
from provenance.exports.events import EvidenceExported, RangeExported
from provenance.finding.events import ListExported
from provenance.projections.projection import Events, Projection, handles_all, projection
from provenance.readers.events import RecordViewed
from provenance.readers.models import RecordView, RecordViewer
from provenance.review.projections import named

COUNT = """
    INSERT INTO readers_viewer AS v (record_id, viewer, views, exports, last_at)
    SELECT record_id, viewer,
        count(*) FILTER (WHERE NOT exported), count(*) FILTER (WHERE exported), max(at)
    FROM unnest(%s::uuid[], %s::text[], %s::boolean[], %s::timestamptz[])
        AS looked (record_id, viewer, exported, at)
    GROUP BY record_id, viewer
    ON CONFLICT (record_id, viewer) DO UPDATE SET
        views = v.views + excluded.views, exports = v.exports + excluded.exports,
        last_at = greatest(v.last_at, excluded.last_at)
"""


@projection
class RecordViews(Projection):
    """One row for each look, and one for each record and reader."""

    name: ClassVar[str] = "record_views"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (RecordView, RecordViewer)

    @handles_all(RecordViewed)
    def add_views(self, events: Events[RecordViewed]) -> None:
        _add([row for e in events for row in _rows(e, e.data.kind, [e.data.record_id])])

    @handles_all(EvidenceExported)
    def add_exports(self, events: Events[EvidenceExported]) -> None:
        _add([row for e in events for row in _exported(e, "output", e.data.output_ids)])

    @handles_all(ListExported)
    def add_lists(self, events: Events[ListExported]) -> None:
        _add(
            [row for e in events for row in _exported(e, f"list of {e.data.listed}", [e.event_id])]
        )

    @handles_all(RangeExported)
    def add_ranges(self, events: Events[RangeExported]) -> None:
        _add([row for e in events for row in _exported(e, "archive of the log", [e.event_id])])


def _exported(event: Recorded[Any], kind: str, records: list[UUID]) -> Iterator[RecordView]:
    return _rows(event, kind, records, exported=True)


def _rows(
    event: Recorded[Any], kind: str, records: list[UUID], *, exported: bool = False
) -> Iterator[RecordView]:
    for number, record_id in enumerate(records):
        yield RecordView(
            position=event.place,
            record_id=record_id,
            kind=kind,
            viewer=named(event.actor),
            at=event.recorded_at,
            exported=exported,
            leading=number == 0,
            records=len(records),
        )


def _add(rows: list[RecordView]) -> None:
    RecordView.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            [
                [row.record_id for row in rows],
                [row.viewer for row in rows],
                [row.exported for row in rows],
                [row.at for row in rows],
            ],
        )
