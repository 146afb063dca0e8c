"""Two versions side by side: a reviewer sees at once whether what an answer rested on still stands.

In ten seconds: is the passage that was used still worded so, what changed, and since when.
"""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_safe

from ingestion.models import CatalogueVersion, Rereading, Stage
from ingestion.texts import ReadText, texts_as_read
from provenance.history.comparing.comparison import Comparison, compare
from provenance.history.comparing.passages import PassageFate, fate_of_passage
from provenance.history.comparing.stretches import Kind
from provenance.history.standing import Standing
from provenance.pages import catalogue, keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.comparison.facts import differences
from provenance.pages.comparison.rows import Shown, shown
from provenance.pages.rendering import show
from provenance.pages.version_text import PROSE, Span
from provenance.pages.viewing import note_view

MAX_DIGITS = 9
VIEWS = ("side", "inline")
FIRST = "first"
# Of a document with more versions the newest are offered.
OFFERED = 200


@dataclass(frozen=True)
class Side:
    """One of the two versions, by one of its texts; `reading` is empty for the first one."""

    version: CatalogueVersion
    standing: Standing
    text: str | None
    reading: str = ""
    extractor: str = ""


@dataclass(frozen=True)
class VersionChoice:
    """A version that may be chosen."""

    version_id: UUID
    version_number: int


@dataclass(frozen=True)
class Words:
    """What the comparison of both texts says."""

    comparison: Comparison
    shown: Shown
    passage: PassageFate | None

    @property
    def removed(self) -> int:
        return self.comparison.words(Kind.REMOVED)

    @property
    def added(self) -> int:
        return self.comparison.words(Kind.ADDED)


@require_safe
@require_person
def comparison(request: PersonRequest) -> HttpResponse:
    """`?a=&b=` are versions, `start`, `end` a passage of `a`, `view` side or inline, `row` goes on.

    Without `b` it is the version of the same document that is current, else its newest. Of versions
    that were read anew, `a_reading` and `b_reading` name the text, "first" the one that each was
    processed with; `b` follows `a` where it can.
    """
    before, after = _sides(request)
    for version_id in dict.fromkeys(side.version.version_id for side in (before, after)):
        note_view(request, "version", version_id)
    view = request.GET.get("view", "")
    two_texts = before.version == after.version and before.reading != after.reading
    context = {
        "before": before,
        "after": after,
        "sides": (before, after),
        "differences": differences(before.version, after.version),
        "words": _words(request.GET, before, after),
        "view": view if view in VIEWS else VIEWS[0],
        "is_prose": {before.version.media_type, after.version.media_type} <= PROSE,
        "versions": [] if two_texts else _offered(before.version, after.version),
        "two_texts": two_texts,
        "other_view": keyset.address(request.GET, view=VIEWS[view != VIEWS[1]]),
        "swapped": keyset.address(
            request.GET,
            a=str(after.version.version_id),
            b=str(before.version.version_id),
            a_reading=after.reading or FIRST,
            b_reading=before.reading or FIRST,
            **dict.fromkeys(("start", "end", "row"), ""),
        ),
        "address": keyset.address(request.GET, row=""),
    }
    return show(request, "pages/compare.html", context, section="documents")


def _sides(request: PersonRequest) -> tuple[Side, Side]:
    a = catalogue.visible_version(request.principal, _id(request.GET, "a"))
    b = a
    if request.GET.get("b"):
        b = catalogue.visible_version(request.principal, _id(request.GET, "b"))
    standings = catalogue.standings_of_documents({a.document_id, b.document_id}, timezone.now())
    if not request.GET.get("b"):
        today = standings[str(a.version_id)].today
        b = catalogue.visible_version(request.principal, today.version_id) if today else _newest(a)
    first, second = _texts(request.GET, a, b)
    return (
        _side(a, standings[str(a.version_id)], first),
        _side(b, standings[str(b.version_id)], second),
    )


def _texts(
    query: QueryDict, a: CatalogueVersion, b: CatalogueVersion
) -> tuple[ReadText | None, ReadText | None]:
    """Raises Http404 for a text that is not there."""
    asked = query.get("a_reading", FIRST), query.get("b_reading", query.get("a_reading", FIRST))
    wanted = ["" if reading == FIRST else reading for reading in asked]
    ids = a.version_id, b.version_id
    found = texts_as_read({(id_, reading) for id_ in ids for reading in ("", *wanted)})
    first, second = found.get((ids[0], wanted[0])), found.get((ids[1], wanted[1]))
    if second is None and "b_reading" not in query:
        second = found.get((ids[1], ""))
    for version, reading, text in zip((a, b), wanted, (first, second), strict=True):
        if reading and text is None and version.stage != Stage.ERASED:
            raise Http404
    return first, second


def _side(version: CatalogueVersion, standing: Standing, read: ReadText | None) -> Side:
    if read is None:
        return Side(version, standing, None)
    extractor = version.extractor or ""
    if read.reading:
        row = Rereading.objects.filter(version_id=version.version_id, reading=read.reading)
        extractor = row.values_list("extractor", flat=True).get()
    return Side(version, standing, read.text, read.reading, extractor)


def _newest(version: CatalogueVersion) -> CatalogueVersion:
    siblings = CatalogueVersion.objects.filter(document_id=version.document_id)
    return siblings.order_by("-version_number")[0]


def _words(query: QueryDict, before: Side, after: Side) -> Words | None:
    if before.text is None or after.text is None:
        return None
    found = compare(before.text, after.text)
    passage = _passage(query, len(before.text))
    listed = shown(found.stretches, passage=passage, first=_number(query, "row") or 0)
    if passage is None:
        return Words(found, listed, None)
    return Words(found, listed, fate_of_passage(found.stretches, passage.start, passage.end))


def _passage(query: QueryDict, length: int) -> Span | None:
    start, end = _number(query, "start"), _number(query, "end")
    if start is None or end is None or not start < min(end, length):
        return None
    return Span(start, min(end, length))


def _offered(a: CatalogueVersion, b: CatalogueVersion) -> list[VersionChoice]:
    """The versions to choose from; none where two documents are compared."""
    if a.document_id != b.document_id:
        return []
    versions = CatalogueVersion.objects.filter(document_id=a.document_id)
    newest = versions.order_by("-version_number").values_list("version_id", "version_number")
    offered = dict(newest[:OFFERED])
    offered |= {each.version_id: each.version_number for each in (a, b)}
    return [VersionChoice(version_id, number) for version_id, number in offered.items()]


def _id(query: QueryDict, name: str) -> UUID:
    try:
        return UUID(query.get(name, ""))
    except ValueError as error:
        raise Http404 from error


def _number(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else None
