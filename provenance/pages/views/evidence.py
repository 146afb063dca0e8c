"""Hands the evidence of an output, of a case, or of a period, to a person as a file.

Who: an auditor who asks for a month, and whoever has to answer for a case elsewhere. In ten
seconds: one file with everything, or why not.
"""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from provenance.exports.commands import export_case, export_evidence, export_period
from provenance.exports.errors import ExportRefused, NothingToExport
from provenance.exports.selection import Period
from provenance.integrity.errors import NotSealedYet
from provenance.pages.access import PersonRequest, require_person, require_whole_view
from provenance.pages.bundle_file import bundle_file
from provenance.reports.period import Period as Days
from retrieval.recording.errors import RecordNotFound


@require_safe
@require_person
def evidence(request: PersonRequest, output_id: UUID) -> HttpResponse:
    """The bundle; what is too young to be proved sends back to the trace, which says so."""
    try:
        bundle = export_evidence(output_ids=[output_id], principal=request.principal)
    except RecordNotFound as error:
        raise Http404 from error
    except (ExportRefused, NotSealedYet) as error:
        return _refused(request, error, reverse("pages:trace", args=[output_id]))
    return bundle_file(bundle)


@require_safe
@require_person
def evidence_of_case(request: PersonRequest, case_id: UUID) -> HttpResponse:
    """The outputs of a case and what happened in it; nothing for a case without outputs."""
    try:
        bundle = export_case(case_id=case_id, principal=request.principal)
    except NothingToExport as error:
        raise Http404 from error
    except (ExportRefused, NotSealedYet) as error:
        return _refused(request, error, reverse("pages:case", args=[case_id]))
    return bundle_file(bundle)


@require_safe
@require_whole_view
def evidence_of_period(request: PersonRequest) -> HttpResponse:
    """All outputs between two days of UTC; what cannot be had leads back to the report."""
    days = [request.GET.get(name, "") for name in ("first", "last")]
    back = (
        f"{reverse('pages:reports')}?{urlencode(dict(zip(('first', 'last'), days, strict=True)))}"
    )
    try:
        asked = Days(*(date.fromisoformat(text) for text in days))
        period = Period(asked.since, asked.until)
        bundle = export_period(period=period, principal=request.principal)
    except ValueError:
        return redirect(back)  # the report says what is wrong with the days
    except (ExportRefused, NotSealedYet) as error:
        return _refused(request, error, back)
    return bundle_file(bundle)


def _refused(request: PersonRequest, error: Exception, back: str) -> HttpResponse:
    """Says why on the page that leads here."""
    if isinstance(error, NotSealedYet):
        messages.warning(
            request,
            gettext("Some of it is not yet under a signed checkpoint. Try again in a few seconds."),
        )
    else:
        messages.error(request, str(error))
    return redirect(back)
