"""The list of outputs: a reviewer finds one by words, application, time, tag, claim or use."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from provenance.cases.reading import having_status
from provenance.cases.reviews import Status
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.days import day_of
from provenance.pages.rendering import show
from provenance.pages.saved import saved
from retrieval.recording import names, queries
from retrieval.recording.models import InteractionOutput

TEXTS = ("q", "application", "model", "tag", "subject_ref", "conversation_id")
IDS = ("document_id", "version_id")
DAYS = ("since", "until")
REVIEWS = {
    Status.UNREVIEWED.value: gettext_noop("not reviewed"),
    Status.IN_REVIEW.value: gettext_noop("in review"),
    Status.SIGNED_ONCE.value: gettext_noop("needs a second signature"),
    Status.SIGNED.value: gettext_noop("signed"),
}
NAMES = {
    "q": gettext_noop("words"),
    "subject_ref": gettext_noop("claim or case"),
    "conversation_id": gettext_noop("conversation"),
    "document_id": gettext_noop("document"),
    "version_id": gettext_noop("version"),
}


@dataclass(frozen=True)
class Chip:
    """A filter in use, and the address of the list without it."""

    name: str
    value: str
    url: str


@require_safe
@require_person
def outputs(request: PersonRequest) -> HttpResponse:
    """A filter that makes no sense is left out, and so is shown in no chip."""
    wanted = _filters(request.GET)
    found = matching(request)
    listed = keyset.page(found, request.GET, by="position", position=lambda each: each.position)
    context = {
        "saved": saved(request, "outputs"),
        "rows": listed.rows,
        "first_page": listed.first,
        "next_page": listed.next,
        "filters": {name: request.GET.get(name, "") for name in (*TEXTS, *IDS, *DAYS)}
        | {
            "after": keyset.AFTER in request.GET,
            "unsupported": request.GET.get("unsupported", ""),
            "review_status": request.GET.get("review_status", ""),
        },
        "reviews": REVIEWS,
        "chips": _chips(request.GET, wanted),
        "applications": names.applications(request.principal),
        "models": names.models(request.principal),
    }
    return show(request, "pages/outputs.html", context, section="outputs", partial="rows")


def matching(request: PersonRequest) -> QuerySet[InteractionOutput]:
    """All outputs that the list would show, page after page."""
    status = request.GET.get("review_status")
    found = queries.matching_outputs(
        principal=request.principal,
        among=having_status(status) if status in REVIEWS else None,
        **_filters(request.GET),
    )
    return found.filter(unsupported__gt=0) if request.GET.get("unsupported") else found


def _filters(query: QueryDict) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: text for name in TEXTS if (text := keyset.text(query, name))}
    for name in IDS:
        try:
            wanted[name] = UUID(query.get(name, ""))
        except ValueError:
            continue
    for name in DAYS:
        if day := day_of(query, name):
            # The last day is meant to its end.
            wanted[name] = day + timedelta(days=1) if name == "until" else day
    return wanted


def _chips(query: QueryDict, wanted: dict[str, Any]) -> list[Chip]:
    chips = [
        Chip(
            gettext(NAMES[name]) if name in NAMES else name,
            str(query[name]),
            keyset.address(query, **{name: "", "after": ""}),
        )
        for name in wanted
    ]
    if (status := query.get("review_status", "")) in REVIEWS:
        without = keyset.address(query, review_status="", after="")
        chips.append(Chip(gettext("review"), gettext(REVIEWS[status]), without))
    if query.get("unsupported"):
        without = keyset.address(query, unsupported="", after="")
        chips.append(Chip(gettext("support"), gettext("a sentence that nothing supports"), without))
    return chips
