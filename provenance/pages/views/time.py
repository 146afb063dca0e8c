"""The time machine: what a reviewer could have found at a moment, and what changed since."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from provenance.history.knowledge import (
    Place,
    changes_between,
    count_changes,
    count_known,
    known_at,
)
from provenance.history.looking import look
from provenance.history.moments import Moment
from provenance.history.reproduction import count_unexplained, last_unexplained
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.rendering import show
from provenance.pages.time_line import time_line, time_of
from provenance.pages.two_clocks import ClockForm, read_clocks
from retrieval.errors import IndexBehind, IndexNotReady
from retrieval.moments import searched_collections
from retrieval.ranking import MICRO

KNOWN, SEARCH, CHANGES = "known", "search", "changes"
SPANS = (("", "everything"), ("month", "30 days"), ("day", "24 hours"), ("hour", "1 hour"))
# What the forms of the page hand on.
KEPT = (
    *("show", "span", "at", "position", "effective_at"),
    *("other_at", "other_position", "other_effective_at"),
)
PAGE, ALARMS = 25, 5
MAX_QUERY = 500
Context = dict[str, Any]


@require_safe
@require_person
def time_machine(request: PersonRequest) -> HttpResponse:
    """For reviewers: "what did the system know then?", answered at a glance, by both clocks."""
    collections = searched_collections(request.principal, None)
    try:
        context = _page(request, collections)
    except (IndexBehind, IndexNotReady) as error:
        context = {"not_ready": str(error), "clocks": ClockForm("", "", "")}
        return show(request, "pages/time.html", context, section="time", status=503)
    return show(request, "pages/time.html", context, section="time")


def _page(request: PersonRequest, collections: Sequence[str] | None) -> Context:
    clocks = read_clocks(request.GET, collections=collections)
    other = read_clocks(request.GET, collections=collections, prefix="other_")
    shown = request.GET.get("show", "")
    context: Context = {
        "show": shown if shown in {SEARCH, CHANGES} else KNOWN,
        "span": request.GET.get("span", ""),
        "unexplained": count_unexplained(),
        "alarms": last_unexplained(ALARMS),
        "clocks": clocks,
        "other": other,
        "chosen_at": _time_of(clocks.moment),
        "other_at": _time_of(other.moment) if other.is_set else None,
        "spans": SPANS,
        "kept": [(name, request.GET[name]) for name in KEPT if request.GET.get(name)],
        "links": {each: _link(request, each) for each in (KNOWN, SEARCH, CHANGES)},
    }
    chosen = [at for at in (context["chosen_at"], context["other_at"]) if at is not None]
    context["line"] = time_line(request.GET, collections=collections, chosen=chosen)
    if clocks.moment is None:
        return context
    documents, passages = count_known(clocks.moment, collections=collections)
    context |= {"documents": documents, "passages": passages}
    if context["show"] == SEARCH:
        return context | _search(request, clocks.moment, collections)
    if context["show"] == CHANGES:
        return context | _changes(request, clocks.moment, other, collections)
    return context | _known(request, clocks.moment, collections)


def _time_of(moment: Moment | None) -> Any:
    return None if moment is None else time_of(moment.position)


def _link(request: PersonRequest, shown: str) -> str:
    return keyset.address(request.GET, show=shown, after="", title="", q="")


def _known(request: PersonRequest, moment: Moment, collections: Sequence[str] | None) -> Context:
    words = keyset.text(request.GET, "q")[:MAX_QUERY]
    rows = known_at(moment, collections=collections, limit=PAGE, after=_after(request), words=words)
    return {"q": words, "rows": rows[:PAGE], **_paging(request, rows)}


def _search(request: PersonRequest, moment: Moment, collections: Sequence[str] | None) -> Context:
    words = keyset.text(request.GET, "q")[:MAX_QUERY]
    if not words:
        return {"q": ""}
    found = look(words, moment, collections=collections)
    results = [
        {"rank": ranked, "score": ranked.score / MICRO, "source": source}
        for ranked, source in zip(found.ranking, found.sources, strict=False)
    ]
    return {"q": words, "results": results, "method": found.method}


def _changes(
    request: PersonRequest,
    moment: Moment,
    other: ClockForm,
    collections: Sequence[str] | None,
) -> Context:
    """From the moment to the other one, which stands at now until it is set."""
    if other.moment is None:
        return {}
    rows = changes_between(
        moment, other.moment, collections=collections, limit=PAGE, after=_after(request)
    )
    counts = count_changes(moment, other.moment, collections=collections)
    return {"rows": rows[:PAGE], "counts": counts, **_paging(request, rows)}


def _after(request: PersonRequest) -> Place | None:
    """The place after which the page begins; one that makes no sense is the beginning."""
    try:
        document_id = str(UUID(request.GET.get("after", "")))
    except ValueError:
        return None
    return request.GET.get("title", "").replace("\0", "")[:100], document_id


def _paging(request: PersonRequest, rows: Sequence[Any]) -> dict[str, str]:
    first = keyset.address(request.GET, after="", title="") if "after" in request.GET else ""
    if len(rows) <= PAGE:
        return {"first_page": first, "next_page": ""}
    title, document_id = rows[PAGE - 1].place
    return {
        "first_page": first,
        "next_page": keyset.address(request.GET, after=document_id, title=title),
    }
