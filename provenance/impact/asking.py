"""Which documents' wording has to be compared, as pending work.

A part of the pending work, since no single event asks for it: a first version replaces nothing,
and a date that passes concerns the documents that named it.
"""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from ingestion.events import (
    DocumentDescribed,
    DocumentIndexed,
    DocumentQuarantined,
    DocumentReleased,
    DocumentSubmitted,
    DocumentWithdrawn,
)
from ingestion.moments import from_text
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.recorded import Recorded
from provenance.impact.events import WordingCompared
from provenance.impact.models import ComingDate, ComparedDocument
from provenance.projections.models import PendingWork
from provenance.projections.pending import add_part
from provenance.projections.projection import handles
from provenance.projections.rows import put
from retrieval.events import EffectiveDatesPassed

KIND, QUEUE = "compare_wording", "impact"
OPEN = """
    INSERT INTO projections_pending_work (kind, subject_id, queue, cause_event_id, position)
    SELECT %s, document_id, %s, %s, %s FROM impact_document
    WHERE known AND document_id = ANY(%s)
    ON CONFLICT (kind, subject_id) DO UPDATE
    SET cause_event_id = excluded.cause_event_id, position = excluded.position
"""


@add_part
class Comparisons:
    """Opens `compare_wording` for a known document when what stands for it may have changed."""

    tables: ClassVar[tuple[type[Model], ...]] = (ComparedDocument, ComingDate)

    @handles(DocumentSubmitted)
    def note_submitted(self, event: Recorded[DocumentSubmitted]) -> None:
        _note_dates(event, event.data.effective_from, event.data.effective_until)

    @handles(DocumentDescribed)
    def note_described(self, event: Recorded[DocumentDescribed]) -> None:
        data = event.data
        _note_dates(event, data.effective_from, data.effective_until)
        if ComparedDocument.objects.filter(document_id=data.document_id, dated=True).exists():
            _open(event, [data.document_id])

    @handles(DocumentIndexed)
    def note_known(self, event: Recorded[DocumentIndexed]) -> None:
        document_id = event.data.document_id
        _open(event, [document_id])
        put(ComparedDocument(document_id=document_id, known=True), only=("known",))

    @handles(DocumentWithdrawn)
    def note_withdrawn(self, event: Recorded[DocumentWithdrawn]) -> None:
        _note_dates(event, event.data.effective_from)
        _open(event, [event.data.document_id])

    @handles(DocumentQuarantined)
    def note_quarantined(self, event: Recorded[DocumentQuarantined]) -> None:
        _open(event, [event.data.document_id])

    @handles(DocumentReleased)
    def note_released(self, event: Recorded[DocumentReleased]) -> None:
        _open(event, [event.data.document_id])

    @handles(EffectiveDatesPassed)
    def note_passed(self, event: Recorded[EffectiveDatesPassed]) -> None:
        passed = ComingDate.objects.filter(at__lte=from_text(event.data.until))
        _open(event, sorted(set(passed.values_list("document_id", flat=True))))
        passed.delete()

    @handles(WordingCompared)
    def close(self, event: Recorded[WordingCompared]) -> None:
        """Only what asked for this comparison; a later event may ask for the next one already."""
        waiting = PendingWork.objects.filter(kind=KIND, subject_id=event.data.document_id)
        waiting.filter(cause_event_id=_cause_of(event)).delete()

    @handles(SubjectKeyDestroyed)
    def forget(self, event: Recorded[SubjectKeyDestroyed]) -> None:
        if event.data.owner == "document":
            document_id = event.data.owner_id
            ComparedDocument.objects.filter(document_id=document_id).delete()
            ComingDate.objects.filter(document_id=document_id).delete()
            PendingWork.objects.filter(kind=KIND, subject_id=document_id).delete()


def _cause_of(event: Recorded[WordingCompared]) -> UUID:
    if event.causation_id is None:
        raise ValueError(f"WordingCompared {event.event_id} has no cause.")
    return event.causation_id


def _note_dates(event: Recorded[Any], *dates: str | None) -> None:
    """Dates to come; those that lie in the past count from the event that tells of them."""
    document_id = event.data.document_id
    found = {moment for text in dates if (moment := from_text(text)) is not None}
    if found:
        put(ComparedDocument(document_id=document_id, dated=True), only=("dated",))
    coming: set[datetime] = {moment for moment in found if moment > event.recorded_at}
    ComingDate.objects.bulk_create(
        [ComingDate(document_id=document_id, at=moment) for moment in sorted(coming)],
        ignore_conflicts=True,
    )


def _open(event: Recorded[Any], document_ids: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [KIND, QUEUE, event.event_id, event.place, document_ids])
