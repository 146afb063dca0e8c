"""An evidence bundle as the answer to a request: streamed from disk, and closed behind it."""

from typing import cast

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from provenance.exports.bundle import Bundle


def bundle_file(bundle: Bundle) -> HttpResponse:
    named = content_disposition_header(as_attachment=True, filename=bundle.name) or "attachment"
    answer = StreamingHttpResponse(
        bundle,
        content_type="application/zip",
        headers={"Content-Disposition": named, "Content-Length": str(bundle.length)},
    )
    return cast(HttpResponse, answer)  # the views of pages are typed for the usual kind
