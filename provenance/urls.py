"""Every address of RAGLedger: the pages at the root, the HTTP API below /api/v1/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
