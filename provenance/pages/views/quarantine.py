"""Puts a version in quarantine and lets it out: an editor doubts what a document says.

In ten seconds, on the version's page: is it searchable, and if not, who took it out, and why?
"""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ingestion.errors import FieldRefused, QuarantineRefused
from ingestion.quarantine import quarantine_version, release_version
from provenance.pages import catalogue
from provenance.pages.access import PersonRequest, require_editor
from provenance.pages.document_forms import QuarantineForm
from provenance.sealing.keys import KeyDestroyed


@require_POST
@require_editor
def quarantine(request: PersonRequest, version_id: UUID) -> HttpResponse:
    said = gettext("The version is in quarantine: no search finds it from the next moment on.")
    return _act(request, version_id, quarantine_version, said)


@require_POST
@require_editor
def release(request: PersonRequest, version_id: UUID) -> HttpResponse:
    return _act(request, version_id, release_version, gettext("The version is released."))


def _act(
    request: PersonRequest, version_id: UUID, command: Callable[..., None], said: str
) -> HttpResponse:
    catalogue.visible_version(request.principal, version_id)
    form = QuarantineForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Say why; nothing was changed."))
        return redirect("pages:version", version_id)
    try:
        command(
            principal=request.principal,
            version_id=version_id,
            reason=form.cleaned_data["reason"],
        )
    except (QuarantineRefused, FieldRefused, KeyDestroyed) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("pages:version", version_id)
