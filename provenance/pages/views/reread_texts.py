"""Texts read anew for a generation: an administrator looks before searches use it.

In ten seconds: how many texts came out otherwise, which ones, and which could not be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from ingestion.models import CatalogueVersion, Outcome, Rereading
from ingestion.rereadings import outcomes_by_reading
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_whole_view
from provenance.pages.rendering import show
from retrieval.models import IndexGeneration


@dataclass(frozen=True)
class Row:
    """What came of one version."""

    reread: Rereading
    version: CatalogueVersion


@dataclass(frozen=True)
class Tab:
    """An outcome with how many versions it has."""

    outcome: str
    versions: int


@require_safe
@require_whole_view
def reread_texts(request: PersonRequest, generation: int) -> HttpResponse:
    """`?outcome=` is changed, same or failed; without, the changed ones."""
    found = IndexGeneration.objects.filter(generation=generation).exclude(reading="").first()
    if found is None:
        raise Http404
    asked = request.GET.get("outcome", "")
    outcome = asked if asked in Outcome.values else Outcome.CHANGED
    rows = Rereading.objects.filter(reading=found.reading, outcome=outcome).defer("text", "pages")
    listed = keyset.page(rows, request.GET, by="position", position=lambda each: each.position)
    counts = outcomes_by_reading([found.reading]).get(found.reading, {})
    context = {
        "generation": found,
        "parsers": sorted(found.configuration.get("parsers", {}).items()),
        "outcome": outcome,
        "tabs": [Tab(each, counts.get(each, 0)) for each in Outcome.values],
        "rows": _rows(listed.rows),
        "first_page": listed.first,
        "next_page": listed.next,
        "after": keyset.AFTER in request.GET,
    }
    return show(request, "pages/reread_texts.html", context, section="pipeline")


def _rows(listed: Sequence[Rereading]) -> list[Row]:
    versions = CatalogueVersion.objects.in_bulk([each.version_id for each in listed])
    return [Row(each, versions[each.version_id]) for each in listed]
