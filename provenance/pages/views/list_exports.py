"""Takes a list away as a file: every row that meets the filters of its page, without a cap."""

from typing import cast

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from provenance.finding.events import FileFormat
from provenance.finding.exporting import LINES, Listing, export_list
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.views import documents, outputs, prompt_list, retrieval_list
from retrieval.recording.prompt_queries import matching_prompts
from retrieval.recording.queries import matching_retrievals

OUTPUTS = (
    *("output_id", "position", "recorded_at", "occurred_at", "application", "model", "status"),
    *("question", "text", "sentences", "unsupported", "conversation_id", "turn", "user_ref"),
    *("subject_refs", "tags", "imported", "erased_at", "prompt_id"),
)
RETRIEVALS = (
    *("retrieval_id", "position", "recorded_at", "application", "query", "results", "reported"),
    "imported",
)
PROMPTS = (
    *("prompt_id", "position", "recorded_at", "application", "question", "retrieval_ids"),
    *("spans", "absent", "imported", "erased_at"),
)
DOCUMENTS = (
    *("document_id", "collection", "external_id", "title", "versions", "submitted_at"),
    "submitted_position",
)
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
# What turns the pages of a list narrows nothing.
TURNING = {keyset.AFTER, "format", "csrfmiddlewaretoken"}


@require_POST
@require_person
def take_outputs(request: PersonRequest) -> HttpResponse:
    rows = outputs.matching(request)
    return _file(request, Listing("outputs", rows, OUTPUTS, "position"))


@require_POST
@require_person
def take_retrievals(request: PersonRequest) -> HttpResponse:
    rows = matching_retrievals(principal=request.principal, **retrieval_list.filters(request.GET))
    return _file(request, Listing("retrievals", rows, RETRIEVALS, "position"))


@require_POST
@require_person
def take_prompts(request: PersonRequest) -> HttpResponse:
    rows = matching_prompts(principal=request.principal, **prompt_list.filters(request.GET))
    return _file(request, Listing("prompts", rows, PROMPTS, "position"))


@require_POST
@require_person
def take_documents(request: PersonRequest) -> HttpResponse:
    rows = documents.matching(request)
    return _file(request, Listing("documents", rows, DOCUMENTS, "submitted_position"))


def _file(request: PersonRequest, listing: Listing) -> HttpResponse:
    """CSV unless JSON Lines are asked for."""
    wanted = request.POST.get("format", "")
    file_format = cast(FileFormat, wanted if wanted in LINES else "csv")
    lines = export_list(
        listing,
        principal=request.principal,
        person_id=request.user.id,
        filters={
            name: keyset.text(request.GET, name) for name in request.GET if name not in TURNING
        },
        file_format=file_format,
    )
    name = f"{listing.name}-{timezone.now():%Y-%m-%d-%H%M%S}.{file_format}"
    response = StreamingHttpResponse(lines, content_type=TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)
