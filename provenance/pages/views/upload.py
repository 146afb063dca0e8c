"""Hands in documents from a browser, and shows how far each of them is."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ingestion import commands
from ingestion.errors import DocumentTooLarge, DocumentUnknown, SubmissionRefused
from ingestion.media_types import UnsupportedMediaType
from ingestion.models import CatalogueVersion, Stage
from provenance.accounts.models import Collection
from provenance.pages.access import PersonRequest, require_editor
from provenance.pages.document_forms import UploadForm
from provenance.pages.rendering import show

UNFINISHED = (Stage.SUBMITTED, Stage.PROCESSED)
MOST_SHOWN = 200
REFUSALS = (SubmissionRefused, DocumentUnknown, UnsupportedMediaType)


@require_http_methods(["GET", "POST"])
@require_editor
def upload(request: PersonRequest) -> HttpResponse:
    """After handing in, `?version=` names the versions whose progress is shown."""
    if request.method != "POST":
        return _page(request, UploadForm(initial=_initial(request)))
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    handed_in, refused = _hand_in(request, form.cleaned_data)
    if refused:
        return _page(request, form, handed_in=handed_in, refused=refused, status=422)
    return redirect(_progress_address(handed_in))


def _progress_address(handed_in: list[UUID]) -> str:
    query = QueryDict(mutable=True)
    query.setlist("version", [str(version_id) for version_id in handed_in])
    return f"{reverse('pages:upload')}?{query.urlencode()}"


def _initial(request: PersonRequest) -> dict[str, str]:
    """A link from a document's page fills in what its next version shares with it."""
    given = {name: request.GET.get(name, "") for name in ("collection", "external_id")}
    return {name: value for name, value in given.items() if value}


def _hand_in(
    request: PersonRequest, given: dict[str, Any]
) -> tuple[list[UUID], list[tuple[str, str]]]:
    """The versions that the files became, and what was refused, with its reason."""
    handed_in: list[UUID] = []
    refused: list[tuple[str, str]] = []
    files: list[UploadedFile] = given["files"]
    for file in files:
        name = file.name or "file"
        try:
            handed_in.append(_submit(request, file, given, alone=len(files) == 1))
        except REFUSALS as error:
            refused.append((name, str(error)))
    return handed_in, refused


def _submit(
    request: PersonRequest, file: UploadedFile, given: dict[str, Any], *, alone: bool
) -> UUID:
    if (file.size or 0) > settings.MAX_DOCUMENT_BYTES:
        raise DocumentTooLarge(settings.MAX_DOCUMENT_BYTES)
    external_id = given["external_id"] if alone else file.name
    submitted = commands.submit_document(
        principal=request.principal,
        content=file.read(),
        file_name=file.name,
        media_type=file.content_type,
        collection=given["collection"],
        external_id=external_id or None,
        title=given["title"] or None,
        effective_from=given["effective_from"] or None,
        effective_until=given["effective_until"] or None,
    )
    return submitted.version_id


def _page(
    request: PersonRequest,
    form: UploadForm,
    *,
    handed_in: list[UUID] | None = None,
    refused: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = _shown(request) if handed_in is None else handed_in
    found = CatalogueVersion.objects.in_bulk(shown)
    rows: list[Any] = [
        found[each]
        if each in found and request.principal.may_see(found[each].collection)
        else {"stage": Stage.SUBMITTED}
        for each in shown
    ]
    done = sum(each in found and found[each].stage not in UNFINISHED for each in shown)
    names = Collection.objects.order_by("name").values_list("name", flat=True)
    context = {
        "form": form,
        "handed_in": rows,
        "refused": refused or [],
        "done": done,
        "polling": done < len(shown),
        "progress_address": _progress_address(shown),
        "collections": [name for name in names if request.principal.may_see(name)],
        "limit": settings.MAX_DOCUMENT_BYTES,
    }
    return show(
        request,
        "pages/upload.html",
        context,
        section="documents",
        partial="progress",
        status=status,
    )


def _shown(request: PersonRequest) -> list[UUID]:
    """The versions named in the address that are ids at all; the others are left out."""
    shown = []
    for text in request.GET.getlist("version")[:MOST_SHOWN]:
        try:
            shown.append(UUID(text))
        except ValueError:
            continue
    return shown
