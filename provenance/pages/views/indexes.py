"""Index generations: an administrator sees how far each is, which one answers, and switches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST, require_safe

from ingestion.chunking import CHUNKERS
from ingestion.embeddings.provider import EmbedderUnavailable
from ingestion.parsers import parsers_of_today
from ingestion.rereadings import read_by_others
from provenance.history.generation_comparison import Comparison, compare_generations
from provenance.pages.access import (
    PersonRequest,
    may_administer,
    require_administrator,
    require_whole_view,
)
from provenance.pages.rendering import show
from retrieval.errors import GenerationNotFound, GenerationRefused, RequestRefused
from retrieval.generations import commands
from retrieval.generations.listing import Listed, listed_generations
from retrieval.models import State

# A page has less patience than the interface.
COMPARED_QUERIES = 25
LONGEST_NAME, LONGEST_NUMBER = 200, 9
AS_ACTIVE = "as-active"
DECISIONS: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "activate": (gettext_noop("Use it for searches"), commands.activate_generation),
    "verify": (gettext_noop("Compare with the log"), commands.verify_generation),
    "pause": (gettext_noop("Pause"), commands.pause_generation),
    "resume": (gettext_noop("Go on"), commands.resume_generation),
    "cancel": (gettext_noop("Cancel"), commands.cancel_generation),
    "drop": (gettext_noop("Drop"), commands.drop_generation),
}
OFFERED: Mapping[str, tuple[str, ...]] = {
    State.BUILDING: ("pause", "cancel"),
    State.BUILT: ("cancel",),
    State.VERIFIED: ("activate", "verify", "cancel"),
    State.ACTIVE: ("verify",),
    State.RETIRED: ("activate", "verify", "drop"),
}


@dataclass(frozen=True)
class Row:
    """A generation with the decisions that may be taken, as names and words."""

    listed: Listed
    decisions: list[tuple[str, str]]
    comparable: bool


@require_safe
@require_whole_view
def indexes(request: PersonRequest) -> HttpResponse:
    """Which index answers now, what is being built, how long it takes yet, and how they differ."""
    listed = listed_generations()
    administers = may_administer(request.principal)
    searchable = [each for each in listed if each.chunks is not None]
    rows = [_row(each, administers, several=len(searchable) > 1) for each in listed]
    context = {
        "rows": rows,
        "active": next((each.row for each in listed if each.row.state == State.ACTIVE), None),
        "unfinished": _is_awaited(request.GET.get("awaited", ""), listed)
        or any(each.row.state in {State.BUILDING, State.BUILT} for each in listed),
        "administers": administers,
        "comparison": _comparison(request),
        "as_active": AS_ACTIVE,
        "chunkers": list(CHUNKERS.values()),
        "today": commands.TODAY,
        # Asked for by the form only, not by the list that is loaded again and again.
        "read_by_others": lambda: read_by_others(parsers_of_today().listed.values()),
        "label_of_today": lambda: parsers_of_today().label,
    }
    return show(request, "pages/indexes.html", context, section="pipeline", partial="generations")


@require_POST
@require_whole_view
@require_administrator
def start(request: PersonRequest) -> HttpResponse:
    model = request.POST.get("embedding_model", "").strip()[:LONGEST_NAME]
    chunker = request.POST.get("chunker", AS_ACTIVE)[:LONGEST_NAME]
    reading = request.POST.get("reading", AS_ACTIVE)[:LONGEST_NAME]
    try:
        number = commands.start_generation(
            embedding_model=model or None,
            activate_when_verified=False,
            principal=request.principal,
            chunker=None if chunker == AS_ACTIVE else chunker,
            reading=None if reading == AS_ACTIVE else reading,
        )
    except (RequestRefused, GenerationRefused, EmbedderUnavailable) as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            gettext("Generation %(number)s is being built; searches go on as before.")
            % {"number": number},
        )
        return redirect(f"{reverse('pages:indexes')}?awaited={number}")
    return redirect("pages:indexes")


@require_POST
@require_whole_view
@require_administrator
def decide(request: PersonRequest, generation: int) -> HttpResponse:
    name = request.POST.get("decision", "")
    if name not in DECISIONS:
        raise Http404
    words, command = DECISIONS[name]
    try:
        done = command(generation, principal=request.principal)
    except GenerationNotFound as error:
        raise Http404 from error
    except GenerationRefused as error:
        messages.error(request, str(error))
    else:
        said = gettext("Generation %(generation)s, “%(words)s”: recorded.")
        if done is False:
            said = gettext(
                "Generation %(generation)s, “%(words)s”: recorded."
                " Somebody else has to agree first."
            )
        messages.success(request, said % {"generation": generation, "words": gettext(words)})
    return redirect("pages:indexes")


def _is_awaited(number: str, listed: list[Listed]) -> bool:
    """Whether a generation that was just started is not folded yet."""
    return _is_number(number) and int(number) == len(listed) + 1


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _row(listed: Listed, administers: bool, *, several: bool) -> Row:
    names = list(OFFERED.get(listed.row.state, ())) if administers else []
    if listed.row.paused:
        names = ["resume" if name == "pause" else name for name in names]
    return Row(
        listed,
        [(name, gettext(DECISIONS[name][0])) for name in names],
        comparable=several and listed.chunks is not None and listed.row.state != State.ACTIVE,
    )


def _comparison(request: PersonRequest) -> Comparison | None:
    asked = request.GET.get("compare", "")
    if not _is_number(asked):
        return None
    try:
        return compare_generations(int(asked), queries=COMPARED_QUERIES)
    except (GenerationNotFound, GenerationRefused, EmbedderUnavailable) as error:
        messages.error(request, str(error))
        return None
