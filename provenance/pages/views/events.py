"""One event of the log: where it stands, its bytes, its proof, and both checked in the browser."""

import json
from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from provenance.accounts.access import Principal
from provenance.accounts.visibility import visible_streams
from provenance.eventstore.feed import read_stored
from provenance.eventstore.released import refusal
from provenance.eventstore.store import position_of
from provenance.integrity import checkpoints
from provenance.integrity.models import SealedCheckpoint
from provenance.pages.access import PersonRequest, require_person, sees_everything
from provenance.pages.event_names import in_words
from provenance.pages.rendering import show
from provenance.pages.viewing import looks, note_view
from retrieval.recording import reading
from retrieval.recording.errors import RecordNotFound

# What people with few collections see of the log beside their documents: never who did what to
# accounts and access.
RECORDS: Mapping[str, Callable[..., object]] = {
    "retrieval": reading.read_retrieval,
    "prompt": reading.read_prompt,
    "output": reading.read_output,
    "review": reading.read_output,
}


@require_safe
@require_person
def event(request: PersonRequest, event_id: UUID) -> HttpResponse:
    stored = _readable(event_id, request.principal)
    note_view(request, "event", event_id)
    position = position_of(event_id)
    content = json.loads(stored)
    context = {
        "event_id": event_id,
        "words": in_words(content["type"].removeprefix("io.ragledger.").rpartition(".v")[0]),
        "content": json.dumps(content, indent=2, ensure_ascii=False),
        "envelope": content,
        "bytes": len(stored),
        "position": position,
        "checkpoint": _covering(position),
        "looks": looks(request, event_id),
    }
    section = "log" if sees_everything(request.principal) else ""
    return show(request, "pages/event.html", context, section=section)


@require_safe
@require_person
def proof(request: PersonRequest, event_id: UUID) -> HttpResponse:
    """A file that proves the event to whoever has the verifier key and nothing of this server."""
    _stored(event_id, request.principal)
    position = position_of(event_id)
    if position is None or _covering(position) is None:
        return HttpResponse(
            gettext("No checkpoint covers this event yet. Try again in a few seconds.\n"),
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "2"},
        )
    text = str(checkpoints.proof_of(position))
    return _file(text.encode(), f"{event_id}.tlog-proof", "text/plain; charset=utf-8")


@require_safe
@require_person
def stored_bytes(request: PersonRequest, event_id: UUID) -> HttpResponse:
    """The bytes that were hashed: what people wrote is sealed inside them."""
    stored = _readable(event_id, request.principal)
    note_view(request, "event", event_id)
    return _file(stored, f"{event_id}.json", "application/cloudevents+json; charset=utf-8")


def _covering(position: int | None) -> SealedCheckpoint | None:
    newest = checkpoints.newest()
    return newest if newest and position is not None and newest.size > position else None


def _readable(event_id: UUID, principal: Principal) -> bytes:
    """Raises Http404, and EventReleased where the bytes lie in an archive."""
    stored = _stored(event_id, principal)
    if not stored:
        raise refusal(position_of(event_id))
    return stored


def _stored(event_id: UUID, principal: Principal) -> bytes:
    found = read_stored(event_id)
    if found is None or not _may_see(found[0], principal):
        raise Http404
    return found[1]


def _may_see(stream: str, principal: Principal) -> bool:
    if sees_everything(principal):
        return bool(visible_streams([stream], principal=principal))
    category, _, record_id = stream.partition("-")
    if category in RECORDS:
        return _may_read(category, UUID(record_id), principal)
    return category == "document" and bool(visible_streams([stream], principal=principal))


def _may_read(category: str, record_id: UUID, principal: Principal) -> bool:
    """Whether the record's own page or trace would open: it may rest on hidden collections."""
    try:
        RECORDS[category](record_id, principal=principal)
    except RecordNotFound:
        return False
    return True


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
