"""Every address of RAGLedger: the pages at the root, the HTTP API below /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("provenance.api.urls")),
    path("", include("provenance.pages.urls")),
]
handler400 = "provenance.api.errors.bad_request"
handler500 = "provenance.api.errors.server_error"
