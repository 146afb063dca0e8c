"""Which text of its version a passage is of; its id tells, since ids derive from processings."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from ingestion.chunks import chunk_id_of
from ingestion.events import DocumentRecut, DocumentReread
from provenance.impact.facts import Place
from provenance.impact.models import RereadProcessing


def note_processings(facts: Collection[DocumentReread | DocumentRecut]) -> None:
    """What made passages of texts that were read anew; such a text may be cut anew as well."""
    RereadProcessing.objects.bulk_create(
        _processing(data, data.reading) for data in facts if isinstance(data, DocumentReread)
    )
    recuts = [data for data in facts if isinstance(data, DocumentRecut)]
    cut_from = RereadProcessing.objects.in_bulk({data.cut_from for data in recuts})
    RereadProcessing.objects.bulk_create(
        _processing(data, cut_from[data.cut_from].reading)
        for data in recuts
        if data.cut_from in cut_from
    )


def readings_of(places: Sequence[Place]) -> list[str]:
    """In the order of the places; empty for the text that a version was processed with."""
    rows = RereadProcessing.objects.filter(version_id__in={version for _, version, *_ in places})
    processings: dict[str, list[RereadProcessing]] = defaultdict(list)
    for row in rows:
        processings[str(row.version_id)].append(row)
    return [_reading(place, processings.get(place[1], ())) for place in places]


def _processing(data: DocumentReread | DocumentRecut, reading: str) -> RereadProcessing:
    return RereadProcessing(
        processing_id=data.processing_id, version_id=data.version_id, reading=reading
    )


def _reading(place: Place, processings: Sequence[RereadProcessing]) -> str:
    chunk_id, version_id, _, start, end = place
    if start is None or end is None:
        return ""
    for each in processings:
        if str(chunk_id_of(UUID(version_id), each.processing_id, start, end)) == chunk_id:
            return each.reading
    return ""
