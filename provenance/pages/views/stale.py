"""Stale answers: a reviewer asks which answers must be looked at today, and what changed.

It answers in ten seconds how many answers rest on wording that no longer stands, which change made
them so, and which ones they are; the newest change is the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from provenance.impact import stale
from provenance.impact.models import ChangeKind, WebhookStanding
from provenance.impact.webhooks.endpoint import endpoints
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, may_administer, require_person
from provenance.pages.changed_wording import Changed, changed
from provenance.pages.rendering import show
from provenance.pages.unsettled import unsettled
from retrieval.recording import names
from retrieval.recording.models import InteractionOutput

MAX_PLACE = 120


@dataclass(frozen=True)
class Row:
    """A stale answer; `begins` where the row before it is of another change."""

    changed: Changed
    output: InteractionOutput | None
    begins: bool


@require_safe
@require_person
def stale_answers(request: PersonRequest) -> HttpResponse:
    """A filter that makes no sense is left out."""
    query = request.GET
    wanted = _filters(request)
    found = stale.matching(request.principal, **wanted)
    settled = query.get("settled") == "1"
    if not settled:
        found = unsettled(found)
    rows = stale.newest(found, limit=keyset.PAGE, before=_place(query.get("after", "")))
    shown = rows[: keyset.PAGE]
    counted = stale.count(found)
    context = {
        "rows": _rows(shown),
        "count": min(counted, stale.COUNTED),
        "counted_all": counted <= stale.COUNTED,
        "filters": {name: query.get(name, "") for name in ("application", "kind", "since", "cited")}
        | {"settled": settled}
        | {"document": str(wanted.get("document_id", "")), "change": str(wanted.get("change", ""))},
        "filtered": bool(wanted),
        "kinds": ChangeKind.choices,
        "applications": names.applications(request.principal),
        "webhooks": _webhooks(request),
        "after": bool(query.get("after")),
        "first_page": keyset.address(query, after=""),
        "next_page": keyset.address(query, after="_".join(map(str, shown[-1].place)))
        if len(rows) > keyset.PAGE
        else "",
    }
    return show(request, "pages/stale.html", context, section="stale", partial="answers")


def _webhooks(request: PersonRequest) -> list[tuple[str, WebhookStanding | None]]:
    """How it stands with each endpoint, for administrators."""
    if not may_administer(request.principal):
        return []
    standing = WebhookStanding.objects.in_bulk()
    return [(each.name, standing.get(each.name)) for each in endpoints()]


def _filters(request: PersonRequest) -> dict[str, Any]:
    query = request.GET
    wanted: dict[str, Any] = {
        "application": keyset.text(query, "application") or None,
        "kind": query.get("kind") if query.get("kind") in ChangeKind.values else None,
        "document_id": _id(query.get("document", "")),
        "change": _number(query.get("change", "")),
        "since": _day(query.get("since", "")),
        "cited": query.get("cited") == "1" or None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _rows(shown: Sequence[stale.Stale]) -> list[Row]:
    """Three queries, whatever the number of answers."""
    outputs = InteractionOutput.objects.in_bulk([each.output_id for each in shown])
    found = changed(shown)
    before = [None, *found]
    return [
        Row(each, outputs.get(each.stale.output_id), not each.is_of_the_same(last))
        for each, last in zip(found, before, strict=False)
    ]


def _place(text: str) -> stale.Place | None:
    parts = text[:MAX_PLACE].split("_")
    if len(parts) != len(stale.ORDER):
        return None
    position, output_id, document_id = _number(parts[0]), _id(parts[1]), _id(parts[2])
    if position is None or output_id is None or document_id is None:
        return None
    return position, str(output_id), str(document_id)


def _number(text: str) -> int | None:
    fits = text.isascii() and text.isdecimal() and len(text) <= keyset.MAX_DIGITS
    return int(text) if fits else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
