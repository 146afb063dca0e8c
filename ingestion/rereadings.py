"""What came of reading versions anew, as the catalogue lists it. A part of what search reads."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Model

from ingestion.catalogue import add_chunks
from ingestion.events import DocumentReread, DocumentTextKept
from ingestion.models import CatalogueVersion, Outcome, Rereading
from ingestion.texts import ReadText
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_text
from provenance.projections.projection import handles

# What the names of our own parsers begin with.
OURS = "ragledger-"


class Rereadings:
    """A row for each version that was read anew by a reading, with the text that came of it."""

    tables: tuple[type[Model], ...] = (Rereading,)

    @handles(DocumentReread)
    def add_text(self, event: Recorded[DocumentReread]) -> None:
        data = event.data
        text, pages = reveal_text(event, "text"), read_listing(data.pages)
        _note(event, Outcome.CHANGED, text=text, pages=pages, warnings=data.warnings)
        if text is not None:
            add_chunks(data, ReadText(data.reading, text, pages), chunker="")

    @handles(DocumentTextKept)
    def note_kept(self, event: Recorded[DocumentTextKept]) -> None:
        reason = event.data.reason
        _note(event, Outcome.SAME if reason is None else Outcome.FAILED, reason=reason)

    @handles(SubjectKeyDestroyed)
    def erase_document(self, event: Recorded[SubjectKeyDestroyed]) -> None:
        """Their passages go with those of the document."""
        if event.data.owner == "document":
            versions = CatalogueVersion.objects.filter(document_id=event.data.owner_id)
            Rereading.objects.filter(version_id__in=versions.values("version_id")).delete()


def _note(
    event: Recorded[DocumentReread] | Recorded[DocumentTextKept], outcome: Outcome, **said: Any
) -> None:
    """The last one counts: a version that failed and was tried again has another processing."""
    data = event.data
    Rereading.objects.update_or_create(
        version_id=data.version_id,
        reading=data.reading,
        defaults={
            "processing_id": data.processing_id,
            "outcome": outcome,
            "extractor": f"{data.extractor.name} {data.extractor.version}",
            "position": event.place,
            "text": None,
            "pages": None,
            "warnings": [],
            "reason": None,
            **said,
        },
    )


def outcomes_by_reading(readings: Collection[str]) -> dict[str, dict[str, int]]:
    """How many versions each of them changed, left the same or could not read."""
    if not readings:
        return {}
    rows = Rereading.objects.filter(reading__in=readings).values("reading", "outcome")
    counted = rows.annotate(versions=Count("*"))
    found: dict[str, dict[str, int]] = {}
    for row in counted.values_list("reading", "outcome", "versions"):
        found.setdefault(row[0], {})[row[1]] = row[2]
    return found


def read_by_others(programs: Collection[str]) -> int:
    """How many known versions parsers other than these read; handed-in texts do not count."""
    known = CatalogueVersion.objects.filter(indexed_position__isnull=False, erased_at=None)
    return known.filter(extractor__startswith=OURS).exclude(extractor__in=programs).count()
