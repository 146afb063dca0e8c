"""A version: its full text with a passage highlighted, its facts, its original bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ingestion import queries
from ingestion.models import CatalogueVersion, Chunk
from ingestion.texts import ReadText
from provenance.history.standing import Standing, VersionDates, standings
from provenance.history.version_dates import dates_of
from provenance.pages import catalogue, page_pictures, uses, version_readings, version_text
from provenance.pages.access import PersonRequest, may_edit, require_person
from provenance.pages.document_forms import QuarantineForm
from provenance.pages.doubts import doubt_about
from provenance.pages.rendering import show
from provenance.pages.version_text import Span, number_of
from provenance.pages.viewing import looks, note_view


@require_safe
@require_person
def version(request: PersonRequest, version_id: UUID) -> HttpResponse:
    """`?chunk=` or `?start=&end=` names the passage to highlight; `?from=` the part to show.

    Of several texts the passage's own is shown, else that of `?reading=`, else the first.
    """
    found = catalogue.visible_version(request.principal, version_id)
    chunk = _chunk(request.GET.get("chunk", ""), found)
    stored, others = version_readings.shown_text(
        found, request.GET.get("reading", "") if chunk is None else chunk.reading
    )
    seen = note_view(request, "version", version_id)
    highlight = _highlight(request, chunk, stored)
    dated = dates_of([found.document_id])
    standing = standings(dated, timezone.now())[version_id]
    context = {
        "version": found,
        "standing": standing,
        "compared": _compared(standing, dated, found, highlight, stored),
        "is_prose": found.media_type in version_text.PROSE,
        "highlight": highlight,
        "drawable": page_pictures.is_drawable(found),
        "pictures": page_pictures.pictures(found, stored, highlight, seen=seen),
        "used": uses.of_version(version_id, principal=request.principal),
        "looks": looks(request, version_id),
        "doubt": doubt_about(found),
        "doubting": QuarantineForm() if may_edit(request.principal) else None,
        "readings": others,
        "reading": stored.reading if stored else "",
    }
    if stored is not None:
        start = number_of(request.GET.get("from"))
        shown = version_text.window(len(stored.text), highlight=highlight, start=start)
        context |= {
            "window": shown,
            "text": version_text.pages(stored.text, stored.pages, shown=shown, highlight=highlight),
        }
    return show(request, "pages/version.html", context, section="documents")


@require_safe
@require_person
def content(request: PersonRequest, version_id: UUID) -> HttpResponse:
    """The original bytes, to be saved, never to be run by the browser."""
    found = catalogue.visible_version(request.principal, version_id)
    original = queries.content_of(found)
    note_view(request, "version", version_id)
    return HttpResponse(
        original,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=_file_name(found)
            ),
            "X-Content-Type-Options": "nosniff",
        },
    )


@dataclass(frozen=True)
class Compared:
    """The version that this one is best compared with; `query` of the page that does it."""

    version_number: int
    is_current: bool
    query: str


def _compared(
    standing: Standing,
    dated: Sequence[VersionDates],
    found: CatalogueVersion,
    highlight: Span | None,
    stored: ReadText | None,
) -> Compared | None:
    """The current version, or the one before this where this is current; None if there is none."""
    today = standing.today
    if today is not None and today.version_id != found.version_id:
        query: dict[str, Any] = {"a": found.version_id, "b": today.version_id}
        if highlight is not None:
            query |= {"start": highlight.start, "end": highlight.end}
        if stored is not None and stored.reading:
            query |= {"a_reading": stored.reading}
        query_and_place = urlencode(query) + ("#passage" if highlight else "")
        return Compared(today.version_number, is_current=True, query=query_and_place)
    earlier = [each for each in dated if each.version_number < found.version_number]
    if not earlier:
        return None
    before = max(earlier, key=lambda each: each.version_number)
    query = {"a": before.version_id, "b": found.version_id}
    return Compared(before.version_number, is_current=False, query=urlencode(query))


def _highlight(request: PersonRequest, chunk: Chunk | None, stored: ReadText | None) -> Span | None:
    if stored is None:
        return None
    start, end = number_of(request.GET.get("start")), number_of(request.GET.get("end"))
    if start is None or end is None:
        if chunk is None:
            return None
        start, end = chunk.start, chunk.end
    end = min(end, len(stored.text))
    page = next((number for number, a, b in stored.pages if a <= start < b), None)
    return Span(start, end, page) if start < end else None


def _chunk(text: str, found: CatalogueVersion) -> Chunk | None:
    try:
        chunk_id = UUID(text)
    except ValueError:
        return None
    return Chunk.objects.filter(chunk_id=chunk_id, version_id=found.version_id).first()


def _file_name(found: CatalogueVersion) -> str:
    return found.file_name or f"{found.version_id}.bin"
