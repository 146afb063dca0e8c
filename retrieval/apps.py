"""The chunk index, search, and the recording of retrievals."""

from django.apps import AppConfig


class RetrievalConfig(AppConfig):
    name = "retrieval"
    label = "retrieval"
