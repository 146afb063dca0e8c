"""A retrieval asked again: as it was, otherwise, until it changes; and what is not in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST, require_safe

from ingestion.errors import DocumentUnknown
from provenance.eventstore import store
from provenance.eventstore.listings import read_listing
from provenance.history.bisection import bisect
from provenance.history.counterfactuals import QuestionErased, ask_otherwise
from provenance.history.events import RetrievalReproduced
from provenance.history.moments import index_position
from provenance.history.outcomes import outcome
from provenance.history.recorded_questions import (
    RecordedRetrieval,
    ServedElsewhere,
    recorded_retrieval,
)
from provenance.history.reproduction import reproduce
from provenance.history.why_not import why_not
from provenance.pages import catalogue, keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.event_names import in_words
from provenance.pages.rank_rows import rank_rows
from provenance.pages.rendering import show
from provenance.pages.two_clocks import read_clocks
from provenance.pages.viewing import looks, note_view
from retrieval.errors import IndexBehind, IndexNotReady
from retrieval.ranking import RankedChunk
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.reading import read_retrieval

AGAIN = "again"
CHOICES = 20
Context = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a part of the page is about; `recorded` is None for what another store answered."""

    request: PersonRequest
    retrieval_id: UUID
    recorded: RecordedRetrieval | None


@require_safe
@require_person
def retrieval(request: PersonRequest, retrieval_id: UUID) -> HttpResponse:
    """For reviewers: does an answer still hold, what would differ, why is a document missing."""
    try:
        told = read_retrieval(retrieval_id, principal=request.principal)
        recorded = _recorded(retrieval_id, request)
    except RecordNotFound as error:
        raise Http404 from error
    note_view(request, "retrieval", retrieval_id)
    shown = request.GET.get("show", "")
    shown = shown if shown in PARTS else AGAIN
    context: Context = {
        "told": told,
        "show": shown,
        "links": {each: f"?show={each}" for each in PARTS},
        "elsewhere": recorded is None,
        "looks": looks(request, retrieval_id),
    }
    if recorded is not None or shown == "why":
        try:
            context |= PARTS[shown](Asked(request, retrieval_id, recorded))
        except QuestionErased as error:
            context["problem"] = str(error)
        except (IndexBehind, IndexNotReady) as error:
            context["problem"] = str(error)
    return show(request, "pages/retrieval.html", context, section="outputs")


@require_POST
@require_person
def reproduce_retrieval(request: PersonRequest, retrieval_id: UUID) -> HttpResponse:
    """Runs it again, and goes back to where the button was."""
    try:
        found, _ = reproduce(retrieval_id, principal=request.principal)
        messages.success(request, gettext("Run again: %(verdict)s.") % {"verdict": found.verdict})
    except RecordNotFound as error:
        raise Http404 from error
    except (ServedElsewhere, IndexBehind, IndexNotReady) as error:
        messages.error(request, str(error))
    return redirect(_back(request, retrieval_id))


def _back(request: PersonRequest, retrieval_id: UUID) -> str:
    try:
        output_id = UUID(request.POST.get("output_id", ""))
    except ValueError:
        return reverse("pages:retrieval", args=[retrieval_id])
    return reverse("pages:trace", args=[output_id]) + f"#retrieval-{retrieval_id}"


def _recorded(retrieval_id: UUID, request: PersonRequest) -> RecordedRetrieval | None:
    """None for what an application's own store answered."""
    try:
        return recorded_retrieval(retrieval_id, principal=request.principal)
    except ServedElsewhere:
        return None


def _again(asked: Asked) -> Context:
    """How it came out when it was last run again."""
    recorded, stream = asked.recorded, f"retrieval-{asked.retrieval_id}"
    events = store.read_stream(stream, types=[RetrievalReproduced])
    if not events or recorded is None:
        return {}
    results = events[-1].data.results
    ranking = [] if results is None else [RankedChunk(*row) for row in read_listing(results)]
    after = ranking[: recorded.data.top_k]
    return {
        "outcomes": [outcome(event) for event in reversed(events)][:CHOICES],
        "ran": results is not None,
        "ranks": rank_rows(recorded.answer, after, principal=asked.request.principal),
    }


def _otherwise(asked: Asked) -> Context:
    """What it finds at another moment, or without one of the versions that it found."""
    recorded = asked.recorded
    if recorded is None:
        return {}
    query, principal = asked.request.GET, asked.request.principal
    clocks = read_clocks(query, collections=recorded.data.collections_searched)
    without = _id(query.get("without", ""))
    context: Context = {"clocks": clocks, "without": str(without or "")}
    if clocks.moment is not None:
        found = ask_otherwise(
            recorded,
            clocks.moment,
            principal=principal,
            without=[] if without is None else [without],
        )
        context["ranks"] = rank_rows(recorded.answer, found.ranking, principal=principal)
    return context


def _change(asked: Asked) -> Context:
    """Since when its sources are others, and by which event."""
    recorded, principal = asked.recorded, asked.request.principal
    if recorded is None:
        return {}
    found = bisect(recorded, until=index_position(), principal=principal)
    return {
        "change": found,
        "event_words": in_words(found.event.type) if found.event else "",
        "ranks": rank_rows(found.before, found.after, principal=principal),
    }


def _why(asked: Asked) -> Context:
    """Why a document is not in it; the document is chosen by its title."""
    request = asked.request
    words = keyset.text(request.GET, "q")
    documents = catalogue.visible_documents(request.principal)
    found = documents.filter(title__icontains=words).order_by("title", "document_id")
    context: Context = {"q": words, "documents": found[:CHOICES] if words else []}
    document_id = _id(request.GET.get("document", ""))
    if document_id is None:
        return context
    try:
        reason = why_not(asked.retrieval_id, document_id, principal=request.principal)
        context |= {"reason": reason, "words": gettext(REASONS[reason.reason])}
    except ServedElsewhere as error:
        context["problem"] = gettext(
            "%(error)s It did not return this document; why, only that store knows."
        ) % {"error": error}
    except DocumentUnknown as error:
        raise Http404 from error
    context["document"] = documents.get(document_id=document_id)
    return context


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


PARTS: Mapping[str, Callable[[Asked], Context]] = {
    AGAIN: _again,
    "otherwise": _otherwise,
    "change": _change,
    "why": _why,
}
# What is said first, and whether the document was there for the answer.
REASONS = {
    "not_submitted": gettext_noop("It had not been handed in yet"),
    "not_indexed_yet": gettext_noop("It was not searchable yet"),
    "superseded": gettext_noop("Another version had replaced it"),
    "withdrawn": gettext_noop("It had been withdrawn"),
    "quarantined": gettext_noop("It was in quarantine"),
    "not_effective": gettext_noop("It was not in force"),
    "erased": gettext_noop("It has been erased"),
    "filtered": gettext_noop("The request left it out"),
    "permission": gettext_noop("Whoever asked may not see it"),
    "ranked_below": gettext_noop("Others ranked above it"),
    "dropped_by_application": gettext_noop("The application dropped it"),
    "not_in_prompt": gettext_noop("It did not get into a prompt"),
    "used": gettext_noop("It was used"),
}
