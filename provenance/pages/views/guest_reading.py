"""What a guest reads: the outputs of the scope, what each rests on, and the proof of it.

For an auditor from outside: what did the system answer, from which words, and can I check that
without trusting this server? Everything is read only, and every look is in the log.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from ingestion.texts import AS_PROCESSED, texts_as_read
from provenance.eventstore.feed import read_stored
from provenance.eventstore.store import position_of
from provenance.exports.commands import export_evidence
from provenance.exports.errors import EvidenceTooLarge
from provenance.history.lineage import trace_of
from provenance.integrity import checkpoints
from provenance.integrity.errors import NotSealedYet
from provenance.pages import catalogue, keyset
from provenance.pages.bundle_file import bundle_file
from provenance.pages.excerpts import SEEN, excerpts
from provenance.pages.guest_access import (
    GuestRequest,
    note_guest_view,
    require_guest,
    require_in_scope,
    show_guest,
)
from provenance.pages.guest_reviews import review_for
from provenance.pages.trace.page import build
from provenance.readers.masking import masked
from provenance.readers.redaction import redacted
from provenance.readers.scope import outputs_of
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.models import InteractionOutput

Json = dict[str, Any]
SHOWN_OF_CONTEXT = {
    "user_ref": gettext_noop("User"),
    "subject_refs": gettext_noop("Claims or cases"),
    "tags": gettext_noop("Tags"),
}
NOT_SEALED = gettext_noop("Not yet under a signed checkpoint. Try again in a few seconds.\n")


@require_safe
@require_guest
def outputs(request: GuestRequest) -> HttpResponse:
    listed = keyset.page(
        outputs_of(request.guest), request.GET, by="position", position=lambda each: each.position
    )
    context = {
        "rows": [_row(output, mask=request.guest.redacted) for output in listed.rows],
        "first_page": listed.first,
        "next_page": listed.next,
        "after": keyset.AFTER in request.GET,
    }
    return show_guest(request, "guest/outputs.html", context)


@require_safe
@require_guest
def output(request: GuestRequest, output_id: UUID) -> HttpResponse:
    found = _trace(request, output_id)
    note_guest_view(request, "output", output_id)
    documents = [version["document_id"] for version in found["document_versions"]]
    context = {
        "trace": build(found, catalogue.standings_of_documents(documents, timezone.now())),
        "review": review_for(request.guest, output_id),
        "told": _told(found["output"].get("context") or {}),
    }
    return show_guest(request, "guest/trace.html", context)


@require_safe
@require_guest
def version(request: GuestRequest, output_id: UUID, version_id: UUID) -> HttpResponse:
    """The passages of one version that stand behind an output, with the text around each."""
    found = _trace(request, output_id)
    described = [each for each in found["document_versions"] if each["version_id"] == version_id]
    if not described:
        raise Http404
    note_guest_view(request, "version", version_id)
    results = [each for retrieval in found["retrievals"] for each in retrieval["results"]]
    spans = _spans_by_text([each for each in results if each["version_id"] == version_id])
    texts = texts_as_read((version_id, reading) for reading in spans)
    mask = masked if request.guest.redacted else None
    context = {
        "version": described[0],
        "output_id": output_id,
        "excerpts": [
            excerpt
            for (_, reading), read in texts.items()
            for excerpt in excerpts(read.text, spans[reading], mask=mask)
        ],
        "gone": not texts,
    }
    return show_guest(request, "guest/version.html", context)


@require_safe
@require_guest
def evidence(request: GuestRequest, output_id: UUID) -> HttpResponse:
    """The bundle holds every word, so there is none where the invitation says redacted."""
    require_in_scope(request, output_id)
    if request.guest.redacted:
        raise Http404
    try:
        bundle = export_evidence(output_ids=[output_id], principal=request.principal)
    except RecordNotFound as error:
        raise Http404 from error
    except NotSealedYet:
        return _not_sealed()
    except EvidenceTooLarge as error:
        return HttpResponse(str(error), status=413, content_type="text/plain; charset=utf-8")
    return bundle_file(bundle)


@require_safe
@require_guest
def proof(request: GuestRequest, output_id: UUID, event_id: UUID) -> HttpResponse:
    """Proves one event of the trace to whoever has the log's key and nothing of this server."""
    _require_behind(request, output_id, event_id)
    position, newest = position_of(event_id), checkpoints.newest()
    if position is None or newest is None or newest.size <= position:
        return _not_sealed()
    text = str(checkpoints.proof_of(position))
    return _file(text.encode(), f"{event_id}.tlog-proof", "text/plain; charset=utf-8")


@require_safe
@require_guest
def stored_bytes(request: GuestRequest, output_id: UUID, event_id: UUID) -> HttpResponse:
    """What the proof is of; what people wrote is sealed inside it."""
    _require_behind(request, output_id, event_id)
    stored = read_stored(event_id)
    if stored is None:
        raise Http404
    note_guest_view(request, "event", event_id)
    return _file(stored[1], f"{event_id}.json", "application/cloudevents+json; charset=utf-8")


def _trace(request: GuestRequest, output_id: UUID) -> Json:
    """The trace, with masks where the invitation says so. Raises Http404."""
    require_in_scope(request, output_id)
    try:
        found = trace_of(output_id, principal=request.principal).as_json()
    except RecordNotFound as error:
        raise Http404 from error
    return dict(redacted(found)) if request.guest.redacted else found


def _require_behind(request: GuestRequest, output_id: UUID, event_id: UUID) -> None:
    if all(event["event_id"] != event_id for event in _trace(request, output_id)["events"]):
        raise Http404


def _row(output: InteractionOutput, *, mask: bool) -> InteractionOutput:
    """Of the text a list shows the beginning: what is masked goes a little beyond it."""
    if mask:
        seen = len(output.excerpt) + SEEN
        output.question, output.text = masked(output.question), masked(output.text[:seen])
    return output


def _told(context: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the application said of the person and the claim; nothing of it where redacted."""
    found = []
    for key, name in SHOWN_OF_CONTEXT.items():
        value = context.get(key)
        if value:
            found.append(
                (gettext(name), ", ".join(value) if isinstance(value, list) else str(value))
            )
    return found


def _spans_by_text(results: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, int]]]:
    """Where the passages stand in each text of their version, by reading."""
    found: dict[str, list[tuple[int, int]]] = {AS_PROCESSED: []}
    for result in results:
        start, end = result["char_start"], result["char_end"]
        if start is not None and end is not None:
            found.setdefault(result["reading"] or AS_PROCESSED, []).append((start, end))
    return found


def _not_sealed() -> HttpResponse:
    return HttpResponse(
        gettext(NOT_SEALED),
        status=503,
        content_type="text/plain; charset=utf-8",
        headers={"Retry-After": "2"},
    )


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    named = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": named})
