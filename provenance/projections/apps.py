"""Read models: how one is declared, caught up and rebuilt; the work that follows from events."""

from django.apps import AppConfig


class ProjectionsConfig(AppConfig):
    name = "provenance.projections"
    label = "projections"

    def ready(self) -> None:
        from provenance.projections import pending, publishing, rebuild_requests, verification

        assert pending  # noqa: S101  registers its projection
        assert publishing  # noqa: S101  registers a chore and a task
        assert rebuild_requests  # noqa: S101  registers a chore and a task
        assert verification  # noqa: S101  registers a chore and a task
