"""The one search: whatever was typed, over everything that the person may see, kind by kind."""

from collections.abc import Callable, Mapping

from provenance.accounts.access import Principal
from provenance.finding import events_found, people_found, records, sources
from provenance.finding.hits import Group
from provenance.finding.narrowing import Narrowing
from provenance.finding.question import Question

Finder = Callable[[Question, Narrowing, Principal], Group]


def _events(question: Question, _: Narrowing, principal: Principal) -> Group:
    return events_found.events(question, principal)


def _people(question: Question, _: Narrowing, principal: Principal) -> Group:
    return people_found.people(question, principal)


FINDERS: Mapping[str, Finder] = {
    "event": _events,
    "version": sources.versions,
    "document": sources.documents,
    "reference": records.referring,
    "output": records.outputs,
    "retrieval": records.retrievals,
    "person": _people,
}


def search(question: Question, narrowing: Narrowing, principal: Principal) -> list[Group]:
    """The kinds of which something was found, what is named exactly first; nothing for no text."""
    if not question.text:
        return []
    wanted = [kind for kind in FINDERS if narrowing.kind in {None, kind}]
    groups = [FINDERS[kind](question, narrowing, principal) for kind in wanted]
    return [group for group in groups if group.hits]
