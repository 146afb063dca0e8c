"""RAGLedger's Django project and the home of its nested apps."""

from provenance.celery import app as celery_app

__all__ = ("celery_app",)
