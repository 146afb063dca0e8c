"""The trace of an output: a reviewer sees in one look what it rests on, word for word."""

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from provenance.cases.record import review_as_json
from provenance.cases.reviewing import read_review
from provenance.history.lineage import trace_of
from provenance.impact import stale
from provenance.pages import catalogue
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.changed_wording import changed
from provenance.pages.rendering import show
from provenance.pages.trace.graph import graph
from provenance.pages.trace.page import build
from provenance.pages.trace.prose import prose
from provenance.pages.viewing import MARK, looks, note_view
from retrieval.recording.errors import RecordNotFound

# What workers still compute comes within seconds; after that a page stops asking for it.
POLLED = timedelta(minutes=2)


@require_safe
@require_person
def trace(request: PersonRequest, output_id: UUID) -> HttpResponse:
    try:
        found = trace_of(output_id, principal=request.principal).as_json()
    except RecordNotFound as error:
        raise Http404 from error
    mark = note_view(request, "output", output_id)
    now = timezone.now()
    documents = [version["document_id"] for version in found["document_versions"]]
    page = build(found, catalogue.standings_of_documents(documents, now))
    recorded = min(event["recorded_at"] for event in found["events"])
    context = {
        "trace": page,
        "prose": prose(page),
        "graph": graph(page),
        "polling": f"?{MARK}={mark}" if not page.complete and now - recorded < POLLED else "",
        "looks": looks(request, output_id),
        "review": review_as_json(output_id, read_review(output_id)[0]),
        "changed": changed(stale.of_output(output_id)),
    }
    return show(request, "pages/trace.html", context, section="outputs", partial="trace")
