"""The one search: a reviewer finds what they have a word, an id, a hash, a number or a date of.

In ten seconds: is it here, what is it, and where does it open; whatever it may be called.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from provenance.accounts.access import Principal
from provenance.finding.hits import Group, Hit
from provenance.finding.narrowing import Narrowing
from provenance.finding.question import Question, read
from provenance.finding.search import FINDERS, search
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, may_administer, require_person, sees_everything
from provenance.pages.days import day_of
from provenance.pages.event_names import in_words
from provenance.pages.rendering import show
from provenance.pages.saved import saved
from retrieval.recording import names

PAGES = {
    "output": "pages:trace",
    "retrieval": "pages:retrieval",
    "document": "pages:document",
    "version": "pages:version",
    "event": "pages:event",
}
NAMES = {
    "event": gettext_noop("Events"),
    "version": gettext_noop("Versions"),
    "document": gettext_noop("Documents"),
    "reference": gettext_noop("Outputs for that claim, case, person, tag or conversation"),
    "output": gettext_noop("Outputs"),
    "retrieval": gettext_noop("Retrievals"),
    "person": gettext_noop("People"),
}


@dataclass(frozen=True)
class Found:
    """A hit with the address that it opens at, "" where nothing does."""

    hit: Hit
    url: str


@dataclass(frozen=True)
class Section:
    """The hits of one kind, and the address of a list of all of them, "" where there is none."""

    name: str
    group: Group
    found: list[Found]
    all: str


@require_safe
@require_person
def search_page(request: PersonRequest) -> HttpResponse:
    """`?q=` is what was typed; `kind`, `application`, `since` and `until` narrow it."""
    question = read(request.GET.get("q", ""))
    narrowing = _narrowing(request.GET)
    groups = search(question, narrowing, request.principal)
    context = {
        "saved": saved(request, "search"),
        "question": question,
        "sections": [_section(group, question, request) for group in groups],
        "elsewhere": _elsewhere(question, request.principal),
        "kinds": [(kind, gettext(NAMES[kind])) for kind in _kinds(request.principal)],
        "filters": {
            name: request.GET.get(name, "") for name in ("kind", "application", "since", "until")
        },
        "narrowed": any((narrowing.kind, narrowing.application, narrowing.since, narrowing.until)),
        "wider": keyset.address(request.GET, kind="", application="", since="", until=""),
        "applications": names.applications(request.principal),
    }
    return show(request, "pages/search.html", context, section="search", partial="found")


def _narrowing(query: QueryDict) -> Narrowing:
    """What makes no sense narrows nothing."""
    kind = query.get("kind", "")
    until = day_of(query, "until")
    return Narrowing(
        kind=kind if kind in FINDERS else None,
        application=keyset.text(query, "application") or None,
        since=day_of(query, "since"),
        # The last day is meant to its end.
        until=until + timedelta(days=1) if until else None,
    )


def _kinds(principal: Principal) -> list[str]:
    return [kind for kind in NAMES if kind != "person" or sees_everything(principal)]


def _section(group: Group, question: Question, request: PersonRequest) -> Section:
    found = [Found(_named(hit), _url(hit, request.principal)) for hit in group.hits]
    more = group.count > len(group.hits)
    return Section(
        gettext(NAMES[group.kind]), group, found, _all(group, question, request) if more else ""
    )


def _named(hit: Hit) -> Hit:
    if hit.kind != "event":
        return hit
    title = (
        gettext("%(title)s, position %(position)s")
        % {"title": in_words(hit.title), "position": f"{hit.position:,}"}
        if hit.position is not None
        else ""
    )
    return Hit(hit.kind, hit.id, title or in_words(hit.title), note=hit.note, at=hit.at)


def _url(hit: Hit, principal: Principal) -> str:
    if hit.kind == "person":
        if may_administer(principal):
            return reverse("pages:person", args=[hit.id])
        return f"{reverse('pages:looked_at')}?{_query(person=hit.title)}"
    return reverse(PAGES[hit.kind], args=[hit.id])


def _all(group: Group, question: Question, request: PersonRequest) -> str:
    """Lists know words and days; the list of outputs also knows an application."""
    kept = {name: keyset.text(request.GET, name) for name in ("application", "since", "until")}
    if group.kind == "output" and not question.is_exact:
        return f"{reverse('pages:outputs')}?{_query(q=question.text, **kept)}"
    if group.kind == "retrieval" and not question.is_exact:
        return f"{reverse('pages:retrievals')}?{_query(q=question.text, **kept)}"
    if group.kind == "document" and not question.is_exact:
        return f"{reverse('pages:documents')}?{_query(q=question.text)}"
    return ""


def _elsewhere(question: Question, principal: Principal) -> list[tuple[str, str]]:
    """What the question may be asked of besides: a day, a position, the words of documents."""
    found = []
    if question.day is not None:
        found += _of_day(question.day)
    if question.position is not None:
        url = f"{reverse('pages:time')}?{_query(position=str(question.position))}"
        found.append(
            (
                gettext("What could be found at position %(position)s")
                % {"position": f"{question.position:,}"},
                url,
            )
        )
        if sees_everything(principal):
            url = f"{reverse('pages:log')}?{_query(until=str(question.position))}"
            found.append(
                (
                    gettext("The log up to position %(position)s")
                    % {"position": f"{question.position:,}"},
                    url,
                )
            )
    if question.text and not question.is_exact and question.day is None:
        url = f"{reverse('pages:time')}?{_query(show='search', q=question.text)}"
        found.append((gettext("Search the words of documents, by meaning"), url))
    return found


def _of_day(day: datetime) -> list[tuple[str, str]]:
    told, name = f"{day:%Y-%m-%d}", f"{day.day} {day:%B %Y}"
    end = f"{day + timedelta(days=1):%Y-%m-%dT00:00:00}"
    return [
        (
            gettext("Outputs of %(name)s") % {"name": name},
            f"{reverse('pages:outputs')}?{_query(since=told, until=told)}",
        ),
        (
            gettext("Retrievals of %(name)s") % {"name": name},
            f"{reverse('pages:retrievals')}?{_query(since=told, until=told)}",
        ),
        (
            gettext("What could be found at the end of %(name)s") % {"name": name},
            f"{reverse('pages:time')}?{_query(at=end, effective_at=end)}",
        ),
    ]


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    for name, value in values.items():
        if value:
            query[name] = value
    return query.urlencode()
