"""Hands the evidence of an output to a person as a file."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from provenance.exports.commands import export_evidence
from provenance.exports.errors import ExportRefused
from provenance.integrity.errors import NotSealedYet
from provenance.pages.access import PersonRequest, require_person
from retrieval.recording.errors import RecordNotFound


@require_safe
@require_person
def evidence(request: PersonRequest, output_id: UUID) -> HttpResponse:
    """The bundle; what is too young to be proved sends back to the trace, which says so."""
    try:
        bundle = export_evidence(output_ids=[output_id], principal=request.principal)
    except RecordNotFound as error:
        raise Http404 from error
    except ExportRefused as error:
        messages.error(request, str(error))
        return redirect("pages:trace", output_id)
    except NotSealedYet:
        messages.warning(
            request, "This output is not yet under a signed checkpoint. Try again in a few seconds."
        )
        return redirect("pages:trace", output_id)
    return HttpResponse(
        bundle.content,
        content_type="application/zip",
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=bundle.name
            )
            or "attachment"
        },
    )
