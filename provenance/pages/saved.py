"""The views that a person saved of a list, as its page offers them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from provenance.finding.saved_views import views_of
from provenance.pages import keyset
from provenance.pages.access import PersonRequest

LISTS: Mapping[str, str] = {
    "outputs": "pages:outputs",
    "retrievals": "pages:retrievals",
    "prompts": "pages:prompts",
    "documents": "pages:documents",
    "search": "pages:search",
}
# What turns the pages of a list is no filter.
TURNING = (keyset.AFTER,)


@dataclass(frozen=True)
class Offered:
    """A saved view; `open` tells that the page shows it."""

    view_id: UUID
    name: str
    url: str
    open: bool


@dataclass(frozen=True)
class Saved:
    """The saved views of a list, and the filters in use, "" if there are none to save."""

    listed: str
    views: Sequence[Offered]
    query: str


def saved(request: PersonRequest, listed: str) -> Saved:
    query = filters_of(request.GET)
    address = reverse(LISTS[listed])
    return Saved(
        listed,
        [
            Offered(each.view_id, each.name, f"{address}?{each.query}", each.query == query)
            for each in views_of(request.user.id, listed)
        ],
        query,
    )


def filters_of(query: QueryDict) -> str:
    """The filters alone, each once, in one order: what is equal reads equal."""
    kept = QueryDict(mutable=True)
    for name in sorted(query):
        value = keyset.text(query, name)
        if value and name not in TURNING:
            kept[name] = value
    return kept.urlencode()
