"""Documents: the list, one document with its versions, withdrawal and retry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from ingestion import commands
from ingestion.errors import NothingToRetry
from ingestion.events import DocumentWithdrawn
from ingestion.models import CatalogueDocument, CatalogueVersion, Stage
from provenance.accounts.models import Collection
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.store import read_stream
from provenance.history.standing import Standing, standings
from provenance.history.version_dates import dates
from provenance.pages import catalogue, document_statuses, keyset, uses
from provenance.pages.access import (
    PersonRequest,
    may_edit,
    require_editor,
    require_person,
    sees_everything,
)
from provenance.pages.document_forms import WithdrawalForm
from provenance.pages.life import life
from provenance.pages.rendering import show
from provenance.pages.saved import saved
from provenance.pages.timeline import timeline

UNFINISHED = (Stage.SUBMITTED, Stage.PROCESSED)


@require_safe
@require_person
def documents(request: PersonRequest) -> HttpResponse:
    listed = keyset.page(
        matching(request),
        request.GET,
        by="submitted_position",
        position=lambda each: each.submitted_position,
    )
    context = {
        "saved": saved(request, "documents"),
        "rows": catalogue.rows(listed.rows, timezone.now()),
        "first_page": listed.first,
        "next_page": listed.next,
        "filters": {name: request.GET.get(name, "") for name in ("q", "collection", "status")}
        | {"after": keyset.AFTER in request.GET, "any": _is_filtered(request.GET)},
        "collections": _collections(request),
        "statuses": [(each, gettext(words)) for each, words in document_statuses.CHOICES],
    }
    return show(request, "pages/documents.html", context, section="documents", partial="rows")


def matching(request: PersonRequest) -> QuerySet[CatalogueDocument]:
    """All documents that the list would show, page after page."""
    return document_statuses.of_status(
        catalogue.visible_documents(request.principal).filter(_filters(request.GET)),
        request.GET.get("status", ""),
    )


def _filters(query: QueryDict) -> Q:
    wanted = Q()
    if text := keyset.text(query, "q"):
        wanted &= Q(title__icontains=text) | Q(external_id__icontains=text)
    if collection := keyset.text(query, "collection"):
        wanted &= Q(collection=collection)
    return wanted


def _is_filtered(query: QueryDict) -> bool:
    return any(query.get(name) for name in ("q", "collection", "status"))


def _collections(request: PersonRequest) -> list[str]:
    names = Collection.objects.order_by("name").values_list("name", flat=True)
    return [name for name in names if request.principal.may_see(name)]


@dataclass(frozen=True)
class VersionRow:
    """A version with where it stands today."""

    version: CatalogueVersion
    standing: Standing


@require_safe
@require_person
def document(request: PersonRequest, document_id: UUID) -> HttpResponse:
    return _document(request, document_id, WithdrawalForm())


@require_POST
@require_editor
def withdraw(request: PersonRequest, document_id: UUID) -> HttpResponse:
    """Ends all versions known now."""
    catalogue.visible_document(request.principal, document_id)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return _document(request, document_id, form, status=422)
    commands.withdraw_document(
        principal=request.principal,
        document_id=document_id,
        reason=form.cleaned_data["reason"],
        effective_from=form.cleaned_data["effective_from"],
    )
    messages.success(request, gettext("The withdrawal is in the log."))
    return redirect("pages:document", document_id)


@require_POST
@require_editor
def retry(request: PersonRequest, version_id: UUID) -> HttpResponse:
    """Tries a failed version again."""
    version = catalogue.visible_version(request.principal, version_id)
    try:
        commands.retry_document(principal=request.principal, version_id=version_id)
    except NothingToRetry as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            gettext("Version %(version_number)s is being processed again.")
            % {"version_number": version.version_number},
        )
    return redirect("pages:document", version.document_id)


def _document(
    request: PersonRequest, document_id: UUID, form: WithdrawalForm, status: int = 200
) -> HttpResponse:
    found = catalogue.visible_document(request.principal, document_id)
    now = timezone.now()
    versions = list(
        CatalogueVersion.objects.filter(document_id=document_id).order_by("-version_number")
    )
    dated = [dates(version) for version in versions]
    standing = standings(dated, now)
    row = catalogue.row(found, dated, now)
    events = read_stream(f"document-{document_id}")
    numbers = {version.version_id: version.version_number for version in versions}
    context: dict[str, Any] = {
        "row": row,
        "document": found,
        "newest": versions[0] if versions else None,
        "rows": [VersionRow(each, standing[each.version_id]) for each in versions],
        "polling": any(each.stage in UNFINISHED for each in versions),
        "used": uses.of_document(document_id, principal=request.principal),
        "events": timeline(events, numbers),
        "life": life(
            document_id,
            dated,
            standing,
            now=now,
            withdrawn_at=_withdrawn_at(events),
            principal=request.principal,
        ),
        "may_withdraw": may_edit(request.principal)
        and row.status not in {document_statuses.WITHDRAWN, Stage.ERASED},
        "may_erase": may_edit(request.principal)
        and sees_everything(request.principal)
        and row.status != Stage.ERASED,
        "form": form,
    }
    return show(
        request,
        "pages/document.html",
        context,
        section="documents",
        partial="versions",
        status=status,
    )


def _withdrawn_at(events: Sequence[Recorded[Any]]) -> datetime | None:
    times = [each.recorded_at for each in events if isinstance(each.data, DocumentWithdrawn)]
    return times[-1] if times else None
