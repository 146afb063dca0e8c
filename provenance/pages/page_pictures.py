"""The pages of a PDF that hold a passage, and what names the picture of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version as version_of
from urllib.parse import urlencode

from django.urls import reverse

from ingestion import media_types
from ingestion.drawing.drawn import RENDERER, Wanted
from ingestion.models import CatalogueVersion
from ingestion.texts import ReadText
from provenance.pages.version_text import Span
from provenance.pages.viewing import MARK

# A passage is shorter than a page: it runs over one edge, hardly ever over two.
MOST = 2


@dataclass(frozen=True)
class PagePicture:
    """`address` is asked by the page that shows it, `alone` by whoever wants nothing else."""

    number: int
    address: str
    alone: str


def is_drawable(version: CatalogueVersion) -> bool:
    return media_types.bare(version.media_type) == media_types.PDF and version.stage != "erased"


def pictures(
    version: CatalogueVersion, stored: ReadText | None, highlight: Span | None, *, seen: str
) -> list[PagePicture]:
    """Of the pages that the passage lies on; `seen` is the mark of the page that shows them."""
    if stored is None or highlight is None or not is_drawable(version):
        return []
    numbers = [n for n, a, b in stored.pages if a < highlight.end and highlight.start < b]
    passage: dict[str, int | str] = {"start": highlight.start, "end": highlight.end}
    if stored.reading:
        passage["reading"] = stored.reading
    found = []
    for number in numbers[:MOST]:
        address = reverse("pages:page_picture", args=[version.version_id, number])
        shown, alone = urlencode({**passage, MARK: seen}), urlencode(passage)
        found.append(PagePicture(number, f"{address}?{shown}", f"{address}?{alone}"))
    return found


def wanted(
    pages: Sequence[Sequence[int]], text: str, number: int, passage: tuple[int, int] | None
) -> Wanted | None:
    """The page with the part of the passage that lies on it; None if there is no such page."""
    bounds = next(((a, b) for n, a, b in pages if n == number), None)
    if bounds is None:
        return None
    first, last = bounds
    if passage is None or passage[0] >= last or passage[1] <= first:
        return Wanted(number)
    start, end = max(passage[0], first) - first, min(passage[1], last) - first
    return Wanted(number, text[first:last], start, end)


def etag(content_sha256: str, asked: Wanted, reading: str) -> str:
    """The same page of the same bytes, marked alike and drawn alike, is the same picture.

    What is marked are characters of one of the version's texts.
    """
    drawn_by = f"{RENDERER} {version_of('pypdfium2')} {version_of('pillow')}"
    named = f"{content_sha256} {asked.page} {asked.start}-{asked.end} {reading} {drawn_by}"
    return f'"{sha256(named.encode()).hexdigest()}"'
