"""A page of a PDF as it was printed, for reviewers who ask where on it a passage stands."""

from uuid import UUID

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from ingestion import queries
from ingestion.drawing.drawn import TooManyDrawings, Wanted, draw
from ingestion.drawing.notice import notice
from ingestion.errors import DocumentUnknown
from ingestion.extraction.extracted import ExtractionFailed
from ingestion.models import CatalogueVersion
from ingestion.texts import text_as_read
from provenance.pages import catalogue, page_pictures
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.version_text import number_of
from provenance.pages.viewing import note_part

log = structlog.get_logger()

NOT_DRAWN = gettext_noop("This page could not be drawn.")
BUSY = gettext_noop("Other pages are being drawn: load this page again in a moment.")


@require_safe
@require_person
def page_picture(request: PersonRequest, version_id: UUID, number: int) -> HttpResponse:
    """`?start=&end=&reading=`, as of the version's page, name the passage to mark."""
    found = catalogue.visible_version(request.principal, version_id)
    asked = _asked(request, found, number)
    if asked is None:
        raise Http404
    note_part(request, "version", version_id)
    etag = page_pictures.etag(found.content_sha256, asked, request.GET.get("reading", ""))
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _private(unchanged)
    return _private(_picture(found, asked, etag))


def _asked(request: HttpRequest, found: CatalogueVersion, number: int) -> Wanted | None:
    stored = text_as_read(found.version_id, request.GET.get("reading", ""))
    if stored is None or not page_pictures.is_drawable(found):
        return None
    start, end = number_of(request.GET.get("start")), number_of(request.GET.get("end"))
    passage = (start, end) if start is not None and end is not None and start < end else None
    return page_pictures.wanted(stored.pages, stored.text, number, passage)


def _picture(found: CatalogueVersion, asked: Wanted, etag: str) -> HttpResponse:
    """A picture in any case: what cannot be drawn says so where the page would stand."""
    try:
        drawn = draw(queries.content_of(found), asked)
    except DocumentUnknown as error:
        raise Http404 from error
    except TooManyDrawings:
        return _png(notice(gettext(BUSY)), status=503, headers={"Retry-After": "5"})
    except ExtractionFailed as failure:
        log.warning("a page was not drawn", version_id=found.version_id, why=failure.reason_code)
        return _png(notice(gettext(NOT_DRAWN)), status=422)
    return _png(drawn.png, headers={"ETag": etag})


def _png(
    content: bytes, *, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    sure = {"X-Content-Type-Options": "nosniff"}
    return HttpResponse(
        content, content_type="image/png", status=status, headers=sure | (headers or {})
    )


def _private(response: HttpResponse) -> HttpResponse:
    """Kept on no disk: what is erased here could not be erased there."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
