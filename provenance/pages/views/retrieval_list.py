"""The list of retrievals: a reviewer finds what was asked, also where no answer came of it.

In ten seconds: who asked what when, how much was found, and whether the store is our own.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_safe

from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.days import day_of
from provenance.pages.rendering import show
from provenance.pages.saved import saved
from retrieval.recording import names, queries

SERVED = {"here": False, "elsewhere": True}
SHOWN = ("q", "application", "since", "until", "served", "document_id", "version_id")


@require_safe
@require_person
def retrieval_list(request: PersonRequest) -> HttpResponse:
    """A filter that makes no sense is left out."""
    wanted = filters(request.GET)
    found = queries.matching_retrievals(principal=request.principal, **wanted)
    listed = keyset.page(found, request.GET, by="position", position=lambda each: each.position)
    context = {
        "saved": saved(request, "retrievals"),
        "rows": listed.rows,
        "first_page": listed.first,
        "next_page": listed.next,
        "filtered": bool(wanted),
        "filters": {name: request.GET.get(name, "") for name in SHOWN}
        | {"after": keyset.AFTER in request.GET},
        "applications": names.applications(request.principal),
    }
    return show(request, "pages/retrievals.html", context, section="outputs", partial="rows")


def filters(query: QueryDict) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        name: text for name in ("q", "application") if (text := keyset.text(query, name))
    }
    for name in ("document_id", "version_id"):
        try:
            wanted[name] = UUID(query.get(name, ""))
        except ValueError:
            continue
    if since := day_of(query, "since"):
        wanted["since"] = since
    if until := day_of(query, "until"):
        # The last day is meant to its end.
        wanted["until"] = until + timedelta(days=1)
    if (served := query.get("served", "")) in SERVED:
        wanted["reported"] = SERVED[served]
    return wanted
