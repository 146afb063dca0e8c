"""The trace of an output: a reviewer sees in one look what it rests on, word for word."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from provenance.impact import stale
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.changed_wording import changed_behind
from provenance.pages.rendering import show
from provenance.pages.trace.graph import graph
from provenance.pages.trace.page import build
from provenance.pages.trace.prose import prose
from provenance.pages.trace.reading import read_reviewed, standings_now
from provenance.pages.viewing import MARK, looks, note_view

# What workers still compute comes within seconds; after that a page stops asking for it.
POLLED = timedelta(minutes=2)


@require_safe
@require_person
def trace(request: PersonRequest, output_id: UUID) -> HttpResponse:
    found, review = read_reviewed(request.principal, output_id)
    mark = note_view(request, "output", output_id)
    page = build(found.as_json(), standings_now(found))
    age = timezone.now() - min(event["recorded_at"] for event in found.events)
    context = {
        "trace": page,
        "prose": prose(page),
        "graph": graph(page),
        "polling": f"?{MARK}={mark}" if not page.complete and age < POLLED else "",
        "looks": looks(request, output_id),
        "review": review,
        "changed": changed_behind(stale.of_output(output_id), found),
    }
    return show(request, "pages/trace.html", context, section="outputs", partial="trace")
