"""The chunk index, search, and the recording of retrievals."""

from django.apps import AppConfig


class RetrievalConfig(AppConfig):
    name = "retrieval"
    label = "retrieval"

    def ready(self) -> None:
        from retrieval import projections, work
        from retrieval.generations import owed

        assert owed  # noqa: S101  registers its part of the pending work
        assert projections  # noqa: S101  registers the projection
        assert work  # noqa: S101  registers work and chores
