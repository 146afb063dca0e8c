"""Impact: a reviewer asks who got an answer from this, how far it rests on it, and since when.

It answers in ten seconds how many outputs rest on a version, a document, a wording, a model or a
template: cited, in the prompt, or only retrieved; of which application; over time; which ones.
"""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from ingestion.models import Chunk
from ingestion.texts import text_as_read
from provenance.impact import uses
from provenance.impact.listings import models_in_use, templates_in_use
from provenance.impact.models import UsedPassage
from provenance.pages import catalogue, impact_page, keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.rendering import show

LONGEST_WORDING = 2_000


@require_safe
@require_person
def of_version(request: PersonRequest, version_id: UUID) -> HttpResponse:
    version = catalogue.visible_version(request.principal, version_id)
    found = uses.of_version(version_id, request.principal)
    context = {"kind": "version", "version": version, **impact_page.beside(request, version_id)}
    return _show(request, found, context)


@require_safe
@require_person
def of_document(request: PersonRequest, document_id: UUID) -> HttpResponse:
    document = catalogue.visible_document(request.principal, document_id)
    found = uses.of_document(document_id, request.principal)
    context = {"kind": "document", "document": document, **impact_page.beside(request)}
    return _show(request, found, context)


@require_safe
@require_person
def of_passage(request: PersonRequest, chunk_id: UUID) -> HttpResponse:
    """The same words in another version of the document count as the same wording."""
    place = _place(chunk_id)
    version = catalogue.visible_version(request.principal, place.version_id)
    chunks = uses.same_wording(chunk_id)
    context = {
        "kind": "wording",
        "version": version,
        "wording": _wording(place),
        "place": place,
        "passages": len(chunks),
        **impact_page.beside(request),
    }
    return _show(request, uses.of_wording(chunks, request.principal), context)


@require_safe
@require_person
def of_model(request: PersonRequest) -> HttpResponse:
    """`?model=` names it; without, a person chooses."""
    model = keyset.text(request.GET, "model")
    if not model:
        context: dict[str, Any] = {"kind": "model", "models": models_in_use(request.principal)}
        return show(request, "pages/impact_choice.html", context, section="outputs")
    found = uses.of_model(model, request.principal)
    return _show(request, found, {"kind": "model", "name": model}, related=False)


@require_safe
@require_person
def of_template(request: PersonRequest) -> HttpResponse:
    """`?name=`, and `?version=` for one version only; without, a person chooses."""
    name, version = keyset.text(request.GET, "name"), keyset.text(request.GET, "version")
    if not name:
        templates = templates_in_use(request.principal)
        context: dict[str, Any] = {"kind": "template", "templates": templates}
        return show(request, "pages/impact_choice.html", context, section="outputs")
    found = uses.of_template(name, version or None, request.principal)
    context = {"kind": "template", "name": name, "template_version": version}
    return _show(request, found, context, related=False)


def _show(
    request: PersonRequest, found: uses.Uses, context: dict[str, Any], *, related: bool = True
) -> HttpResponse:
    context |= impact_page.build(request, found, related=related)
    return show(request, "pages/impact.html", context, section="outputs", partial="impact")


def _place(chunk_id: UUID) -> Chunk | UsedPassage:
    place = (
        Chunk.objects.filter(chunk_id=chunk_id).first()
        or UsedPassage.objects.filter(chunk_id=chunk_id).first()
    )
    if place is None:
        raise Http404
    return place


def _wording(place: Chunk | UsedPassage) -> str:
    """The words of the passage, "" where they were erased or its place is not known."""
    stored = text_as_read(place.version_id, place.reading)
    if stored is None or place.start is None or place.end is None:
        return ""
    return stored.text[place.start : place.end][:LONGEST_WORDING]
